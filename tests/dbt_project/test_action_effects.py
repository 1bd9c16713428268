"""The formulas of effects against published examples and a reference of their own, and what they find in the sample.

There the truth is known: which action works, which does nothing, and which harms.
"""

from __future__ import annotations

from datetime import date, timedelta
from math import erfc, sqrt
from statistics import NormalDist

import numpy as np
import pandas as pd
import pytest
from compiled_model import CompiledModel
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.sample import simulate
from pipelines.sample.clock import Clock

pytestmark = pytest.mark.xdist_group("dbt_project")

DAY = date(2025, 3, 1)
FIRST = date(2025, 1, 1)
INPUTS = ("intermediate.int_actions__assignments", "intermediate.int_actions__outcomes", "staging.stg_lake__actions")
COLUMNS = ("effect", "effect_low", "effect_high", "min_detectable_effect", "ratio_p", "verdict")


@pytest.fixture(scope="module")
def effects(project):
    model = CompiledModel(project, "action_effects", INPUTS)
    yield model
    model.close()


def compare(model, reached, treated, reached_held_out, held_out, planned=0.5):
    """The row of a campaign with these numbers, every outcome known."""
    assignments, outcomes = [], []
    for arm, n, hits in (("treated", treated, reached), ("held_out", held_out, reached_held_out)):
        for i in range(n):
            row = {"campaign_id": "k", "member_id": f"{arm}{i}", "arm": arm, "is_own": False, "day": DAY}
            more = {"kind": "call", "planned_treated_share": planned, "is_in_both_arms": False}
            assignments.append(row | more)
            outcomes.append(row | {"outcome": "active", "is_known": True, "is_reached": i < hits})
    given = {"int_actions__assignments": assignments, "int_actions__outcomes": outcomes, "stg_lake__actions": []}
    (row,) = model.rows(*COLUMNS, **given)
    return dict(zip(COLUMNS, row, strict=True))


@pytest.mark.parametrize(
    ("numbers", "low", "high"),
    [
        ((56, 70, 48, 80), 0.0524, 0.3339),
        ((9, 10, 3, 10), 0.1705, 0.8090),
        ((6, 7, 2, 7), 0.0582, 0.8062),
        ((5, 56, 0, 29), -0.0381, 0.1926),
        ((0, 10, 0, 20), -0.1611, 0.2775),
        ((10, 10, 0, 20), 0.6791, 1.0),
        ((10, 10, 0, 10), 0.6075, 1.0),
    ],
)
def test_the_interval_is_the_published_one(effects, numbers, low, high):
    """Newcombe 1998, Statistics in Medicine 17, table II, method 10."""
    row = compare(effects, *numbers)
    assert (row["effect_low"], row["effect_high"]) == pytest.approx((low, high), abs=5.1e-5)


def wilson(hits, n):
    """Ends of Wilson's interval, as roots of the quadratic that defines it."""
    z2 = NormalDist().inv_cdf(0.975) ** 2
    a, b, c = 1 + z2 / n, -2 * hits / n - z2 / n, (hits / n) ** 2
    root = sqrt(max(b * b - 4 * a * c, 0))
    return (-b - root) / (2 * a), (-b + root) / (2 * a)


def reference(s1, n1, s2, n2, planned):
    p1, p2 = s1 / n1, s2 / n2
    (low1, high1), (low2, high2) = wilson(s1, n1), wilson(s2, n2)
    common = (s1 + s2 + 1) / (n1 + n2 + 2)
    expected = [(n1 + n2) * planned, (n1 + n2) * (1 - planned)]
    chi_square = sum((seen - due) ** 2 / due for seen, due in zip((n1, n2), expected, strict=True))
    z = NormalDist().inv_cdf(0.975) + NormalDist().inv_cdf(0.8)
    return {
        "effect": p1 - p2,
        "effect_low": p1 - p2 - sqrt((p1 - low1) ** 2 + (high2 - p2) ** 2),
        "effect_high": p1 - p2 + sqrt((high1 - p1) ** 2 + (p2 - low2) ** 2),
        "min_detectable_effect": z * sqrt(common * (1 - common) * (1 / n1 + 1 / n2)),
        "ratio_p": erfc(sqrt(chi_square / 2)),
    }


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    counts=st.tuples(st.integers(1, 60), st.integers(1, 60)),
    shares=st.tuples(st.floats(0, 1), st.floats(0, 1)),
    planned=st.sampled_from([0.5, 0.7, 0.9]),
)
def test_every_formula_agrees_with_its_reference(effects, counts, shares, planned):
    n1, n2 = counts
    s1, s2 = round(shares[0] * n1), round(shares[1] * n2)
    row = compare(effects, s1, n1, s2, n2, planned)
    for name, value in reference(s1, n1, s2, n2, planned).items():
        assert row[name] == pytest.approx(value, abs=2e-7), name
    assert row["effect_low"] <= row["effect"] <= row["effect_high"]
    if row["verdict"] == "works":
        assert row["effect_low"] > 0


def test_the_smallest_effect_that_shows_is_the_textbook_one(effects):
    """1,000 a side at one half: 2.8016 * sqrt(.25 * 2 / 1000) = 6.26 points."""
    assert compare(effects, 500, 1000, 500, 1000)["min_detectable_effect"] == pytest.approx(0.0626, abs=5e-5)


def test_two_to_one_is_no_coin_and_the_difference_is_not_believed(effects):
    """50 to 15: chi-square 18.8, p = 1.4e-5."""
    row = compare(effects, 50, 50, 0, 15)
    assert row["ratio_p"] == pytest.approx(1.42e-5, rel=0.02)
    assert row["verdict"] == "unbalanced"
    assert compare(effects, 50, 50, 0, 15, planned=0.75)["verdict"] == "works"


@pytest.fixture(scope="module")
def town():
    """Actions, terms and active days of a simulated community of 6,000, as the marts would have them."""
    clock = Clock(FIRST, 400, "UTC")
    tables, _ = simulate._simulate(np.random.SeedSequence(9), 6000, clock)
    acts = tables["interactions"].rows[lambda rows: ~rows["kind"].isin(["view", "read"]) & rows["member_id"].notna()]
    days = pd.DataFrame({"member_id": acts["member_id"], "day": _day(acts["occurred_at"]), "is_active": True})
    actions = tables["actions"].rows.assign(event_day=lambda rows: _day(rows["occurred_at"]), source="s")
    steps = tables["subscriptions"].rows[lambda rows: rows["step"].isin(["start", "renew"])]
    starts, ends = _day(steps["term_start"]), _day(steps["term_end"])
    begun = set(zip(steps["member_id"], starts, strict=True))
    last = FIRST + timedelta(days=399)
    terms = [
        {
            "source": "s", "subscription_id": subscription, "term_number": int(number), "member_id": member,
            "is_paid": True, "term_start": start, "term_end": end, "ended_day": end,
            "is_due": end + timedelta(days=7) <= last,
            "outcome": "renewed" if any((member, end + timedelta(days=n)) in begun for n in range(8)) else "expired",
        }
        for number, (subscription, member, start, end) in enumerate(
            dict.fromkeys(zip(steps["subscription_id"], steps["member_id"], starts, ends, strict=True))
        )
    ]  # fmt: skip
    return actions, days.drop_duplicates(), terms


def _day(times):
    return [value.date() for value in pd.to_datetime(times, utc=True, format="ISO8601")]


@pytest.fixture(scope="module")
def found(project, town):
    """The rows of action_effects for that community, by campaign and outcome, through all three models."""
    actions, days, terms = town
    build = [{"through_day": FIRST + timedelta(days=399)}]
    names = ["source", "action_id", "campaign_id", "member_id", "kind", "arm", "event_day", "cost_minor"]
    rows = actions[names].astype(object).where(actions[names].notna(), None).to_dict("records")
    given = {"stg_lake__actions": rows, "build": build, "action_assignments": [], "int_members__excluded_spans": []}
    given |= {"fct_member_days": days.to_dict("records"), "subscription_terms": terms}
    for name, columns, inputs in (
        ("int_actions__assignments", "*", ("staging.stg_lake__actions", "ledger.action_assignments", "control.build",
                                           "intermediate.int_members__excluded_spans")),
        ("int_actions__outcomes", "*", ("intermediate.int_actions__assignments", "marts.fct_member_days",
                                        "marts.subscription_terms", "control.build")),
        ("action_effects", "*", INPUTS),
    ):  # fmt: skip
        model = CompiledModel(project, name, inputs)
        names = [column[0] for column in project.query(f"describe {project.models[name]['schema']}.{name}")]
        result = model.rows(columns, **{table.split(".")[1]: given[table.split(".")[1]] for table in inputs})
        given[name] = [dict(zip(names, row, strict=True)) for row in result]
        model.close()
    return {(row["campaign_id"], row["outcome"]): row for row in given["action_effects"]}


TRUTH = [
    ("renewal-coupon", "renewed", "works"),
    ("personal-word", "active", "works"),
    ("renewal-reminder", "renewed", "harms"),
    ("win-back", "active", "no_effect"),
    ("monthly-thanks", "active", "no_comparison"),
]


@pytest.mark.parametrize(("campaign", "outcome", "verdict"), TRUTH, ids=[case[0] for case in TRUTH])
def test_the_measure_finds_which_action_works_which_does_nothing_and_which_harms(found, campaign, outcome, verdict):
    row = found[campaign, outcome]
    assert row["is_primary"]
    assert row["verdict"] == verdict
    assert row["ratio_p"] is None or row["ratio_p"] > 0.001
    assert (row["cost_per_extra_minor"] is not None) == (verdict == "works")
    assert row["n_in_both_arms"] == 0


def test_before_and_after_would_have_praised_what_does_nothing(town, found):
    """Who gets a win-back message was quiet for two weeks, so the treated are far more active after it than before it.

    The held-out are so just as well: the difference between the arms is what the message did, and that is nothing.
    """
    actions, days, _ = town
    first = (
        actions[actions["campaign_id"] == "win-back"]
        .sort_values("event_day", kind="stable")
        .drop_duplicates("member_id")
    )
    first = first[first["event_day"] <= FIRST + timedelta(days=380)]
    seen = first[["member_id", "arm", "event_day"]].merge(days[["member_id", "day"]], on="member_id")
    gap = (pd.to_datetime(seen["day"]) - pd.to_datetime(seen["event_day"])).dt.days
    rises = {}
    for arm, members in first.groupby("arm"):
        own = seen["arm"] == arm
        before = seen.loc[own & gap.between(-14, -1), "member_id"].nunique() / len(members)
        after = seen.loc[own & gap.between(1, 14), "member_id"].nunique() / len(members)
        rises[arm] = after - before
    assert rises["treated"] > 0.2
    assert rises["held_out"] > 0.2
    row = found["win-back", "active"]
    assert row["effect_low"] < 0 < row["effect_high"]
    assert row["effect_high"] < 0.06
