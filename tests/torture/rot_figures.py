"""Everything that is read of a home, by the product's own readers: the same as before, or they say that it is not."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import duckdb

from pipelines.agents.tools import Tools
from pipelines.churn import store
from pipelines.cli.status import mart_lines, status_lines
from pipelines.lake import ledger, manifest
from pipelines.lake.delivery import read_delivery
from pipelines.lake.duck import open_warehouse
from pipelines.lake.schemas import SCHEMAS
from pipelines.metrics.published import opened
from pipelines.sending.publication import opened as message_of
from pipelines.sql import identifier
from tests.support import report_marts
from tests.support.churn_frames import frames
from tests.torture.rot_home import DAYS, INACTIVITY, WAITING_DAY

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.house import House

Figures = dict[str, Any]


def of_lake(house: House, *, waiting: bool = True) -> Figures:
    """Rows of the parts and of the ledgers, as a build and Python read them; of waiting parts nobody reads the rows."""
    home, found = house.home, {}
    with duckdb.connect() as con:
        for name in ("raw", "quarantine", *(["candidates"] if waiting else [])):
            for folder in sorted((home.lake / name).iterdir()):
                found[f"{name}/{folder.name}"] = _digest(con, f"read_parquet('{folder}/*/*.parquet')")
        found["predictions"] = _digest(con, f"read_parquet('{home.predictions}/*/*.parquet')")
    found |= {f"ledger/{name}": _hash(ledger.read(home, name).to_pylist()) for name in SCHEMAS}
    marks = sorted((home.lake / "raw").glob("*/*/_delivery.json"))
    found["deliveries"] = [read_delivery(path) for path in marks]
    found["waiting"] = [one.delivery for one in manifest.candidates(home, "interactions", [WAITING_DAY])]
    return found


def of_model(house: House) -> Figures:
    """Probabilities by the newest model, and those that were kept."""
    model = store.load_newest(house.home, INACTIVITY)
    assert model.fitted is not None
    features = frames(60)[0][model.card.features]
    return {"probabilities": model.fitted.pipeline.predict_proba(features).tolist(), "card": repr(model.card)}


def of_warehouse(house: House) -> Figures:
    """Every table of the warehouse and of the marts beside it."""
    with open_warehouse(house.home) as con:
        return _tables(con)


def of_published(house: House) -> dict[str, Callable[[], Any]]:
    """Readers of what is published, each by its name."""
    home, settings = house.home, house.settings
    tools = Tools(home, settings)

    def every_mart() -> Figures:
        with opened(home, settings.timezone) as con:
            return _tables(con)

    def message() -> Figures:
        with message_of(home, settings, report_marts.DAY) as found:
            return {
                "days": found.marts.value("select sum(dau) from marts.community_days"),
                "header": repr(found.header),
            }

    return {
        "marts": every_mart,
        "status": lambda: status_lines(home),
        "rows": lambda: mart_lines(home),
        "metrics": lambda: _hash(tools.list_metrics(None)),
        "sql": lambda: _hash(tools.run_sql("select * from marts.community_days order by all", 100)),
        "message": message,
    }


def predictions(house: House) -> Figures:
    """What was predicted on each day."""
    (version,) = {path.name for path in house.home.churn_models.iterdir()}
    return {str(day): _hash(store.read_predictions(house.home, day, version).to_dict("records")) for day in DAYS}


def _tables(con: duckdb.DuckDBPyConnection) -> Figures:
    rows = con.execute(
        "select database_name, schema_name, table_name from duckdb_tables() where not internal order by all"
    ).fetchall()
    return {".".join(row[1:]): _digest(con, ".".join(map(identifier, row))) for row in rows}


def _digest(con: duckdb.DuckDBPyConnection, relation: str) -> tuple[Any, ...]:
    return con.execute(f"select count(*), sum(hash(rows)::hugeint)::varchar from {relation} as rows").fetchall()[0]


def _hash(value: object) -> str:
    return hashlib.sha256(repr(value).encode()).hexdigest()
