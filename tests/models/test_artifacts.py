"""Versions of the model come back from disk as they were, and nothing else is loaded."""

import json
from dataclasses import replace
from hashlib import sha256

import pandas as pd
import pytest
import skops.io

from models.artifacts import load_model, save_model
from models.card import ChurnModel, to_json
from models.fit import fit
from models.learners import CANDIDATES, LEARNERS
from models.score import score
from models.train import TrainConfig, train
from tests.support.made_up import CONFIG

pytestmark = pytest.mark.slow


def refitted(model, name, features, labels):
    rows = features.assign(is_churned=labels["is_churned"].astype(int))
    return ChurnModel(replace(model.card, learner=name), fit(LEARNERS[name], rows, 7))


@pytest.fixture(scope="module")
def ruled(made):
    """The rule, and the rows that it counted: those of the last four cut-offs."""
    features, labels, _ = made
    last = features["as_of_day"] > features["as_of_day"].max() - pd.Timedelta(days=120)
    features, labels = features[last], labels[last]
    return train(features, labels, replace(CONFIG, min_churners=10**6)).model, features, labels


def test_a_stored_model_scores_bit_identically_and_is_never_rewritten(ruled, tmp_path):
    ruled, features, labels = ruled
    some = features[features["as_of_day"] == features["as_of_day"].max()][:40]
    for learner in ("rule", *(one.name for one in CANDIDATES)):
        model = ruled if learner == "rule" else refitted(ruled, learner, features, labels)
        folder = save_model(model, tmp_path / learner)
        stamp = (folder / "card.json").stat().st_mtime_ns
        loaded = load_model(folder)
        if (folder / "pipeline.skops").exists():
            stated = json.loads((folder / "card.json").read_text())["pipeline_sha256"]
            assert stated == sha256((folder / "pipeline.skops").read_bytes()).hexdigest()
        pd.testing.assert_frame_equal(score(loaded, some), score(model, some), check_exact=True)
        assert to_json(loaded.card) == to_json(model.card)
        assert save_model(model, tmp_path / learner) == folder
        assert (folder / "card.json").stat().st_mtime_ns == stamp
        assert [path.name for path in (tmp_path / learner).iterdir()] == [model.version]
        assert json.loads((folder / "card.json").read_text())["card"]["data"]["rows"] == len(labels)


def test_a_file_with_unknown_types_is_not_loaded(ruled, tmp_path):
    ruled, features, labels = ruled
    folder = save_model(refitted(ruled, "logistic", features, labels), tmp_path)
    load_model(folder)
    skops.io.dump({"step": TrainConfig()}, folder / "pipeline.skops")
    with pytest.raises(ValueError, match="TrainConfig"):
        load_model(folder)
