"""Homes and models that earlier versions made, opened by the code of today: nothing is lost, every figure is the same.

Each folder of ``made_by`` holds a home of one form: a sample community of 40 members and 50 log days after two runs, an
identity link, a waiver and an exported list, made by ``make_home.py`` with that version's code and packages. A home is
never made again: it is for having been made then. ``models.tar.xz`` of 0.1.0 holds two trained models on made-up rows,
with probabilities that they gave.
"""

from __future__ import annotations

import json
import tarfile
from datetime import date
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from models.artifacts import load_model
from pipelines.lake import ledger
from tests.support.house import RECORDS
from tests.support.running import Running

MADE_BY = Path(__file__).with_name("made_by")
LAST = date(2025, 2, 19)
OF_A_RUN = {"run_id", "scored_at", "found_at", "reasons_en", "reasons_zh", "drivers"}
"""Columns of what a run says of the last day, which is ingested and scored once more: its own id and times, and reasons
and their drivers, which are put in the words of today."""
OF_RULES = {"relation_checks"}
"""Has a row for each rule, of which there are more now."""


def unpack(name: str, folder: Path) -> Path:
    with tarfile.open(MADE_BY / name) as archive:
        with_filter = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}  # since Python 3.11.4
        archive.extractall(folder, **with_filter)
    return folder


def published(database: Path) -> dict[str, pd.DataFrame]:
    with duckdb.connect(str(database), read_only=True) as con:
        names = con.execute("select table_name from duckdb_tables() where schema_name = 'marts'").fetchall()
        return {name: con.execute(f"select * from marts.{name}").df() for (name,) in names}


def rows(frame: pd.DataFrame, columns: list[str]) -> list[str]:
    """Rows as texts, sorted, so that neither order nor kind of null counts."""
    return sorted(frame[columns].astype(object).where(frame[columns].notna(), None).apply(repr_row, axis=1))


def repr_row(row: pd.Series) -> str:
    return repr(row.tolist())


@pytest.mark.job
@pytest.mark.dbt
@pytest.mark.long
@pytest.mark.parametrize("form", sorted(path.parent.name for path in MADE_BY.glob("*/home.tar.xz")))
def test_an_earlier_home_goes_on_with_equal_marts_and_all_its_records(form, tmp_path, monkeypatch):
    root = unpack(f"{form}/home.tar.xz", tmp_path / "home")
    for line in (root / "settings.env").read_text(encoding="utf-8").splitlines():
        monkeypatch.setenv(*line.split("=", 1))
    running = Running(root, monkeypatch)
    before = published(root / "published" / "analytics.duckdb")
    written = [path.name for path in (root / "lake" / "ledger").iterdir() if path.is_dir()]
    kept = {name: ledger.read(running.home, name).num_rows for name in written}

    outcome = running.execute(LAST, LAST)

    assert outcome.succeeded, outcome
    assert outcome.unchanged_since is None
    after = published(root / "published" / "analytics.duckdb")
    assert before.keys() <= after.keys()
    for name, old in before.items():
        new = after[name]
        assert set(old.columns) <= set(new.columns), name
        columns = sorted(set(old.columns) - OF_A_RUN)
        if RECORDS.fullmatch(name) or name in OF_RULES:
            lost = set(rows(old, columns)) - set(rows(new, columns))
            assert name == "publication" or not lost, (name, sorted(lost)[:3])
        else:
            assert rows(old, columns) == rows(new, columns), name
    for name, n_rows in kept.items():
        assert ledger.read(running.home, name).num_rows >= n_rows, name
    assert len(before["retention_actions"]) > 0
    assert "a quiet day of the fixture" in ledger.read(running.home, "waivers")["reason"].to_pylist()


@pytest.mark.parametrize("learner", ["svm", "blend"])
def test_a_model_of_0_1_0_loads_and_gives_the_same_probabilities(learner, tmp_path):
    folder = unpack("0.1.0/models.tar.xz", tmp_path)
    expected = json.loads((folder / f"{learner}.json").read_text(encoding="utf-8"))

    model = load_model(folder / learner)

    assert model.card.learner == learner
    features = pd.DataFrame(expected["rows"]).assign(as_of_day=pd.Timestamp("2025-01-01"))
    assert model.fitted.predict(features) == pytest.approx(
        expected["probabilities"], rel=1e-9
    )  # the features were written with ten digits
