"""What a home holds, so that two of them can be compared: every file, mart, ledger, prediction, model, page, message.

Left out is what differs between any two runs: ids that are drawn, times of runs, Dagster's history.
"""

from __future__ import annotations

import gzip
import hashlib
import re
from collections import Counter
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tests.support.house import RECORDS

Held = dict[str, Any]

_OF_A_RUN = re.compile(
    r"run_id|.*_at|erasure_id|version|since_version|attempt|delivery_ids|id_hash|n_files|n_values|n_stale.*"
)
"""Columns that tell when and by which run; one that was killed may have used up a number, or done part of the work."""
_DRAWN = re.compile(
    r"[0-9a-f]{8}-[0-9a-f-]{27}|erased-[0-9a-f-]+|127\.0\.0\.1:\d+|<footer class=.bottom.>.*?</footer>"
    r"|\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?(\.\d+)?(Z|\+00:00)?"
    r"|[\d,]+ of [\d,]+ checks passed(, [\d,]+ warned)?|[\d,]+ 项检查中 [\d,]+ 项通过(，[\d,]+ 项警告)?"
)
_PASSED_OVER = re.compile(
    r"dagster/.*|versions/.*|lake/ledger/.*|(.*/)?\.[^/]*\.?lock|.*\.wal|sources/.*|targets/.*|fetched/.*\.jsonl\.gz"
    r"|\.erasure_key|lake/control/feature_days\.parquet|lake/\.staging(/dbt(/.*)?)?"
)
"""Files of Dagster's, of locks and of operators, what is read otherwise, a key that an erasure draws, answers of a
forum that was asked again, the days of features that a run had to build, and what dbt left of compiling, which it does
where nobody has before."""
_EACH_TRY = ("builds", "churn_trainings", "delivery_findings", "erasures", "pulls")
"""Ledgers with rows of every run and command: those of one that died come again with the next."""
_VERDICTS = re.compile(r"(.*marts\.|ledger |published/site/data/)gate_(results|verdicts)(\.csv)?")
"""Verdicts, of which there may be more: those of a run that died, and that the next one need not judge it again."""
_OF_CAUSES = ("health.html", "restatements.csv")
"""They name the deliveries that may have caused a restated figure: after a run that died these are a few more."""
_FOUND_STALE = re.compile(r"rebuild\..*|gates\..*|base\.changed_.*|churn\..*|intermediate\.int_relations__.*")
"""Tables of what a run had to build: a run after a killed one has to build more, or, if that one had trained, less."""


def held(home: Path, *, as_texts: bool = False) -> Held:
    """Return what a home holds, by place; ``as_texts`` if tombstones, which are drawn, may lie in its tables."""
    current = home / (home / "published").readlink()
    found: Held = {"version says": _number_of(current) == int(current.name)}
    for path in sorted(home.rglob("*")):
        name = str(path.relative_to(home))
        if not _PASSED_OVER.fullmatch(name):
            found |= _file(home, path, _plain(home, name))
    for path in sorted((current / "site").rglob("*")):
        if path.name not in _OF_CAUSES:
            found |= _file(home, path, f"published/{path.relative_to(current)}")
    for path in (home / "warehouse.duckdb", home / "built.duckdb", current / "analytics.duckdb"):
        if path.exists():
            found |= _tables(path, as_texts=as_texts)
    for folder in sorted(path for path in (home / "lake" / "ledger").iterdir() if path.is_dir()):
        found[f"ledger {folder.name}"] = _rows(home, folder)
    return found


def unequal(one: Held, other: Held) -> dict[str, str]:
    """Return each place where two homes differ, with what differs in short."""
    return {
        name: _said(one.get(name), other.get(name))
        for name in sorted({*one, *other})
        if one.get(name) != other.get(name) and not _has_more_verdicts(name, one.get(name), other.get(name))
    }


def _has_more_verdicts(name: str, one: Any, other: Any) -> bool:
    """Whether the second home has all verdicts of the first; the tables and files of them are made of the ledger."""
    if not _VERDICTS.fullmatch(name):
        return False
    return not (isinstance(one, dict) and isinstance(other, dict)) or one.keys() <= other.keys()


def _said(one: Any, other: Any) -> str:
    if isinstance(one, dict) and isinstance(other, dict):
        lost, more = Counter(one), Counter(other)
        return f"only one has {list((lost - more).items())[:2]}, only the other {list((more - lost).items())[:2]}"
    return f"{str(one)[:300]} against {str(other)[:300]}"


def _number_of(folder: Path) -> int:
    with duckdb.connect(folder / "analytics.duckdb", read_only=True) as con:
        ((number,),) = con.execute("select version from marts.publication").fetchall()
    return int(number)


def _file(home: Path, path: Path, name: str) -> Held:
    if path.is_symlink():
        return {name: "a link"}
    if path.is_dir():
        return {name: "a folder"} if any(path.iterdir()) else {}
    if path.suffix == ".duckdb":
        return {name: "a database"}
    if path.suffix == ".parquet":
        return {name: dict(_counted(home, path))}
    raw = path.read_bytes()
    raw = gzip.decompress(raw) if path.suffix == ".gz" else raw
    return {name: hashlib.sha256(_plain(home, raw.decode(errors="replace")).encode()).hexdigest()}


def _plain(home: Path, text: str) -> str:
    return _DRAWN.sub("*", text.replace(str(home), "~"))


def _rows(home: Path, folder: Path) -> dict[str, int]:
    found: Counter[str] = Counter()
    for path in sorted(folder.glob("*.parquet")):
        found += _counted(home, path)
    return dict.fromkeys(found, 1) if folder.name in (*_EACH_TRY, "gate_results") else dict(found)


def _counted(home: Path, path: Path) -> Counter[str]:
    table = pq.read_table(path, partitioning=None)
    if path.parent.name == "messages":  # a try that was cut off is noted, and so is the next one
        table = table.filter(pc.not_equal(table["state"], "intended"))
    kept = [name for name in table.column_names if not _OF_A_RUN.fullmatch(name)]
    return Counter(_plain(home, repr(tuple(row.values()))) for row in table.select(kept).to_pylist())


def _tables(path: Path, *, as_texts: bool) -> Held:
    """Return a digest of the rows of each table; of records, of those rows that differ, without what tells of runs."""
    found: Held = {}
    with duckdb.connect(path, read_only=True) as con:
        tables = con.execute("select schema_name, table_name from duckdb_tables() where not temporary").fetchall()
        for schema, table in tables:
            columns = [name for name, *_ in con.execute(f'describe "{schema}"."{table}"').fetchall()]
            is_record = schema != "marts" or RECORDS.fullmatch(table)
            kept = ", ".join(f'"{name}"' for name in columns if not (is_record and _OF_A_RUN.fullmatch(name)))
            asked = f'select {"distinct" if is_record else ""} {kept or "1 as n"} from "{schema}"."{table}"'
            place = f"{path.name} {schema}.{table}"
            if _FOUND_STALE.fullmatch(f"{schema}.{table}"):
                continue
            if as_texts:
                rows = sorted(_DRAWN.sub("*", repr(row)) for row in con.execute(asked).fetchall())
                found[place] = [len(rows), hashlib.sha256(repr(rows).encode()).hexdigest()]
                continue
            counted = f"select count(*), coalesce(sum(hash(t)::hugeint), 0)::varchar from ({asked}) as t"
            found[place] = con.execute(counted).fetchone()
    return found
