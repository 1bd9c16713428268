"""What is kept of trainings and predictions, on frames of a dozen members; the model's own maths is tested with it."""

import json
import shutil
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from models.card import to_json
from models.churn_definitions import inactivity, lapse
from models.evaluate import CALIBRATION_COLUMNS, EVALUATION_COLUMNS
from models.score import score
from models.train import TrainConfig, train
from pipelines.churn import store
from pipelines.faults import UserError
from pipelines.lake import ledger
from pipelines.lake.schemas import ORACLE
from tests.support.churn_frames import DAY, frames, versions_in

pytestmark = pytest.mark.slow

INACTIVITY = inactivity(30)
TRAINING = {"definition": "inactivity", "trained_through_day": DAY}


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


def test_without_a_training_there_is_none(home):
    assert store.newest_training_day(home, [INACTIVITY]) is None
    with pytest.raises(FileNotFoundError, match="no churn model of inactivity was trained yet"):
        store.load_newest(home, INACTIVITY)


def test_the_newest_training_is_the_last_one_of_the_definition_asked_for(home):
    first, second, other = trained(10), trained(12), trained(12, horizon=60)
    paying = train(*frames(definition="lapse"), TrainConfig(definition=lapse(30, 7)))

    store.keep_training(home, first, DAY, "run-1")
    store.keep_training(home, second, DAY + timedelta(days=7), "run-2")
    store.keep_training(home, other, DAY + timedelta(days=9), "run-3")
    store.keep_training(home, paying, DAY + timedelta(days=3), "run-4")

    assert store.load_newest(home, INACTIVITY).card == second.model.card
    assert store.load_newest(home, lapse(30, 7)).card == paying.model.card
    assert store.load_newest(home, inactivity(60)).version == other.model.version
    assert store.newest_training_day(home, [INACTIVITY]) == DAY + timedelta(days=7)
    assert store.newest_training_day(home, [INACTIVITY, lapse(30, 7)]) == DAY + timedelta(days=3)
    assert store.newest_training_day(home, [inactivity(90)]) is None
    assert store.newest_training_day(home, [INACTIVITY, lapse(30, 14)]) is None, "another grace period is another model"


@pytest.mark.parametrize("name", ["card.json", "pipeline.skops"])
def test_a_version_whose_files_are_damaged_is_not_loaded(home, name):
    """Its folder removed, as the message says, it is trained anew."""
    result = trained()
    store.keep_training(home, result, DAY, "run-1")
    folder = home.churn_models / result.model.version
    if name == "pipeline.skops":  # what a training that fits a model leaves
        (folder / name).write_bytes(b"fitted")
        card = json.loads((folder / "card.json").read_text()) | {"pipeline_sha256": sha256(b"fitted").hexdigest()}
        (folder / "card.json").write_text(to_json(card))
        ledger.append(home, "churn_trainings", [TRAINING | {"model_version": folder.name, "card": to_json(card)}])
    store.check_model(home, folder.name)
    data = bytearray((folder / name).read_bytes())
    data[-3] ^= 1
    (folder / name).write_bytes(data)

    with pytest.raises(UserError) as raised:
        store.load_newest(home, INACTIVITY)
    assert str(raised.value).startswith(f"{folder / name} is damaged: remove {folder}; the next run")
    shutil.rmtree(folder)
    assert store.newest_training_day(home, [INACTIVITY]) is None


def test_a_version_whose_folder_is_gone_is_passed_over(home):
    first, second = trained(10), trained(12)
    store.keep_training(home, first, DAY, "run-1")
    store.keep_training(home, second, DAY, "run-2")
    for path in (home.churn_models / second.model.version).iterdir():
        path.unlink()
    (home.churn_models / second.model.version).rmdir()

    assert store.load_newest(home, INACTIVITY).version == first.model.version


def test_a_version_trained_again_is_evaluated_once(home):
    result = trained()
    version = result.model.version

    store.keep_training(home, result, DAY, "run-1")
    store.keep_training(home, result, DAY + timedelta(days=7), "run-2")

    assert versions_in(home, "churn_evaluations") == [version]
    assert versions_in(home, "churn_calibration") == [version]
    trainings = ledger.read(home, "churn_trainings").to_pylist()
    assert [(row["run_id"], row["trained_through_day"]) for row in trainings] == [
        ("run-1", DAY),
        ("run-2", DAY + timedelta(days=7)),
    ]
    assert {row["horizon_days"] for row in trainings} == {30}


@pytest.mark.parametrize("killed_at", ["churn_evaluations", "churn_calibration", "churn_trainings"])
def test_a_training_killed_before_any_of_its_records_is_made_up_for(home, monkeypatch, killed_at):
    result = trained()
    append = ledger.append

    def killed(home, name, rows):
        if name == killed_at:
            raise KeyboardInterrupt
        append(home, name, rows)

    with monkeypatch.context() as patch:
        patch.setattr(ledger, "append", killed)
        with pytest.raises(KeyboardInterrupt):
            store.keep_training(home, result, DAY, "run-1")
    assert store.newest_training_day(home, [INACTIVITY]) is None

    store.keep_training(home, result, DAY, "run-2")

    for name in ("churn_evaluations", "churn_calibration", "churn_trainings"):
        assert versions_in(home, name) == [result.model.version], name


def test_scoring_a_day_again_replaces_the_versions_own_rows_only(home):
    one, other = trained(10).model, trained(12).model
    features, _ = frames()
    store.keep_predictions(home, DAY, one.version, [score(one, features)], "run-1")
    store.keep_predictions(home, DAY, other.version, [score(other, features.head(5))], "run-2")
    store.keep_predictions(home, DAY, one.version, [score(one, features.tail(3))], "run-3")

    again = store.read_predictions(home, DAY, one.version)
    beside = store.read_predictions(home, DAY, other.version)

    assert again["member_id"].tolist() == ["m09", "m10", "m11"]
    assert set(again["run_id"]) == {"run-3"}
    assert beside["member_id"].tolist() == ["m00", "m01", "m02", "m03", "m04"]
    assert set(beside["day"]) == {DAY}
    assert store.read_predictions(home, DAY + timedelta(days=1), one.version).empty
    assert store.read_predictions(home, DAY, "another").empty

    store.keep_predictions(home, DAY, one.version, [score(one, features.head(0))], "run-4")
    assert store.read_predictions(home, DAY, one.version).empty, "nobody is eligible any more"


def test_predictions_come_back_as_they_were_made(home):
    model = trained().model
    made = score(model, frames()[0])
    n_rows = store.keep_predictions(home, DAY, model.version, [made[:5], made[5:]], "run-1")

    kept = store.read_predictions(home, DAY, model.version)

    assert n_rows == len(made)
    assert list(store.read_predictions(home, DAY, model.version, ["probability"])) == ["probability"]
    pd.testing.assert_frame_equal(
        kept[made.columns], made.assign(day=made["day"].dt.date), check_dtype=False, check_exact=True
    )


def know(home, definition, *, probability=0.25):
    """Write the true probability of one member."""
    home.oracle.parent.mkdir(parents=True, exist_ok=True)
    row = {"definition": definition.name, "horizon_days": definition.horizon_days}
    row |= {"known_after_days": definition.known_after_days, "member_id": "a", "as_of_day": DAY}
    pq.write_table(pa.Table.from_pylist([row | {"probability": probability}], schema=ORACLE), home.oracle)


@pytest.mark.parametrize("definition", [INACTIVITY, lapse()], ids=lambda one: one.name)
def test_the_true_chances_are_those_of_the_definition_asked_for(home, definition):
    know(home, definition)

    told = store.read_oracle(home, definition)

    assert told.to_dict("records") == [{"member_id": "a", "as_of_day": pd.Timestamp(DAY), "probability": 0.25}]
    features, _ = frames(2)
    keys = ["member_id", "as_of_day"]
    assert features[keys].assign(member_id="a").head(1).merge(told, on=keys)["probability"].to_list() == [0.25]


@pytest.mark.parametrize(
    ("known", "asked"),
    [(INACTIVITY, inactivity(29)), (lapse(), lapse(30, 8)), (lapse(), lapse(29, 8)), (INACTIVITY, lapse())],
    ids=["horizon", "grace", "horizon of lapse", "definition"],
)
def test_of_another_meaning_of_churn_no_chance_is_known(home, known, asked):
    know(home, known)

    assert store.read_oracle(home, asked) is None


def test_of_real_logs_no_chance_is_known(home):
    assert store.read_oracle(home, INACTIVITY) is None
