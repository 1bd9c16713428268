"""What is kept of trainings and predictions, on frames of a dozen members; the model's own maths is tested with it."""

from dataclasses import replace
from datetime import date, timedelta

import duckdb
import pandas as pd
import pytest

from models.definitions import inactivity
from models.evaluate import CALIBRATION_COLUMNS, EVALUATION_COLUMNS
from models.features import FEATURE_NAMES
from models.score import score
from models.train import TrainConfig, train
from pipelines.churn import store, training
from pipelines.home import Home
from pipelines.lake import ledger
from pipelines.settings import Settings
from pipelines.warehouse.plan import BuildPlan

DAY = date(2025, 6, 30)


def frames(n_members=12, day=DAY):
    """Features and labels of one cut-off: too little for a model, enough for the rule."""
    features = pd.DataFrame({name: [float(n) for n in range(n_members)] for name in FEATURE_NAMES})
    features.insert(0, "member_id", [f"m{n:02}" for n in range(n_members)])
    features.insert(1, "as_of_day", pd.Timestamp(day))
    labels = features[["member_id", "as_of_day"]].assign(
        definition="inactivity",
        is_churned=[n % 2 == 0 for n in range(n_members)],
        known_day=pd.Timestamp(day + timedelta(days=30)),
    )
    return features, labels


def trained(n_members=12, horizon=30):
    """A training whose version depends on both arguments, with one row of each evaluation."""
    result = train(*frames(n_members), TrainConfig(definition=inactivity(horizon)))
    marks = {"definition": "inactivity", "learner": "recency", "split": "test", "n": n_members, "is_champion": False}
    marks["model_version"] = result.model.version
    return replace(
        result,
        evaluations=pd.DataFrame([marks | {"metric": "log_loss", "value": 0.5}]).reindex(columns=EVALUATION_COLUMNS),
        calibration=pd.DataFrame([marks | {"bin": 0, "churn_rate": 0.5}]).reindex(columns=CALIBRATION_COLUMNS),
    )


def versions_in(home, name):
    return ledger.read(home, name)["model_version"].to_pylist()


@pytest.fixture
def home(tmp_path):
    return Home(tmp_path / "home")


@pytest.fixture
def settings(home):
    return Settings(home=home.root, threads=1)


def test_without_a_training_there_is_none(home, settings):
    assert store.newest_training_day(home, settings) is None
    with pytest.raises(FileNotFoundError, match="no churn model was trained yet"):
        store.load_newest(home, settings)


def test_the_newest_training_is_the_last_one_of_the_horizon_asked_for(home, settings):
    first, second, other = trained(10), trained(12), trained(12, horizon=60)
    ninety = settings.model_copy(update={"churn_horizon_days": 90})
    sixty = settings.model_copy(update={"churn_horizon_days": 60})

    store.keep_training(home, settings, first, DAY, "run-1")
    store.keep_training(home, settings, second, DAY + timedelta(days=7), "run-2")
    store.keep_training(home, sixty, other, DAY + timedelta(days=9), "run-3")

    assert store.load_newest(home, settings).card == second.model.card
    assert store.newest_training_day(home, settings) == DAY + timedelta(days=7)
    assert store.load_newest(home, sixty).version == other.model.version
    assert store.newest_training_day(home, ninety) is None


def test_a_version_whose_folder_is_gone_is_passed_over(home, settings):
    first, second = trained(10), trained(12)
    store.keep_training(home, settings, first, DAY, "run-1")
    store.keep_training(home, settings, second, DAY, "run-2")
    for path in (home.churn_models / second.model.version).iterdir():
        path.unlink()
    (home.churn_models / second.model.version).rmdir()

    assert store.load_newest(home, settings).version == first.model.version


def test_a_version_trained_again_is_evaluated_once(home, settings):
    result = trained()
    version = result.model.version

    store.keep_training(home, settings, result, DAY, "run-1")
    store.keep_training(home, settings, result, DAY + timedelta(days=7), "run-2")

    assert versions_in(home, "churn_evaluations") == [version]
    assert versions_in(home, "churn_calibration") == [version]
    trainings = ledger.read(home, "churn_trainings").to_pylist()
    assert [(row["run_id"], row["trained_through_day"]) for row in trainings] == [
        ("run-1", DAY),
        ("run-2", DAY + timedelta(days=7)),
    ]
    assert {row["horizon_days"] for row in trainings} == {30}


@pytest.mark.parametrize("killed_at", ["churn_evaluations", "churn_calibration", "churn_trainings"])
def test_a_training_killed_before_any_of_its_records_is_made_up_for(home, settings, monkeypatch, killed_at):
    result = trained()
    append = ledger.append

    def killed(home, name, rows):
        if name == killed_at:
            raise KeyboardInterrupt
        append(home, name, rows)

    with monkeypatch.context() as patch:
        patch.setattr(ledger, "append", killed)
        with pytest.raises(KeyboardInterrupt):
            store.keep_training(home, settings, result, DAY, "run-1")
    assert store.newest_training_day(home, settings) is None

    store.keep_training(home, settings, result, DAY, "run-2")

    for name in ("churn_evaluations", "churn_calibration", "churn_trainings"):
        assert versions_in(home, name) == [result.model.version], name


def test_scoring_a_day_again_replaces_the_versions_own_rows_only(home):
    one, other = trained(10).model, trained(12).model
    features, _ = frames()
    store.keep_predictions(home, DAY, one.version, score(one, features), "run-1")
    store.keep_predictions(home, DAY, other.version, score(other, features.head(5)), "run-2")
    store.keep_predictions(home, DAY, one.version, score(one, features.tail(3)), "run-3")

    again = store.read_predictions(home, DAY, one.version)
    beside = store.read_predictions(home, DAY, other.version)

    assert again["member_id"].tolist() == ["m09", "m10", "m11"]
    assert set(again["run_id"]) == {"run-3"}
    assert beside["member_id"].tolist() == ["m00", "m01", "m02", "m03", "m04"]
    assert set(beside["day"]) == {DAY}
    assert store.read_predictions(home, DAY + timedelta(days=1), one.version).empty
    assert store.read_predictions(home, DAY, "another").empty

    store.keep_predictions(home, DAY, one.version, score(one, features.head(0)), "run-4")
    assert store.read_predictions(home, DAY, one.version).empty, "nobody is eligible any more"


def test_predictions_come_back_as_they_were_made(home):
    model = trained().model
    made = score(model, frames()[0])
    store.keep_predictions(home, DAY, model.version, made, "run-1")

    kept = store.read_predictions(home, DAY, model.version)

    pd.testing.assert_frame_equal(
        kept[made.columns], made.assign(day=made["day"].dt.date), check_dtype=False, check_exact=True
    )


def test_a_model_is_trained_when_due_and_else_kept(home, settings):
    home.root.mkdir(parents=True)
    tables = dict(zip(("churn_features", "churn_labels"), frames(), strict=True))
    with duckdb.connect(str(home.warehouse)) as con:
        con.execute("create schema churn")
        for name, frame in tables.items():
            con.register("frame", frame)
            con.execute(f"create table churn.{name} as from frame")
    through = DAY + timedelta(days=30)
    due = BuildPlan("code", DAY - timedelta(days=90), through, full_because="", training_days=(DAY,))
    not_due = replace(due, through_day=through + timedelta(days=1), training_days=())

    first = training.train_if_due(home, settings, not_due, "run-1")
    kept = training.train_if_due(home, settings, not_due, "run-2")
    assert kept == first
    assert len(versions_in(home, "churn_trainings")) == 1, "without any model one is trained, whatever the plan says"

    training.train_if_due(home, settings, due, "run-3")
    assert len(versions_in(home, "churn_trainings")) == 2

    scored = training.score_day(home, settings, DAY, "run-3")
    assert scored["member_id"].tolist() == tables["churn_features"]["member_id"].tolist()
    assert store.read_predictions(home, DAY, first.version)["run_id"].tolist() == ["run-3"] * len(scored)
