"""The suite of readers: publications and rollbacks one after the other, and eight kinds of readers meanwhile."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import date
from functools import partial
from pathlib import Path
from random import Random
from threading import Event
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow.parquet as pq

from pipelines.home import Home
from pipelines.lake import versions
from pipelines.publishing.database import STORAGE_VERSION, copy_marts
from pipelines.reading import sums
from pipelines.settings import Settings
from tests.support import older_duckdb
from tests.torture.reading_process import KINDS, asked
from tests.torture.suite import Suite

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tests.torture.reading_process import Seen

    Reader = Callable[[], Seen]

KEPT = 4
N_PUBLICATIONS, N_ROLLBACKS = 10, 1
ROWS = 3000
DAY = date(2026, 3, 1)


def play(seed: int, _: Path, own: Path) -> str:
    """Publish and roll back; each reader sees one whole publication each time, the one that is up."""
    house = _House(own / "home")
    rng = Random(seed)
    house.publish()
    house.publish()
    with ExitStack() as stack:
        readers = {**house.readers(own), **stack.enter_context(_process(house.home))}
        for folder in older_duckdb.there():
            readers |= stack.enter_context(_older(folder, house.database))
        free = stack.enter_context(_free_running(house))
        kept_open = {}
        moves = [house.publish] * N_PUBLICATIONS + [house.roll_back] * N_ROLLBACKS
        rng.shuffle(moves)
        for move in moves:
            move()
            if rng.random() < 0.3:
                kept_open[house.up] = stack.enter_context(duckdb.connect(str(house.database), read_only=True))
            for name in rng.choices(list(readers), k=len(readers)):
                seen = readers[name]()
                assert seen == {house.up}, f"{name}: saw {seen}, up is {house.up}"
            for version, con in kept_open.items():
                assert asked(con) == {version}, "what was opened stays, be it dropped"
    assert all(free), "both read all the time"
    assert not [seen for one in free for seen in one if len(seen) != 1], "a mix of publications"
    assert {number for one in free for seen in one for number in seen} <= house.published
    assert versions.current(house.home) == house.up
    assert versions.numbers(house.home) == sorted(house.published)[-KEPT:]
    assert all(path.name.isdigit() for path in house.home.versions.iterdir()), "something is left over"
    n_reads = sum(len(one) for one in free)
    return (
        f"{len(house.published)} publications, {house.n_rolled} rollbacks, {len(readers)} kinds of readers, "
        f"{n_reads} reads meanwhile"
    )


class _House:
    """A home whose marts and pages say in every row which publication they are of."""

    def __init__(self, root: Path) -> None:
        root.mkdir(parents=True)
        self.home, self.settings = Home(root), Settings(home=root, threads=1)
        self.up, self.n_rolled, self.published = 0, 0, set[int]()
        self.database = self.home.published / "analytics.duckdb"
        with duckdb.connect() as con:
            con.execute(f"attach '{self.home.marts}' as built (storage_version '{STORAGE_VERSION}', block_size 16384)")
            con.execute("create schema built.marts")

    def publish(self) -> None:
        """Build the marts of the next version, copy them, write the site, and put both up."""
        number = versions.next_number(self.home)
        with duckdb.connect(str(self.home.marts)) as con:
            for name, n_rows in (("facts", ROWS), ("totals", 1)):
                rows = f"select {number} as version, n from range({n_rows}) r (n)"
                con.execute(f"create or replace table marts.{name} as {rows}")
        draft = versions.draft_folder(self.home, number)
        copy_marts(self.home.marts, draft / "analytics.duckdb", self.settings, version=number, through_day=DAY)
        for name in ("index.html", "risk.html", "data/facts.csv"):
            path = draft / "site" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"{number}\n" * ROWS, encoding="utf-8")
        sums.write(draft)
        versions.publish(self.home, number, kept=KEPT)
        self.published.add(number)
        self.up = number

    def roll_back(self) -> None:
        """Put the publication before up again, where one is kept."""
        if any(number < self.up for number in versions.numbers(self.home)):
            self.up = versions.rollback(self.home)
            self.n_rolled += 1

    def readers(self, own: Path) -> dict[str, Reader]:
        """Readers by what they are; each returns the versions that it saw."""
        return {
            "DuckDB": self.read_database,
            "pandas": lambda: set(self._with(lambda con: con.sql("from marts.facts").df()["version"])),
            "a Parquet file": lambda: self._exported(own / "facts.parquet"),
            "pages": self.read_site,
            "digests": self._digests,
        }

    def read_database(self) -> Seen:
        """Open what is up and ask three tables, one after the other."""
        found: Seen = self._with(asked)
        return found

    def read_site(self) -> Seen:
        """Read the pages of the publication that the link named a moment ago."""
        folder = self.home.published.resolve()
        pages = [path for path in (folder / "site").rglob("*") if path.is_file()]
        texts = [path.read_text(encoding="utf-8").splitlines() for path in pages]
        assert [len(lines) for lines in texts] == [ROWS] * 3, "half a site"
        return {int(line) for lines in texts for line in lines}

    def _with(self, read: Callable[[duckdb.DuckDBPyConnection], Any]) -> Any:
        with duckdb.connect(str(self.database), read_only=True) as con:
            return read(con)

    def _exported(self, path: Path) -> Seen:
        self._with(lambda con: con.execute(f"copy marts.facts to '{path}' (format parquet)"))
        return set(pq.read_table(path)["version"].to_pylist())

    def _digests(self) -> Seen:
        folder = self.home.published.resolve()
        assert sums.unlike(folder) == []
        return {int(folder.name)}


def _process(home: Home) -> AbstractContextManager[dict[str, Reader]]:
    """Start a process that reads in several ways: DuckDB opens a file in one way only in each process."""
    return _asking([sys.executable, "-m", "tests.torture.reading_process", str(home.root)], KINDS)


def _older(folder: Path, database: Path) -> AbstractContextManager[dict[str, Reader]]:
    """Start a program that reads with an older DuckDB."""
    program = Path(__file__).with_name("older_client.py")
    return _asking([sys.executable, str(program), str(folder), str(database)], [f"DuckDB {folder.name}"])


@contextmanager
def _asking(command: list[str], kinds: Sequence[str]) -> Iterator[dict[str, Reader]]:
    """Start a process that is told a kind by line and answers with the versions that it saw."""
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        stdin, stdout = child.stdin, child.stdout

        def read(kind: str) -> Seen:
            stdin.write(f"{kind}\n")
            stdin.flush()
            return {int(one) for one in stdout.readline().split()}

        yield {name: partial(read, name) for name in kinds}
        stdin.close()


@contextmanager
def _free_running(house: _House) -> Iterator[list[list[Seen]]]:
    """Read with hardly a pause on two threads, whatever is being published."""
    is_over = Event()
    found: list[list[Seen]] = [[], []]

    def reading(read: Callable[[], Seen], into: list[Seen]) -> None:
        while not is_over.is_set():
            folder = house.home.published.resolve()
            try:
                into.append(read())
            except (duckdb.IOException, OSError, AssertionError):
                is_dropped = folder.name.isdigit() and not folder.exists()
                if not is_dropped:  # else so many were published since the link was read
                    raise
            is_over.wait(0.01)

    with ThreadPoolExecutor(2) as pool:
        reads = (house.read_database, house.read_site)
        running = [pool.submit(reading, one, into) for one, into in zip(reads, found, strict=True)]
        try:
            yield found
        finally:
            is_over.set()
            for one in running:
                one.result()


SUITE = Suite(
    name="readers",
    title="Readers",
    what=f"""\
{N_PUBLICATIONS} publications and a rollback a seed, in an order that the seed draws, with {KEPT} kept. After each of
them readers of eight kinds, drawn by the seed, read what is up: DuckDB in the same process and in another one,
pandas, a Parquet file made of a mart, the agents' tools, the reader for whom nobody vouches, pages from a folder, the
digests; and clients of DuckDB 1.2, 1.3 and 1.4, which `make torture` fetches. Some connections stay open over all
that follows, and two readers read all the time (these follow the machine, not the seed). Each sees one whole
publication every time: database, site and digests of one number, the one that is up. In the end there are the
publications that are kept, and nothing else.""",
    prepare=lambda _: None,
    play=play,
    n_seeds=50,
    n_short=1,
    unseen=(
        "A browser that loads one page before and its next page after a publication: each page is whole and says its "
        "number, and nothing joins them.",
        "A reader that takes longer between reading the link and opening the file than the publications that are kept: "
        "it gets an error that the file does not exist, and no figure.",
    ),
)
