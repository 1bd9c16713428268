"""The ground truth is true: what it predicts happens as often as it says, and nothing predicts better."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from pipelines.sample import hazards
from pipelines.sample.calendar import Calendar
from pipelines.sample.ground_truth import HORIZON, ground_truth_tables
from pipelines.sample.lapse import GRACE, lapse_probability
from pipelines.sample.population import Population, draw_population
from pipelines.sample.trajectories import Snapshot, Trajectories, draw_trajectories

pytestmark = pytest.mark.slow

Town = tuple[Population, Trajectories, Calendar]


@pytest.fixture(scope="module")
def town() -> Town:
    calendar = Calendar(date(2025, 1, 1), 300, "Asia/Shanghai")
    first, second = np.random.SeedSequence(5).spawn(2)
    people = draw_population(np.random.default_rng(first), 3000, calendar.days)
    return people, draw_trajectories(np.random.default_rng(second), people, calendar), calendar


def outcomes(town: Town) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Probability, probability for the observer, outcome and eligibility of all complete cut-offs."""
    people, trajectories, calendar = town
    table = ground_truth_tables(people, trajectories, calendar, trajectories.active | trajectories.visited)[
        "inactivity_probability"
    ]
    number = {member: index for index, member in enumerate(people.ids)}
    parts = []
    for snapshot in trajectories.snapshots:
        if snapshot.day + HORIZON >= calendar.days:
            continue
        rows = table[table["day"] == calendar.day(snapshot.day)]
        who = rows["member_id"].map(number).to_numpy()
        ahead = trajectories.active[snapshot.day + 1 : snapshot.day + 1 + HORIZON][:, who]
        behind = trajectories.active[snapshot.day + 1 - HORIZON : snapshot.day + 1][:, who]
        columns = rows["probability"], rows["probability_observable"], ~ahead.any(axis=0), behind.any(axis=0)
        parts.append(np.stack([np.asarray(column, dtype=float) for column in columns]))
    best, observed, silent, eligible = np.concatenate(parts, axis=1)
    return best, observed, silent, eligible.astype(bool)


def log_loss(outcome: np.ndarray, chance: np.ndarray) -> float:
    chance = np.clip(chance, 1e-15, 1 - 1e-15)
    return float(-np.mean(outcome * np.log(chance) + (1 - outcome) * np.log(1 - chance)))


def test_predicted_leaving_equals_actual_leaving(town: Town) -> None:
    people, trajectories, calendar = town
    hazard = ground_truth_tables(people, trajectories, calendar, trajectories.active)["hazard"]["hazard"].to_numpy()
    left = (trajectories.left_day >= 0).sum()
    assert abs(left - hazard.sum()) < 4 * np.sqrt((hazard * (1 - hazard)).sum())


def test_hazard_is_calibrated_in_every_tenth(town: Town) -> None:
    people, trajectories, _ = town
    day, member = np.nonzero((trajectories.mode < hazards.PAUSED) & people.human)
    mode = trajectories.mode[day, member]
    hazard = np.where(
        mode == hazards.ENGAGED, trajectories.hazard_engaged[day, member], trajectories.hazard_fading[day, member]
    )
    leaves = trajectories.left_day[member] == day
    for tenth in np.array_split(np.argsort(hazard), 10):
        spread = np.sqrt((hazard[tenth] * (1 - hazard[tenth])).sum())
        assert abs(leaves[tenth].sum() - hazard[tenth].sum()) < 4 * spread


@pytest.mark.parametrize("which", [0, 1], ids=["knowing all", "observing"])
def test_churn_probability_is_calibrated(town: Town, which: int) -> None:
    columns = outcomes(town)
    chance, outcome, eligible = columns[which], columns[2], columns[3]
    for group in (eligible, ~eligible):
        order = np.argsort(chance[group])
        for part in np.array_split(order, 8):
            expected, happened = chance[group][part], outcome[group][part]
            spread = np.sqrt((expected * (1 - expected)).sum()) + 1
            assert abs(happened.sum() - expected.sum()) < 4 * spread


def test_nothing_predicts_better(town: Town) -> None:
    best, observed, outcome, eligible = (column for column in outcomes(town))
    best, observed, outcome = best[eligible], observed[eligible], outcome[eligible]
    assert (
        log_loss(outcome, best) < log_loss(outcome, observed) < log_loss(outcome, np.full(len(outcome), outcome.mean()))
    )
    for power in (0.7, 0.85, 1.2, 1.4):
        bent = observed**power / (observed**power + (1 - observed) ** power)
        assert log_loss(outcome, observed) < log_loss(outcome, bent)


@pytest.fixture(scope="module")
def renewals() -> tuple[np.ndarray, np.ndarray]:
    """Chance of a lapse and what happened, of all terms that end after a cut-off."""
    calendar = Calendar(date(2025, 1, 1), 240, "Asia/Shanghai")
    first, second = np.random.SeedSequence(6).spawn(2)
    people = draw_population(np.random.default_rng(first), 1500, calendar.days)
    trajectories = draw_trajectories(np.random.default_rng(second), people, calendar)
    table = lapse_probability(people, trajectories, calendar, trajectories.active | trajectories.visited, draws=40)
    number = {member: index for index, member in enumerate(people.ids)}
    lapsed = []
    for snapshot in trajectories.snapshots:
        who = table.loc[table["day"] == calendar.day(snapshot.day), "member_id"].map(number).to_numpy()
        steps = trajectories.steps[
            (trajectories.steps["day"] > snapshot.day) & (trajectories.steps["day"] <= snapshot.day + HORIZON + GRACE)
        ]
        again = steps["day"] <= snapshot.state.term_end[steps["member"]] + GRACE
        paid = (steps["step"] == "renew") | ((steps["step"] == "start") & again)
        lapsed.append(~np.isin(who, steps.loc[paid, "member"]))
    return table["probability_observable"].to_numpy(), np.concatenate(lapsed).astype(float)


def test_lapse_probability_is_calibrated(renewals: tuple[np.ndarray, np.ndarray]) -> None:
    chance, outcome = renewals
    for part in np.array_split(np.argsort(chance, kind="stable"), 6):
        expected, happened = chance[part], outcome[part]
        assert abs(happened.sum() - expected.sum()) < 4 * (np.sqrt((expected * (1 - expected)).sum()) + 1)


def test_nothing_predicts_a_lapse_better(renewals: tuple[np.ndarray, np.ndarray]) -> None:
    observed, outcome = renewals
    assert log_loss(outcome, observed) < log_loss(outcome, np.full(len(outcome), outcome.mean()))
    for power in (0.7, 1.4):
        bent = observed**power / (observed**power + (1 - observed) ** power)
        assert log_loss(outcome, observed) < log_loss(outcome, bent)


def test_behaviour_precedes_leaving(town: Town) -> None:
    _, trajectories, _ = town
    gone = np.flatnonzero(trajectories.left_day > 60)
    before = np.array(
        [trajectories.active[trajectories.left_day[m] - 13 : trajectories.left_day[m] + 1, m].mean() for m in gone]
    )
    earlier = np.array(
        [trajectories.active[trajectories.left_day[m] - 59 : trajectories.left_day[m] - 29, m].mean() for m in gone]
    )
    assert before.mean() < 0.8 * earlier.mean()


@pytest.mark.parametrize(
    ("trait", "works", "effect"),
    [
        ("treated", hazards.coupon_works, hazards.COUPON_EFFECT),
        ("reminded", hazards.reminders_come, hazards.REMINDER_EFFECT),
    ],
    ids=["coupon", "reminders"],
)
def test_an_arm_matters_only_while_its_campaign_is_open(
    town: Town, trait: str, works: Callable[..., np.ndarray], effect: float
) -> None:
    people, trajectories, calendar = town
    snapshot: Snapshot = trajectories.snapshots[5]
    assert snapshot.day in hazards.reminder_days(calendar.days)
    logits = []
    for treated in (True, False):
        arm = replace(people, **{trait: np.full(people.size, treated)})
        hazard, _ = hazards.p_leave(snapshot.state, arm, snapshot.failed, snapshot.day, calendar.days)
        logits.append(np.log(hazard[people.human] / (1 - hazard[people.human])))
    everybody = replace(people, **{trait: np.full(people.size, True)})
    open_ = works(snapshot.state, everybody, snapshot.day, calendar.days)[people.human]
    assert 0 < open_.sum() < people.size / 2
    np.testing.assert_allclose(logits[0] - logits[1], np.where(open_, effect, 0.0), atol=1e-9)


def test_a_personal_word_brings_the_treated_back_as_often_as_the_hazards_say(town: Town) -> None:
    """On days on which it works, members who are present or paused are active as often as told; no others are."""
    people, trajectories, calendar = town
    assert not trajectories.word[:, ~people.spoken_to].any()
    present = trajectories.word & (trajectories.mode < hazards.PAUSED) & trajectories.present
    slower = np.where(trajectories.mode == hazards.FADING, hazards.FADING_RATE, 1.0)
    factors = calendar.weekday_factors[: calendar.days, None]
    chance = hazards.p_active(hazards.pace(people, trajectories.word) * slower, factors)[present]
    # Who came back on the day is engaged by its end and active for certain.
    back = np.zeros_like(present)
    back[1:] = trajectories.mode[:-1] == hazards.PAUSED
    chance = np.where(back[present], 1.0, chance)
    n_active = trajectories.active[present].sum()
    assert n_active > 300
    assert abs(n_active - chance.sum()) < 4 * np.sqrt((chance * (1 - chance)).sum())


def test_a_personal_word_comes_in_a_silence_and_ends_with_it(town: Town) -> None:
    _, trajectories, calendar = town
    given = hazards.word_days(calendar.days)
    day, member = np.nonzero(trajectories.word)
    assert len(day) > 1000
    for at, who in zip(day.tolist(), member.tolist(), strict=True):
        call = max(start for start in given if start < at)
        assert at - call <= hazards.WORD_DAYS
        assert not trajectories.active[call - hazards.WORD_AFTER : at, who].any()


def test_months_keep_the_day_or_take_the_last() -> None:
    calendar = Calendar(date(2024, 1, 1), 60, "UTC")
    start = np.array([30, 30, 30, 14])
    moved = calendar.add_months(start, np.array([1, 2, 12, 1]))
    assert [calendar.day(day).isoformat() for day in moved] == [
        "2024-02-29",
        "2024-03-31",
        "2025-01-31",
        "2024-02-15",
    ]
