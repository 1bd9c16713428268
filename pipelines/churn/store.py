"""Where the churn model's versions, evaluations and predictions lie in the lake."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from models.card import ChurnModel, to_json
from models.churn_definitions import Definition
from pipelines import clock
from pipelines.files import move_in
from pipelines.home import Home
from pipelines.lake import ledger
from pipelines.lake.schemas import ORACLE, PREDICTIONS
from pipelines.lake.seal import DamagedError, check, seal
from pipelines.lake.sources import EMPTY_DAY
from pipelines.lake.staging import staging_folder

if TYPE_CHECKING:
    from models.train import TrainResult


def newest_training_day(home: Home, definitions: Sequence[Definition]) -> date | None:
    """Last day of data that all these definitions have a model of; None where one has none."""
    newest = [_newest(home, definition) for definition in definitions]
    days: list[date] = [row["trained_through_day"] for row in newest if row]
    return min(days) if len(days) == len(definitions) else None


def load_newest(home: Home, definition: Definition) -> ChurnModel:
    """Load the newest model of a definition, its horizon and grace period included.

    Raises:
        FileNotFoundError: None was trained yet.
    """
    newest = _newest(home, definition)
    if newest is None:
        raise FileNotFoundError(f"no churn model of {definition.name} was trained yet; a run trains one when it is due")
    check_model(home, newest["model_version"])
    from models.artifacts import load_model  # noqa: PLC0415 - brings scikit-learn, which takes a second

    return load_model(home.churn_models / newest["model_version"])


def check_model(home: Home, version: str) -> None:
    """Raise where the files of a version are not those that were stored.

    The record of its training holds the card, and the card the digest of the pipeline.

    Raises:
        DamagedError: They are not; the message names the file and says what to do.
    """
    folder = home.churn_models / version
    card = folder / "card.json"
    recorded = [row["card"] for row in ledger.rows(home, "churn_trainings", model_version=version)]
    cure = f"remove {folder}; the next run with something to build trains it anew"
    if not card.is_file() or (recorded and card.read_bytes() != recorded[-1].encode()):
        raise DamagedError(f"{card} is damaged: {cure}")
    pipeline = folder / "pipeline.skops"
    stated = json.loads(card.read_text(encoding="utf-8")).get("pipeline_sha256")
    if stated and not (pipeline.is_file() and sha256(pipeline.read_bytes()).hexdigest() == stated):
        raise DamagedError(f"{pipeline} is damaged: {cure}")


def base_rates(home: Home, versions: Iterable[str]) -> dict[str, float]:
    """Share that churned in the training data of these model versions, by their definition of churn."""
    wanted = set(versions)
    rows = ledger.read(home, "churn_trainings").select(["model_version", "definition", "card"]).to_pylist()
    rates = {
        row["definition"]: json.loads(row["card"])["card"]["data"]["churn_rate"]
        for row in rows
        if row["model_version"] in wanted
    }
    return {name: float(rate) for name, rate in rates.items() if rate is not None}


def last_scored_day(home: Home) -> date | None:
    """The newest day with predictions; the part without rows, which keeps the source readable, does not count."""
    days = (date.fromisoformat(path.name.removeprefix("day=")) for path in home.predictions.glob("day=*"))
    return max((day for day in days if day != EMPTY_DAY), default=None)


def keep_training(home: Home, result: TrainResult, trained_through_day: date, run_id: str) -> None:
    """Store a trained version with its evaluations. A version known already is only recorded as trained again.

    The record of the training comes last: without it, the next run trains the version again and adds what is missing.
    """
    version = result.model.version
    from models.artifacts import save_model  # noqa: PLC0415 - as above

    save_model(result.model, home.churn_models)
    for name, frame in (("churn_evaluations", result.evaluations), ("churn_calibration", result.calibration)):
        if version not in ledger.read(home, name)["model_version"].to_pylist():
            dated = {"trained_through_day": trained_through_day}
            ledger.append(home, name, [row | dated for row in _records(frame)])
    ledger.append(
        home,
        "churn_trainings",
        [
            {
                "model_version": version,
                "definition": result.model.card.definition.name,
                "horizon_days": result.model.card.definition.horizon_days,
                "learner": result.model.card.learner,
                "reason": result.model.card.reason,
                "card": (home.churn_models / version / "card.json").read_text(encoding="utf-8"),
                "trained_through_day": trained_through_day,
                "run_id": run_id,
                "trained_at": clock.now(),
            }
        ],
    )


def keep_predictions(home: Home, day: date, model_version: str, batches: Iterable[pd.DataFrame], run_id: str) -> int:
    """Write what a model version predicts for a day, batch by batch, and return how many rows that were.

    Nobody eligible leaves a part without rows. Scoring a day again with the same version replaces equal rows; another
    version's predictions stay beside them.
    """
    name, n_rows, scored_at = f"part-{model_version}.parquet", 0, clock.now()
    with staging_folder(home) as folder:
        staged = folder / name
        with pq.ParquetWriter(staged, PREDICTIONS, compression="zstd") as writer:
            for batch in batches:
                whole = batch.assign(day=batch["day"].dt.date, run_id=run_id, scored_at=scored_at)
                writer.write_table(pa.Table.from_pandas(whole, schema=PREDICTIONS, preserve_index=False))
                n_rows += len(batch)
        seal(staged)
        move_in(staged, home.predictions / f"day={day.isoformat()}" / name)
    return n_rows


def read_predictions(home: Home, day: date, model_version: str, columns: Sequence[str] | None = None) -> pd.DataFrame:
    """Read what a model version predicted for a day, or some columns of it; empty where it did not score it."""
    schema = pa.schema([PREDICTIONS.field(name) for name in columns or PREDICTIONS.names])
    path = home.predictions / f"day={day.isoformat()}" / f"part-{model_version}.parquet"
    if path.exists():
        check(path)
    table = pq.read_table(path, schema=schema, partitioning=None) if path.exists() else schema.empty_table()
    frame: pd.DataFrame = table.to_pandas()
    return frame


def read_oracle(home: Home, definition: Definition) -> pd.DataFrame | None:
    """Read the true probabilities of churn, where the hazards that moved the members are known.

    Returns:
        member_id, as_of_day, probability; one row per member and cut-off that was asked for. None where nothing
        is known: the logs are real, or churn means something else than what was asked.
    """
    if not home.oracle.exists():
        return None
    meant = (
        (pc.field("definition") == definition.name)
        & (pc.field("horizon_days") == definition.horizon_days)
        & (pc.field("known_after_days") == definition.known_after_days)
    )
    told = pq.read_table(home.oracle, schema=ORACLE, columns=["member_id", "as_of_day", "probability"], filters=meant)
    frame: pd.DataFrame = told.to_pandas(date_as_object=False)
    return frame if len(frame) else None


def _newest(home: Home, definition: Definition) -> dict[str, Any] | None:
    meant = json.loads(to_json(definition))
    rows = [
        row
        for row in ledger.read(home, "churn_trainings").to_pylist()
        if json.loads(row["card"])["card"]["definition"] == meant
        and (home.churn_models / row["model_version"]).exists()
    ]
    return rows[-1] if rows else None


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as dictionaries of plain values: missing ones are None, instants at midnight are days."""
    plain = frame.astype(object).where(frame.notna(), None)
    rows: list[dict[str, Any]] = [{str(name): value for name, value in row.items()} for row in plain.to_dict("records")]
    for row in rows:
        for name in ("day", "cut_off"):
            if isinstance(row.get(name), datetime):
                row[name] = row[name].date()
    return rows
