"""The suite of rot: each block of each file of a home damaged in turn, and every reader of that file asked."""

from __future__ import annotations

import os
import pickle
import shutil
from contextlib import suppress
from math import gcd
from random import Random
from typing import TYPE_CHECKING, Any

import duckdb

from pipelines.churn import store
from pipelines.contract import LOGS
from pipelines.faults import sentence
from pipelines.lake import ledger, manifest, versions
from pipelines.lake.whole import check_parts
from pipelines.publishing.damages import check_files
from pipelines.publishing.database import copy_marts
from pipelines.warehouse.plan import completed_build
from pipelines.warehouse.sources import ensure_sources
from tests.support import report_marts
from tests.support.house import House
from tests.torture import rot_figures as figures
from tests.torture.rot_home import BLOCK_SIZE, DAYS, INACTIVITY, WAITING_DAY, ingest, make, move_in
from tests.torture.rotting import WAYS, is_seen_by_duckdb, n_blocks, rot
from tests.torture.suite import Found, Suite

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_NO_FIGURES = (".lock", ".js", ".css", ".svg")
_GOLDEN = (5**0.5 - 1) / 2
_EXPECTED = "expected.pickle"
_TIMES = 8
_OF_DATABASES = {"warehouse.duckdb": 100, "built.duckdb": 600, "analytics.duckdb": 600}
_OF_DAYS = ("raw", "quarantine", "candidates")
_DATABASES = ("warehouse.duckdb", "built.duckdb")


def prepare(folder: Path) -> None:
    """Make the home, and read everything of it while it is whole."""
    make(folder / "home")
    house = House(folder / "home")
    published = figures.of_published(house)
    expected = {
        "lake": figures.of_lake(house),
        "model": figures.of_model(house),
        "predictions": figures.predictions(house),
        "warehouse": figures.of_warehouse(house),
        **{name: read() for name, read in published.items()},
    }
    (folder / _EXPECTED).write_bytes(pickle.dumps(expected))


def files(root: Path) -> list[Path]:
    """The files that are damaged, in order: those of the lake, the databases, and the publication that is up."""
    inside = [path for name in ("lake", "versions/2") for path in sorted((root / name).rglob("*")) if path.is_file()]
    return [root / name for name in _DATABASES] + [path for path in inside if path.suffix not in _NO_FIGURES]


def targets(root: Path) -> list[tuple[Path, int]]:
    """Each block of each file; those of the lake several times, since its files have few and are all alike.

    A database has as many targets each time, though DuckDB makes it a few blocks longer or shorter: some come twice.
    """
    found = []
    for path in files(root):
        n_targets = _OF_DATABASES.get(path.name, n_blocks(path) * (_TIMES if root / "lake" in path.parents else 1))
        found += [(path, n * n_blocks(path) // n_targets) for n in range(n_targets)]
    return found


def count(prepared: Path) -> int:
    """Blocks of all files, as often as they are damaged."""
    return len(targets(prepared / "home"))


def play(seed: int, prepared: Path, own: Path) -> str:
    """Damage a block and read: the same, or the file by its name; then do what was said, and read again."""
    house = _linked(prepared / "home", own / "home")
    expected = pickle.loads((prepared / _EXPECTED).read_bytes())
    known = targets(house.home.root)
    path, block = known[_place(seed, len(known))]
    rng = Random(seed)
    way = WAYS[seed % len(WAYS)]
    inside = path.relative_to(house.home.root).as_posix()
    did = f"{inside} block {block}: {way}"
    whole = path.read_bytes()
    if not rot(path, block, way, rng):
        return f"{did}, which changed nothing"
    return f"{did}: {_ask(house, path, inside, whole, expected, own)}"


def _place(seed: int, total: int) -> int:
    """The target of a seed: seeds in a row are spread over all of them, and so many have one each."""
    stride = round(total * _GOLDEN)
    while gcd(stride, total) > 1:
        stride += 1
    return seed * stride % total


def _ask(house: House, path: Path, inside: str, whole: bytes, expected: dict[str, Any], own: Path) -> str:
    if inside.startswith("lake/models"):
        return _model(house, path, expected)
    if inside.startswith("lake"):
        return _lake(house, path, inside, expected)
    if inside in _DATABASES:
        return _database(house, path, whole, expected, own)
    if inside.endswith("analytics.duckdb"):
        return _published(house, path, expected)
    return _page(house, path, inside)


def _lake(house: House, path: Path, inside: str, expected: dict[str, Any]) -> str:
    """Begin a run: what is damaged is named, or mended by itself."""
    before = path.read_bytes()
    is_named = _named(lambda: _begin(house), None, house, path) is None
    _named(lambda: figures.predictions(house), expected["predictions"], house, path)
    parts = inside.split("/")
    lost = ()
    if parts[1] in _OF_DAYS:
        days = [day for day in DAYS if f"log_day={day}" in parts]
        ingest(house, days)
        move_in(house, [day for day in days if day != WAITING_DAY])
    elif is_named:
        assert parts[1] in ("ledger", "predictions"), "nothing but records is lost"
        path.unlink()
        lost = (f"ledger/{parts[2]}", "predictions") if parts[1] == "ledger" else ("predictions",)
        if parts[2] == "manifest":
            with suppress(FileNotFoundError):
                shutil.rmtree(house.home.ledger / "deliveries")
            ingest(house, DAYS)
            move_in(house, DAYS[:-1])
            lost += ("ledger/deliveries", "ledger/delivery_findings")
    _begin(house)
    found = figures.of_lake(house)
    again = {"ledger/deliveries", "ledger/delivery_findings", "ledger/manifest"}  # a day read again is recorded again
    differ = {name for name in found.keys() | expected["lake"].keys() if found.get(name) != expected["lake"].get(name)}
    assert differ <= {*lost, *(again if lost or parts[1] in _OF_DAYS else ())}, f"{differ} differ"
    if is_named:
        return "named, and mended as it says" if not lost else "named, and its own records lost"
    return "the same" if path.exists() and path.read_bytes() == before else "mended by itself"


def _begin(house: House) -> None:
    """What a run does before it reads any figure."""
    ledger.tidy(house.home)
    manifest.finish_moves(house.home, list(LOGS))
    ensure_sources(house.home)
    check_parts(house.home, 1)
    figures.of_lake(house, waiting=False)


def _model(house: House, path: Path, expected: dict[str, Any]) -> str:
    if _named(lambda: figures.of_model(house), expected["model"], house, path) is not None:
        return "the same"
    shutil.rmtree(path.parent)
    assert store.newest_training_day(house.home, [INACTIVITY]) is None, "it is trained anew"
    return "named"


def _database(house: House, path: Path, whole: bytes, expected: dict[str, Any], own: Path) -> str:
    if not is_seen_by_duckdb(whole, path.read_bytes(), BLOCK_SIZE):
        return "not seen: DuckDB's own checksum is the same"
    found = _named(lambda: figures.of_warehouse(house), expected["warehouse"], house, path)
    _agrees(house, path, is_whole=found is not None)
    copy = own / "copy.duckdb"
    with suppress(Exception):  # a copy of a damaged file is damaged, if there is one
        copy_marts(house.home.marts, copy, house.settings, version=2, through_day=report_marts.DAY)
    if copy.exists():
        house.home.marts.unlink()
        copy.replace(house.home.marts)
        with suppress(duckdb.Error):
            copied = figures.of_warehouse(house)
            differ = [name for name in expected["warehouse"] if copied[name] != expected["warehouse"][name]]
            assert not differ, f"a copy of it has other {', '.join(differ)}"
    for name in _DATABASES:
        (house.home.root / name).unlink()
    assert completed_build(house.home) is None, "everything is built again"
    return "the same" if found is not None else "named"


def _published(house: House, path: Path, expected: dict[str, Any]) -> str:
    n_named = 0
    for name, read in figures.of_published(house).items():
        n_named += _named(read, expected[name], house, path) is None
    assert any(str(path) in one for one in check_files(house.home).damaged), "its digest differs"
    assert versions.rollback(house.home) == 1
    again = figures.of_published(house)["marts"]()
    assert {**again, "marts.publication": 0} == {**expected["marts"], "marts.publication": 0}
    return f"named by {n_named} readers" if n_named else "the same"


def _page(house: House, path: Path, inside: str) -> str:
    said = check_files(house.home).damaged
    if inside.endswith(("status.js", "today.js")):
        assert not said
        return "no figure is in it"
    assert any(str(house.home.versions / "2") in one for one in said)
    if not inside.endswith("SHA256SUMS"):
        assert [one for one in said if one.startswith(f"{path} is damaged: guildbook rollback")] == said
    return "named"


def _agrees(house: House, path: Path, *, is_whole: bool) -> None:
    named = [one for one in check_files(house.home).damaged if one.startswith(str(path))]
    assert bool(named) == (not is_whole), "guildbook verify --files says what the readers found"


def _named(read: Callable[[], Any], expected: Any, house: House, path: Path) -> Any:
    """Read: what comes is expected, or the error, in the words of a command, names the file. Then it is None."""
    try:
        found = read()
    except Exception as error:
        said = sentence(error, house.home)
        if said is None or str(path) not in said:
            raise AssertionError(f"the error does not name {path}") from error
        return None
    assert expected is None or found == expected, "other figures, and nobody said so"
    return found if found is not None else True


def _linked(root: Path, target: Path) -> House:
    """Link a home; its databases are copied, since opening may write."""

    def link(one: str, other: str) -> None:
        (shutil.copy2 if one.endswith(".duckdb") else os.link)(one, other)

    shutil.copytree(root, target, symlinks=True, copy_function=link, ignore=shutil.ignore_patterns(".*.lock"))
    return House(target)


SUITE = Suite(
    name="rot",
    title="Rot",
    what="""\
Each block of 4 KiB of each file that a figure rests on is damaged in turn, with name and time of the file as they
were: one bit flipped, the block zeros or noise, the file cut off there, or the block exchanged for another. Damaged are
the warehouse, the marts beside it, accepted, refused and waiting parts, ledgers with the manifest, predictions, the
churn model, the published database, its pages and their digests. Then what reads the file does so: the beginning of
a run, scoring, publishing, `guildbook status`, the agents' tools, an export, `guildbook verify --files`. Each has to
give exactly what it gave before, or an error that names the file and says what to do. That is done, and all of it has
to be right again but for what no other file knows.

The home has no more rows than it takes, and no dbt makes its tables; seeds are spread over
all of its blocks. DuckDB lays out its files a little differently each time: there a seed hits the same share of the
file.""",
    prepare=prepare,
    play=play,
    n_seeds=count,
    n_short=5,
    found=(
        Found(
            (15,),
            "Half of all single bits that flipped in a Parquet file of the lake changed a value, and nobody noticed.",
            "Each has a checksum that runs and readers of ledgers verify; the file is named with its cure.",
        ),
        Found(
            (3,),
            "A damaged publication was taken for a damaged warehouse, with the wrong cure.",
            "The databases are read, and the damaged one is named with its own.",
        ),
        Found(
            (),
            "A published database whose words changed places within a block gave other figures: DuckDB's checksum is "
            "the same then. (Seed 116 of a home that DuckDB laid out otherwise.)",
            "Whoever reads it by Guildbook compares it with its digest first.",
        ),
        Found(
            (),
            "An erasure wrote the digests of publications anew without comparing them: what was damaged before passed "
            "for whole after it.",
            "Digests of damaged files stay as they were, so they are damaged after it too.",
        ),
    ),
    unseen=(
        "A page that a browser opens from disk: it has no checksum that browsers know. `guildbook verify --files` and "
        "`sha256sum --check SHA256SUMS` see it, and a run with nothing new, which then publishes again.",
        "Words of eight bytes of `warehouse.duckdb` or `built.duckdb` that change places within a block of 256 KiB, or "
        "that go in pairs of the same: DuckDB's checksum is their exclusive or. A published database has a digest "
        "besides, which every reader of Guildbook verifies; `guildbook verify` compares the other two with a full "
        "rebuild, and a past figure that changed is a restatement.",
        "A damaged block of `built.duckdb` that no page reads is copied into the publication: whoever reads it there "
        "gets DuckDB's error, and no figure.",
        "Parquet files that were written before they had checksums, until their day is read again.",
        "A file in `landing/`: what was delivered has no digest but what its sender may know.",
        "Damage in memory before the checksum is made, and two wrongs that give the same CRC-32.",
    ),
)
