"""A small home with every kind of file that rots: made without dbt, whose tables are made up here."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING
from unittest.mock import patch

import duckdb
import pandas as pd

from models.card import ChurnModel
from models.churn_definitions import inactivity
from models.fit import fit
from models.learners import LEARNERS
from models.train import TrainConfig, train
from pipelines import clock
from pipelines.churn import store
from pipelines.contract import LOGS
from pipelines.ingest import ingest_days
from pipelines.lake import ledger, manifest, versions
from pipelines.lake.schemas import PREDICTIONS
from pipelines.publishing import publish as publishing
from pipelines.publishing.database import STORAGE_VERSION
from pipelines.warehouse.sources import ensure_sources
from tests.support import report_marts
from tests.support.churn_frames import frames
from tests.support.house import House
from tests.support.tiny_logs import FIRST, days_between, tiny_community

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from pathlib import Path

DAYS = days_between(FIRST, FIRST + timedelta(days=3))
DELIVERED = {key: rows for key, rows in tiny_community(3, members=40, days=45).items() if key[1] in DAYS}
WAITING_DAY = DAYS[-1]
"""The log day whose parts wait for gate 1."""
INACTIVITY = inactivity(30)
_STARTED = datetime(2026, 3, 3, tzinfo=UTC)
BLOCK_SIZE = 16384
"""Bytes of a block of DuckDB: its least, so that a file of few rows has few."""


def make(root: Path) -> None:
    """Deliver, ingest, train, score and publish twice in an empty folder."""
    house = House(root)
    started = count(1)
    with patch.object(clock, "now", lambda: _STARTED + timedelta(seconds=next(started))):  # so that the files are alike
        _make(house)


def _make(house: House) -> None:
    house.deliver_all(DELIVERED)
    house.deliver("interactions", DAYS[1], [{"interaction_id": "refused"}], name="refused.jsonl")
    for path in house.home.landing.rglob("*.jsonl"):
        os.utime(path, (_STARTED.timestamp(), _STARTED.timestamp()))
    ingest(house, DAYS)
    move_in(house, DAYS[:-1])
    ensure_sources(house.home)
    _score(house)
    _build(house)
    for run_id in ("run-1", "run-2"):
        passed = {"severity": "critical", "is_passed": True, "run_id": run_id, "checked_at": _at(3)}
        ledger.append(house.home, "gate_results", [passed | {"gate": one} for one in ("facts", "predictions")])
        publishing.publish(house.home, house.settings, report_marts.DAY, run_id)
    assert versions.current(house.home) == 2


def ingest(house: House, days: Sequence[date]) -> None:
    """Read log days that changed, or whose parts are not whole."""
    for log in LOGS.values():
        ingest_days(house.home, house.settings, log, days, run_id="run")


def move_in(house: House, days: Sequence[date]) -> None:
    """Pass gate 1, whatever it would say: its rules are not what is tried."""
    for log in LOGS:
        waiting = manifest.candidates(house.home, log, days)
        manifest.decide(house.home, [(one, manifest.PASSED) for one in waiting], "run")


def _score(house: House) -> None:
    """Keep a training of a fitted learner and what it predicted on two days."""
    features, labels = frames(60)
    result = train(features, labels, TrainConfig(definition=INACTIVITY))
    rows = features.assign(is_churned=labels["is_churned"].astype(int))
    fitted = fit(LEARNERS["logistic"], rows, 7)
    model = ChurnModel(replace(result.model.card, learner="logistic", features=list(fitted.background)), fitted)
    store.keep_training(house.home, replace(result, model=model), DAYS[-1], "run")
    for day in DAYS[-2:]:
        scores = pd.DataFrame(
            [dict.fromkeys(PREDICTIONS.names) | {"member_id": f"m{n}", "probability": n / 40} for n in range(40)]
        )
        store.keep_predictions(house.home, day, model.version, [scores.assign(day=pd.Timestamp(day))], "run")


def _build(house: House) -> None:
    """Make a warehouse that remembers a completed run of these marts."""
    full = report_marts.full(house.home.root / "full.duckdb")
    with duckdb.connect(config={"threads": 1}) as con:
        con.execute(f"attach '{full}' as marts (read_only)")
        for path, name in ((house.home.marts, "built"), (house.home.warehouse, "warehouse")):
            con.execute(f"attach '{path}' as {name} (storage_version '{STORAGE_VERSION}', block_size {BLOCK_SIZE})")
        con.execute("copy from database marts to built; drop table built.marts.publication; use warehouse")
        con.execute("create schema control; create schema staging")
        con.execute(
            "create table control.completed_builds as "
            f"select 'of a test' as fingerprint, date '{DAYS[0]}' as first_day, date '{DAYS[-1]}' as through_day"
        )
        con.execute(
            "create table control.completed_marts as "
            "select table_name from duckdb_tables() where database_name = 'built'"
        )
        con.execute("create table staging.rows as select n, hash(n) as h, md5(n::text) as t from range(5000) r (n)")
    full.unlink()


def _at(day: int) -> datetime:
    return datetime(2026, 3, day, tzinfo=UTC)
