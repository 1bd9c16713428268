"""Where the churn model's versions, evaluations and predictions lie in the lake."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from models.artifacts import load_model, save_model
from pipelines import clock
from pipelines.lake import ledger
from pipelines.lake.files import move_in, staging_folder
from pipelines.lake.schemas import PREDICTIONS

if TYPE_CHECKING:
    import pandas as pd

    from models.card import ChurnModel
    from models.train import TrainResult
    from pipelines.home import Home
    from pipelines.settings import Settings


def newest_training_day(home: Home, settings: Settings) -> date | None:
    """Last day of data that the newest model of these settings was trained through; None where there is none."""
    newest = _newest(home, settings)
    if newest is None:
        return None
    day: date = newest["trained_through_day"]
    return day


def load_newest(home: Home, settings: Settings) -> ChurnModel:
    """Load the newest model of these settings.

    Raises:
        FileNotFoundError: None was trained yet.
    """
    newest = _newest(home, settings)
    if newest is None:
        raise FileNotFoundError("no churn model was trained yet; a run trains one when it is due")
    return load_model(home.churn_models / newest["model_version"])


def keep_training(home: Home, settings: Settings, result: TrainResult, trained_through_day: date, run_id: str) -> None:
    """Store a trained version with its evaluations. A version known already is only recorded as trained again.

    The record of the training comes last: without it, the next run trains the version again and adds what is missing.
    """
    version = result.model.version
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
                "horizon_days": settings.churn_horizon_days,
                "learner": result.model.card.learner,
                "reason": result.model.card.reason,
                "card": (home.churn_models / version / "card.json").read_text(encoding="utf-8"),
                "trained_through_day": trained_through_day,
                "run_id": run_id,
                "trained_at": clock.now(),
            }
        ],
    )


def keep_predictions(home: Home, day: date, model_version: str, predictions: pd.DataFrame, run_id: str) -> None:
    """Write what a model version predicts for a day; nobody eligible leaves a part without rows.

    Scoring a day again with the same version replaces equal rows; another version's predictions stay beside them.
    """
    marks = {"run_id": run_id, "scored_at": clock.now()}
    table = pa.Table.from_pylist([row | marks for row in _records(predictions)], schema=PREDICTIONS)
    name = f"part-{model_version}.parquet"
    with staging_folder(home) as folder:
        staged = folder / name
        pq.write_table(table, staged, compression="zstd")
        move_in(staged, home.predictions / f"day={day.isoformat()}" / name)


def read_predictions(home: Home, day: date, model_version: str) -> pd.DataFrame:
    """Read what a model version predicted for a day; empty where it did not score it."""
    path = home.predictions / f"day={day.isoformat()}" / f"part-{model_version}.parquet"
    table = pq.read_table(path, schema=PREDICTIONS, partitioning=None) if path.exists() else PREDICTIONS.empty_table()
    frame: pd.DataFrame = table.to_pandas()
    return frame


def _newest(home: Home, settings: Settings) -> dict[str, Any] | None:
    rows = [
        row
        for row in ledger.read(home, "churn_trainings").to_pylist()
        if row["horizon_days"] == settings.churn_horizon_days and (home.churn_models / row["model_version"]).exists()
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
