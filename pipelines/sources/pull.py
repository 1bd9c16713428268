"""Pulling a source: fetch, keep, make tables, and write landing files; each pull is recorded, failed ones too.

Landing is written from everything that is kept, and only once the fetch has come to its end: a pull that breaks off
leaves landing as it was, and the next one goes on where it stopped.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines import clock
from pipelines.connectors import ConnectorError, ImportReport
from pipelines.connectors.mapping import Mapping, read_mapping
from pipelines.connectors.mapping_table import Table
from pipelines.connectors.table import import_mapping
from pipelines.faults import NONSENSE, brief, raised_at
from pipelines.home import Home
from pipelines.lake import ledger
from pipelines.settings import Settings
from pipelines.sources.alone import alone, sweep, table_folder
from pipelines.sources.configured import read
from pipelines.sources.definition import Named, SourceError
from pipelines.sources.forget import forget_pulled
from pipelines.sources.gone import Gone
from pipelines.sources.kept import Kept
from pipelines.sources.kind import READY, Pull, storable
from pipelines.sources.kinds import kind
from pipelines.sources.landed import landed

LEDGER = "pulls"

_SECOND = timedelta(seconds=1)
"""Pulls of a source have different starts, in their order, whatever becomes of the clock."""


@dataclass(frozen=True)
class PullReport:
    """The account of one pull.

    Attributes:
        name: The source.
        tables: Rows per table that was made of what is kept.
        imported: What landing got.
        remarks: What the operator has to know: what is missing, and what came in a smaller number than before.
    """

    name: str
    tables: dict[str, int]
    imported: ImportReport
    remarks: tuple[str, ...]


def check(home: Home, settings: Settings, name: str) -> str:
    """Ask a source the least that shows that it can be pulled; returns a line of what was found.

    Raises:
        SourceError: It cannot; says why.
    """
    named = read(home, name, settings)
    with tempfile.TemporaryDirectory() as nothing_kept:
        return kind(named.source.kind).check(Pull(named, settings, Kept(Path(nothing_kept)), _now(), Gone(home)))


def pull(
    home: Home,
    settings: Settings,
    name: str,
    *,
    replay: bool = False,
    everything: bool = False,
    say: Callable[[str], None] = lambda _: None,
) -> PullReport:
    """Fetch what is new of a source and write its landing files.

    Args:
        home: Home folder of the community.
        settings: Its settings.
        name: The source.
        replay: Fetch nothing; write landing from what is kept, as after a change of the mapping.
        everything: Ask for records of all times again, not for the last days alone.
        say: Told how far it is.

    Returns:
        What came, and what the operator has to know.

    Raises:
        SourceError: The source cannot be pulled; landing is as it was, and what came so far is kept if it can be read.
    """
    named = read(home, name, settings)
    with alone(home, name):
        sweep(home, name)
        before, since = _earlier(home, name)
        kept, started_at = Kept(home.fetched / name), _now() if before is None else max(_now(), before + _SECOND)
        one = Pull(named, settings, kept, started_at, Gone(home), everything, replay, since, say=say)
        try:
            try:
                if not replay:
                    kind(named.source.kind).fetch(one)
            finally:
                one.kept.flush()
                forget_pulled(home, one, before)
            report = _land(home, settings, one)
        except SourceError as error:
            _keep_what_can_be_read(one)
            _record(home, one, "failed", reason=str(error))
            raise
        except ConnectorError as error:
            _record(home, one, "failed", reason=f"{name}: {error}")
            raise SourceError(f"{name}: {error}") from error
        except NONSENSE as error:
            one.kept.discard()
            refused = _nonsense(named, error)
            _record(home, one, "failed", reason=str(refused))
            raise refused from error
        _record(home, one, "replayed" if replay else "completed", report)
    return report


def _keep_what_can_be_read(one: Pull) -> None:
    """Keep nothing of a pull that broke off where no tables can be made of it: later pulls would meet it again."""
    try:
        kind(one.named.source.kind).tables(one)
    except SourceError:
        return
    except NONSENSE:
        one.kept.discard()


def _nonsense(named: Named, error: Exception) -> SourceError:
    """Say that an answer cannot be read, by what was raised where: its own words may name a person."""
    return SourceError(
        f"{named.name}: what came is not what {named.source.kind} gives ({raised_at(error)}): landing is as it was and "
        "nothing of it is kept; pull again, and if it stays so, report that line: its form may have changed"
    )


def _earlier(home: Home, name: str) -> tuple[datetime | None, datetime | None]:
    """Return when the last pull of a source began, and the last one that came to its end."""
    rows = ledger.rows(home, LEDGER, source=name)
    completed = [row["started_at"] for row in rows if row["outcome"] == "completed"]
    return (rows[-1]["started_at"] if rows else None), (completed[-1] if completed else None)


def _land(home: Home, settings: Settings, one: Pull) -> PullReport:
    named = one.named
    made = kind(named.source.kind).tables(one)
    with table_folder(home, named.name) as folder:
        for table, rows in made.tables.items():
            pq.write_table(rows, Path(folder, f"{table}.parquet"))
        imported = import_mapping(
            _mapping(named, made.tables, settings),
            home.landing,
            settings.timezone,
            lambda table: _where(named, table, Path(folder)),
            settings,
            one.say,
            _complete(home, settings, one) if made.is_complete else None,
            landed(one.gone),
        )
    counts = {table: rows.num_rows for table, rows in made.tables.items()}
    fewer = _fewer(home, named, counts)
    return PullReport(named.name, counts, imported, tuple(map(storable, (*one.remarks, *made.remarks, *fewer))))


def _mapping(named: Named, tables: dict[str, pa.Table], settings: Settings) -> Mapping:
    """Return the source's own mapping, its kind's, or one that takes each table as the log that it is called after."""
    of_kind = kind(named.source.kind).mapping
    if named.source.mapping is not None:
        mapping = read_mapping(named.path.parent / named.source.mapping, settings)
    elif of_kind is not None:
        mapping = read_mapping(READY / of_kind, settings)
    else:
        outputs = [
            {"log": log, "table": f"{log}.parquet", "columns": {name: name for name in rows.column_names}}
            for log, rows in tables.items()
        ]
        mapping = Mapping.model_validate({"source": named.name, "outputs": outputs})
    return mapping.model_copy(update={"source": named.name})


def _where(named: Named, table: Table, folder: Path) -> Path:
    path = folder / table.file
    if not path.is_file():
        there = ", ".join(sorted(one.name for one in folder.iterdir()))
        raise SourceError(f"{named.name}: its mapping names a table {table.file}, and there is {there}")
    return path


def _complete(home: Home, settings: Settings, one: Pull) -> tuple[date, date] | None:
    """Return the log days of which the pulls since the first completed one, this one included, tell everything."""
    pulls = ledger.rows(home, LEDGER, source=one.named.name)
    starts = [row["started_at"] for row in pulls if row["outcome"] == "completed"]
    if not one.replay:
        starts.append(one.started_at)
    if not starts:
        return None
    day = timedelta(days=1)
    return clock.local_day(starts[0], settings.timezone) - day, clock.local_day(starts[-1], settings.timezone) - day


def _fewer(home: Home, named: Named, counts: dict[str, int]) -> list[str]:
    """Return a line for each table that has fewer rows than the last pull made of it."""
    rows = [row for row in ledger.rows(home, LEDGER, source=named.name) if row["rows"]]
    before = json.loads(rows[-1]["rows"]) if rows else {}
    return [
        f"{named.name}: {table} has {counts.get(table, 0):,} rows and had {n:,} after the last pull: look whether the "
        "source still shows everything"
        for table, n in before.items()
        if counts.get(table, 0) < n
    ]


def _record(home: Home, one: Pull, outcome: str, report: PullReport | None = None, reason: str = "") -> None:
    row = {
        "source": one.named.name,
        "kind": one.named.source.kind,
        "started_at": one.started_at,
        "ended_at": clock.now(),
        "outcome": outcome,
        "reason": storable(brief(reason)) or None,
        "rows": json.dumps(report.tables) if report else None,
        "landed": json.dumps(report.imported.rows_written) if report else None,
        "remarks": json.dumps(report.remarks, ensure_ascii=False) if report and report.remarks else None,
    }
    ledger.append(home, LEDGER, [row])


def _now() -> datetime:
    return clock.now().replace(microsecond=0)
