"""Whether a home is whole, and whether two homes hold the same, but for ids and times of runs."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow.parquet as pq

from pipelines.home import Home
from pipelines.lake import ledger, versions
from pipelines.lake.schemas import SCHEMAS
from pipelines.reading import sums

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CHANGING = ("status.js", "last_run.html", "today")
"""How files of a site begin that are written after it is up, each whole by itself."""

_OF_A_RUN = {
    "run_id", "erasure_id", "ingested_at", "recorded_at", "found_at", "noted_at", "published_at", "checked_at",
    "erased_at", "made_at", "started_at", "ended_at", "drawn_at", "scored_at", "trained_at", "built_at", "waived_at",
    "seen_at", "judged_at",
}  # fmt: skip
_OF_EACH_TRY = {
    "deliveries", "delivery_findings", "builds", "gate_results", "restatements", "retention_actions", "messages",
    "pulls",
}  # fmt: skip
"""Ledgers in which a run that was broken off may leave rows, which readers take by run or by the last row."""
_RECORDED_AGAIN = {"manifest"}
"""Ledgers in which the same row may be recorded again: of a candidate that power was lost on, once it is made anew."""

_HOME = re.compile(r"/[^\s'\"]*/home\b")
_DRAWN = re.compile(r"erased-[0-9a-f]{12}")
_OF_A_STOP = re.compile("failure-")
"""Messages that say that a run stopped."""
_LEFT = (".draft-*", ".published-*", ".import-*", ".tables-*", ".*.tmp", ".site.*")


def digest(path: Path) -> str:
    """Digest of a file's bytes."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def tree(root: Path) -> set[tuple[str, str]]:
    """Every file below a folder with its digest, but for memory that SQLite maps."""
    paths = (path for path in root.rglob("*") if path.is_file() and not path.name.endswith("-shm"))
    return {(str(path.relative_to(root)), digest(path)) for path in paths}


def check_published(root: Path, *whole: Path, rewritten: bool = False) -> None:
    """Raise unless what is up, and each version that is kept, is as one of the whole homes has it, byte by byte.

    Where versions are ``rewritten`` they have no digests meanwhile.
    """
    home = Home(root)
    number = versions.current(home)
    assert number is not None, "nothing is published any more"
    assert (home.versions / str(number)).is_dir(), f"version {number} is up and not there"
    for number in versions.numbers(home):
        folder = home.versions / str(number)
        known = [files for one in whole if (files := _files(Home(one).versions / str(number)))]
        assert known, f"there is a version {number}, which no run made"
        found = _files(folder)
        for name, is_now in found.items():
            allowed = {files[name] for files in known if name in files}
            assert is_now in allowed, f"version {number} is there, and {name} is not as it was made"
        meanwhile = {sums.SUMS} if rewritten else set()
        missing = set.intersection(*(set(files) for files in known)) - set(found) - meanwhile
        assert not missing, f"version {number} is there without {sorted(missing)[0]} and {len(missing) - 1} more"


def check_published_anew(root: Path, before: Path, after: Path, *, rewritten: bool) -> None:
    """Raise unless each version is that of the home before, or holds what that of an undisturbed run holds.

    Another try has other ids and times of runs in it. Where versions are ``rewritten``, the old ones may be either, and
    have no digests meanwhile.
    """
    home = Home(root)
    assert versions.current(home) in versions.numbers(home), "what is up is not there"
    for number in versions.numbers(home):
        folder, old, new = (Home(one).versions / str(number) for one in (root, before, after))
        if old.is_dir() and not rewritten:
            assert _files(folder) == _files(old), f"version {number} is not as it was"
            continue
        differs = [sorted(_unlike_marts(folder, one)) for one in (old, new) if one.is_dir()]
        assert not all(differs), f"marts of version {number} are of no run: {', '.join(min(differs, key=len)[:5])}"
        meanwhile = {sums.SUMS} if rewritten else set()
        assert set(_files(folder)) | meanwhile >= set(_files(new)), f"version {number} lacks files"


def _files(folder: Path) -> dict[str, str]:
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {
        str(path.relative_to(folder)): digest(path)
        for path in paths
        if not path.name.startswith(CHANGING) and path.suffix != ".tmp"
    }


def _names(site: Path) -> set[str]:
    """Name every page and file of a site, those of the running day too, but for that of a run that stopped."""
    paths = (path for path in site.rglob("*") if path.is_file() and path.suffix != ".tmp")
    return {str(path.relative_to(site)) for path in paths if path.name != "last_run.html"}


def check_ledgers(root: Path, done: Path | None = None) -> None:
    """Raise unless each ledger can be read; with ``done`` also unless its rows are the first of those."""
    for name in SCHEMAS:
        rows = ledger.read(Home(root), name)
        if done is not None:
            whole = ledger.read(Home(done), name)
            assert rows.equals(whole.slice(0, rows.num_rows)), f"ledger {name} has rows that were never recorded"


def unlike(one: Path, other: Path) -> list[str]:
    """What differs between two homes, by name; nothing where they hold the same."""
    found = [f"{name} differs" for name in _unlike_files(one, other)]
    for name in SCHEMAS:
        first, second = (_rows(Home(root), name) for root in (one, other))
        if first != second and (name not in _OF_EACH_TRY or second - first):
            more, less = sum((first - second).values()), sum((second - first).values())
            found.append(f"ledger {name} has {more} rows too many and lacks {less}")
    found += [f"mart {name} differs" for name in _unlike_marts(one / "published", other / "published")]
    names = [_names(root / "published" / "site") for root in (one, other)]
    return found + [f"site: {name}" for name in sorted(names[0] ^ names[1])]


def left_behind(root: Path) -> list[str]:
    """What a fault left that nobody will ever read."""
    found = [str(path.relative_to(root)) for pattern in _LEFT for path in root.rglob(pattern) if path.suffix != ".lock"]
    staging = Home(root).staging
    return sorted(found) + [
        str(path.relative_to(root)) for path in staging.glob("*") if path.name not in ("duckdb", "dbt")
    ]


def _rows(home: Home, name: str) -> Counter[str]:
    table = ledger.read(home, name)
    columns = [column for column in table.column_names if column not in _OF_A_RUN]
    if name == "publications":  # a number is not used twice, so one that was begun is missing
        columns.remove("version")
    if name == "erasures":  # drawn anew where an erasure was broken off before it noted anything
        columns = ["asked_by", "n_left"]
    if name == "restatements":  # since a run that built and did not publish, more deliveries may be the cause
        columns = [column for column in columns if column not in ("cause", "delivery_ids", "since_version", "version")]
    if name == "messages":  # one that was cut off is tried again
        columns.remove("attempt")
    rows = [_plain(repr(sorted(row.items()))) for row in table.select(columns).to_pylist()]
    return Counter(set(rows)) if name in _OF_EACH_TRY | _RECORDED_AGAIN else Counter(rows)


def _unlike_files(one: Path, other: Path) -> Iterator[str]:
    for folder in ("landing", "lake/raw", "lake/candidates", "lake/quarantine", "lake/predictions", "messages",
                   "exports", "fetched"):  # fmt: skip
        first, second = (_contents(root, root / folder) for root in (one, other))
        for name in sorted(first.keys() | second.keys()):
            if first.get(name) != second.get(name):
                yield name


def _contents(root: Path, folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for path in folder.rglob("*"):
        if not path.is_file() or path.name.endswith(".lock") or _OF_A_STOP.match(path.name):
            continue
        if path.suffix == ".parquet":
            table = pq.read_table(path, partitioning=None)
            rows = table.drop_columns(sorted(_OF_A_RUN & {*table.column_names})).to_pylist()
            found[str(path.relative_to(root))] = [_plain(repr(row)) for row in rows]
        elif path.name.startswith(".") and path.suffix == ".tmp":
            continue  # ``left_behind`` looks for it once a run has begun
        elif "fetched" in path.parts and path.suffix in (".gz", ".json"):
            found[str(path.relative_to(root))] = "an answer, with the moment it came"
        else:
            found[str(path.relative_to(root))] = _plain(path.read_bytes().decode(errors="surrogateescape"))
    return found


def _plain(text: str) -> str:
    """Return a text without what is drawn or where the home lies."""
    return _DRAWN.sub("erased", _HOME.sub("<home>", text))


def _unlike_marts(one: Path, other: Path) -> Iterator[str]:
    names = "select table_name from duckdb_tables() where schema_name = 'marts' and database_name = ? order by 1"
    with duckdb.connect() as con:
        for name, folder in (("one", one), ("other", other)):
            con.execute(f"attach '{folder / 'analytics.duckdb'}' as {name} (read_only)")
        tables = [[row[0] for row in con.execute(names, [name]).fetchall()] for name in ("one", "other")]
        assert tables[0] == tables[1], "marts are missing"
        for table in tables[0]:
            plain = f"select regexp_replace(rows::varchar, '{_DRAWN.pattern}', 'erased', 'g')"
            rows = [f"{plain} from {name}.marts.{table} as rows" for name in ("one", "other")]
            for first, second in (rows, reversed(rows)):
                both = f"select 1 from ({first} except all {second}) limit 1"
                if table not in _NOT_FACTS and con.execute(both).fetchall():
                    yield table


_NOT_FACTS = {
    "publication", "gate_results", "deliveries", "delivery_findings", "quarantine_summary", "restatements",
    "retention_actions", "suggestion_evaluations", "churn_predictions", "churn_trainings", "churn_evaluations",
    "churn_calibration",
}  # fmt: skip
"""Marts of what was run, which have ids and times of runs; their ledgers are compared instead."""
