"""Gate 3 on predictions, features and cards put there by hand; on those of a real run it is tried beside the job."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import date
from types import SimpleNamespace

import pandas as pd
import pytest

from models.features import FEATURE_NAMES
from pipelines.gates import predictions, verdicts
from pipelines.home import Home
from pipelines.lake import ledger
from pipelines.settings import Settings

DAY = date(2025, 3, 31)
MEMBERS = [f"m{n}" for n in range(predictions.LEAST_MEMBERS)]
STEADY = {"edges": [1.5], "shares": [0.5, 0.5, 0.0]}


def card(learner="logistic", churn_rate=0.5, intervals=None, bins=None):
    return SimpleNamespace(
        version=learner,
        learner=learner,
        data={"churn_rate": churn_rate},
        intervals={} if intervals is None else intervals,
        feature_bins={} if bins is None else bins,
    )


def features(members=MEMBERS, **columns):
    """As many members of each half, by which a steady feature is told from one that moved."""
    values = dict.fromkeys(FEATURE_NAMES, 0.0) | {"acts_30": [1.0 + n % 2 for n, _ in enumerate(members)]} | columns
    return pd.DataFrame({"member_id": list(members)}).assign(**values)


def scored(probability=0.5, members=MEMBERS):
    return pd.DataFrame({"member_id": list(members), "probability": probability})


@pytest.fixture
def judged(tmp_path, monkeypatch):
    """Judge definitions, each with its card, predictions and features; return the outcome and what failed."""
    home = Home(tmp_path)

    def judge(run_id="run", **definitions):
        given = {name: (card(), scored(), features(), *one)[-3:] for name, one in definitions.items()}
        named = [SimpleNamespace(name=name) for name in given]
        monkeypatch.setattr(predictions, "active_definitions", lambda *_: named)
        monkeypatch.setattr(predictions, "open_warehouse", lambda _: nullcontext())
        monkeypatch.setattr(
            predictions, "read_features", lambda _, one, day: given[one.name][2] if day == DAY else None
        )
        monkeypatch.setattr(predictions.store, "load_newest", lambda _, one: SimpleNamespace(card=given[one.name][0]))
        of_version = {one.version: frame for one, frame, _ in given.values()}
        monkeypatch.setattr(
            predictions.store, "read_predictions", lambda _, day, version, columns: of_version[version][columns]
        )
        outcome = predictions.judge(home, Settings(), DAY, run_id)
        rows = ledger.rows(home, "gate_results", run_id=run_id)
        return outcome, {one["expectation"].split()[0]: one["observed"] for one in rows if not one["is_passed"]}

    judge.home = home
    return judge


def of(card, frame=None, known=None):
    return (card, scored() if frame is None else frame, features() if known is None else known)


def test_good_predictions_pass(judged):
    outcome, failed = judged(lapse=of(card(bins={"acts_30": STEADY}, intervals={"calibration_error": [0.1, 0.3]})))
    assert failed == {}
    assert (outcome.gate, outcome.table_name, outcome.n_days) == ("predictions", "churn_predictions", 1)
    assert (outcome.withheld, outcome.warned) == ((), ())


@pytest.mark.parametrize(
    ("frame", "failed"),
    [
        (scored(members=MEMBERS[2:]), {"n_missing": "2"}),
        (scored(members=[*MEMBERS, "stranger"]), {"n_surplus": "1"}),
        (scored(members=[*MEMBERS, *MEMBERS[:2]]), {"n_surplus": "2"}),
        (scored(members=[*MEMBERS[1:], "stranger"]), {"n_missing": "1", "n_surplus": "1"}),
        (scored([*[0.5] * 199, -0.01]), {"min_probability": "-0.01"}),
        (scored([*[0.5] * 199, 1.01]), {"max_probability": "1.01"}),
        (scored([*[0.5] * 198, None, None]), {"n_null": "2"}),
        (scored([*[0.5] * 198, 0.0, 1.0]), {}),
    ],
    ids=["left out", "a stranger", "twice", "one for another", "below 0", "above 1", "none", "certain"],
)
def test_what_is_wrong_is_counted_and_withholds_the_day(judged, frame, failed):
    outcome, found = judged(lapse=of(card(), frame))
    assert found == {f"lapse_{name}": value for name, value in failed.items()}
    assert outcome.withheld == ((DAY,) if failed else ())


@pytest.mark.parametrize(
    ("one", "members", "is_withheld"),
    [
        (card(churn_rate=0.24), MEMBERS, True),
        (card(churn_rate=0.76), MEMBERS, True),
        (card(churn_rate=0.26), MEMBERS, False),
        (card(churn_rate=0.0), MEMBERS[1:], False),
        (card(churn_rate=0.0, learner="rule"), MEMBERS, False),
    ],
    ids=["above", "below", "near", "too few members", "a rule"],
)
def test_the_mean_is_compared_with_the_trainings_where_that_says_something(judged, one, members, is_withheld):
    outcome, found = judged(lapse=of(one, scored(members=members), features(members)))
    assert found == ({"lapse_base_rate_shift": found.get("lapse_base_rate_shift")} if is_withheld else {})
    assert outcome.withheld == ((DAY,) if is_withheld else ())


@pytest.mark.parametrize(("lower", "is_withheld"), [(0.1, False), (0.11, True)])
def test_calibration_is_judged_by_the_lower_end(judged, lower, is_withheld):
    outcome, _ = judged(lapse=of(card(intervals={"calibration_error": [lower, 0.5]})))
    assert outcome.withheld == ((DAY,) if is_withheld else ())


MOVED = {
    "acts_30": {"edges": [1.5], "shares": [0.02, 0.98, 0.0]},
    "reads_30": {"edges": [-1.0], "shares": [1.0, 0.0, 0.0]},
    "tenure_days": {"edges": [], "shares": [1.0, 0.0]},
}


@pytest.mark.parametrize(
    ("one", "members", "said"),
    [
        (card(bins=MOVED), MEMBERS, True),
        (card(bins=MOVED), MEMBERS[1:], False),
        (card(bins=MOVED, learner="rule"), MEMBERS, False),
    ],
    ids=["enough members", "too few members", "a rule"],
)
def test_what_moved_is_named_with_its_way_the_largest_first_and_only_warns(judged, one, members, said):
    outcome, found = judged(lapse=of(one, scored(members=members), features(members)))
    assert outcome.withheld == ()
    assert outcome.warned == ((DAY,) if said else ())
    if said:
        assert found == {"lapse_feature_drift": "13.8017 (reads_30 13.80 up, acts_30 1.87 down)"}


def test_each_definition_is_judged_by_its_own_and_a_waiver_lets_the_day_through(judged):
    given = {"lapse": of(card()), "inactivity": of(card("boosted", churn_rate=0.1, bins=MOVED))}
    outcome, found = judged(**given)
    assert set(found) == {"inactivity_base_rate_shift", "inactivity_feature_drift"}
    assert outcome.withheld == (DAY,)

    verdicts.waive(judged.home, "churn_predictions", DAY, reason="known", waived_by="me")
    outcome, _ = judged("again", **given)
    assert (outcome.withheld, outcome.warned) == ((), (DAY,))


def test_a_feature_at_the_limit_is_not_named_beside_one_above_it(judged, monkeypatch):
    limit = predictions.MAX_PSI
    monkeypatch.setattr("models.drift.feature_drift", lambda *_: {"acts_30": limit + 1, "reads_30": limit})
    _, found = judged(lapse=of(card(bins=MOVED)))
    assert found == {"lapse_feature_drift": "1.25 (acts_30 1.25 down)"}
