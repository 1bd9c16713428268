"""Somebody who reads what is published again and again while others change it: each time it has to be whole."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from pipelines.home import Home
from pipelines.lake import versions
from pipelines.lake.own_pages import MEMBER

_OWN_TIME = ("status.js", "last_run.html", "today")
"""Pages about runs and the running day, which change beside a publication."""


class Reader:
    """Reads one home; ``seen`` holds each publication that it met, with a digest of all that it read of it.

    With ``only_counts`` an erasure may change it: rows are counted, and pages are named but for those of members.
    """

    def __init__(self, home: Path, *, only_counts: bool = False) -> None:
        self._home = home
        self._only_counts = only_counts
        self.seen: dict[int, str] = {}
        self.n_times = 0
        self.errors: list[str] = []

    def read(self) -> int:
        """Read what is up, and return its number."""
        while True:
            folder = self._home / (self._home / "published").readlink()
            try:
                digest = self._digest(folder)
                break
            except (OSError, duckdb.Error):
                if folder == self._home / (self._home / "published").readlink():
                    raise  # it is still up, so nobody may have taken it away
        number = int(folder.name)
        self.n_times += 1
        if self.seen.setdefault(number, digest) != digest:
            self.errors.append(f"version {number} is another one than before")
        return number

    def read_kept(self) -> None:
        """Read every publication that is kept: whoever rolls back gets it."""
        for number in versions.numbers(Home(self._home)):
            self._digest(self._home / "versions" / str(number))

    def _digest(self, folder: Path) -> str:
        with duckdb.connect(folder / "analytics.duckdb", read_only=True) as con:
            said = con.execute("select version from marts.publication").fetchall()
            names = [name for (name,) in con.execute("select table_name from duckdb_tables() order by all").fetchall()]
            counted = " union all ".join(f"select '{name}', count(*) from marts.{name}" for name in names)
            tables = con.execute(f"{counted} order by all").fetchall()
        assert said == [(int(folder.name),)], f"{folder} says that it is {said}"
        pages = sorted(path for path in (folder / "site").rglob("[!.]*") if path.is_file())
        assert folder / "site" / "index.html" in pages
        if self._only_counts:
            return str((tables, [path.name for path in pages if path.parent.name != MEMBER]))
        digest = hashlib.sha256((folder / "analytics.duckdb").read_bytes())
        for path in pages:
            if not path.name.startswith(_OWN_TIME):
                digest.update(path.name.encode() + path.read_bytes())
        return digest.hexdigest()


@contextmanager
def reading(home: Path, *, only_counts: bool = False) -> Iterator[Reader]:
    """Read on until the block ends, once more after it, and raise for the first time that it was not whole."""
    reader, stop = Reader(home, only_counts=only_counts), threading.Event()

    def go_on() -> None:
        while not stop.is_set():
            try:
                reader.read()
            except Exception as error:
                reader.errors.append(f"{type(error).__name__}: {error}")
            stop.wait(0.2)

    reader.read()
    thread = threading.Thread(target=go_on, daemon=True)
    thread.start()
    try:
        yield reader
    finally:
        stop.set()
        thread.join()
    reader.read()
    assert not reader.errors, reader.errors[:3]
