"""The formulas of effects against published examples and a reference of their own, and what they find in the sample.

There the truth is known: which action works, which does nothing, and which harms.
"""

from __future__ import annotations

from datetime import date, timedelta
from statistics import NormalDist

import numpy as np
import pandas as pd
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.sample import simulate
from pipelines.sample.calendar import Calendar
from pipelines.settings import PROJECT_DIR
from tests.support import effect_formulas
from tests.support.compiled_model import CompiledModel

DAY = date(2025, 3, 1)
FIRST = date(2025, 1, 1)
INPUTS = ("intermediate.int_retention__compared",)
COLUMNS = (
    "campaign_id", "effect", "effect_low", "effect_high", "min_detectable_effect", "ratio_p", "confidence", "verdict",
)  # fmt: skip


@pytest.fixture(scope="module")
def effects(project):
    model = CompiledModel(project, "action_effects", INPUTS)
    yield model
    model.close()


def compare(model, *campaigns, planned=0.5, judged_on=None):
    """The rows of campaigns with these numbers: reached and known of the treated, reached and known of the withheld."""
    rows = []
    for place, (s1, n1, s2, n2) in enumerate(campaigns):
        sizes = np.array([n1, n2], dtype=float)
        with np.errstate(divide="ignore"):
            log_evidence = -np.log(effect_formulas.ratio_p(sizes[0], sizes.sum(), planned))
        rows.append(
            {
                "campaign_id": f"k{place:02}", "outcome": "active", "is_primary": True, "kind": "call", "is_own": False,
                "n_assigned_treated": n1, "n_assigned_held_out": n2, "planned_treated_share": planned,
                "log_ratio_evidence": float(log_evidence), "n_in_both_arms": 0, "n_treated": n1, "n_held_out": n2,
                "n_reached_treated": s1, "n_reached_held_out": s2, "judgement_day": judged_on,
                "is_judgement_day_over": judged_on is not None, "n_done": 0, "last_day": DAY, "first_day": DAY,
            }
        )  # fmt: skip
    found = model.rows(*COLUMNS, int_retention__compared=rows)
    return [dict(zip(COLUMNS, row, strict=True)) for row in found]


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
def test_the_interval_of_a_named_day_is_the_published_one(effects, numbers, low, high):
    """Newcombe 1998, Statistics in Medicine 17, table II, method 10."""
    (row,) = compare(effects, numbers, judged_on=DAY)
    assert (row["effect_low"], row["effect_high"]) == pytest.approx((low, high), abs=5.1e-5)


def test_the_reference_has_the_project_s_numbers():
    rules = yaml.safe_load((PROJECT_DIR / "dbt_project" / "dbt_project.yml").read_text(encoding="utf-8"))
    rules = rules["vars"]["action_effects"]
    assert (rules["alpha"], rules["mixture_sd"], rules["ratio_concentration"]) == (
        effect_formulas.ALPHA,
        effect_formulas.MIXTURE_SD,
        effect_formulas.RATIO_CONCENTRATION,
    )


numbers_of_a_campaign = st.tuples(st.integers(1, 600), st.floats(0, 1), st.integers(1, 600), st.floats(0, 1)).map(
    lambda drawn: (round(drawn[0] * drawn[1]), drawn[0], round(drawn[2] * drawn[3]), drawn[2])
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(campaigns=st.lists(numbers_of_a_campaign, min_size=1, max_size=6), judged_on=st.sampled_from([None, DAY]))
def test_every_formula_agrees_with_its_reference(effects, campaigns, judged_on):
    rows = compare(effects, *campaigns, judged_on=judged_on)
    counts = tuple(np.array(part, dtype=float) for part in zip(*campaigns, strict=True))
    balanced = effect_formulas.ratio_p(counts[1], counts[1] + counts[3], 0.5) >= 0.001
    n = max(balanced.sum(), 1)
    alpha = effect_formulas.ALPHA / n
    if judged_on:
        low, high = effect_formulas.newcombe(counts, alpha)
        half = NormalDist().inv_cdf(1 - alpha / 2) * np.sqrt(effect_formulas.variance(counts))
    else:
        if balanced.any():
            alpha = float(effect_formulas.corrected_alpha(effect_formulas.evidence(counts)[balanced]))
        low, high = effect_formulas.any_day(counts, alpha)
        half = high_without_end(counts, alpha)
    shows = np.minimum(half + NormalDist().inv_cdf(0.8) * np.sqrt(effect_formulas.variance(counts)), 1)
    for place, row in enumerate(rows):
        assert row["confidence"] == pytest.approx(1 - alpha, abs=1e-9)
        assert row["effect_low"] == pytest.approx(low[place], abs=2e-6)
        assert row["effect_high"] == pytest.approx(high[place], abs=2e-6)
        assert row["min_detectable_effect"] == pytest.approx(shows[place], abs=2e-6)
        assert row["effect_low"] - 1e-8 <= row["effect"] <= row["effect_high"] + 1e-8
        if row["verdict"] in ("works", "harms"):
            assert balanced[place]
            assert row["effect_low"] * row["effect_high"] > 0


def high_without_end(counts, alpha):
    """Half the width of the interval that holds on all days."""
    v, tau2 = effect_formulas.variance(counts), effect_formulas.MIXTURE_SD**2
    return np.sqrt(v * (1 + v / tau2) * np.log((1 + tau2 / v) / alpha**2))


def test_what_is_read_every_morning_takes_more_evidence(effects):
    """Seven of ten people more with an interval for one day, nothing yet with one for all days."""
    (morning,), (once,) = compare(effects, (9, 10, 3, 10)), compare(effects, (9, 10, 3, 10), judged_on=DAY)
    assert (morning["verdict"], once["verdict"]) == ("cannot_tell", "works")


def test_two_to_one_is_no_coin_and_the_difference_is_not_believed(effects):
    (row,) = compare(effects, (200, 200, 0, 100))
    assert row["verdict"] == "unbalanced"
    (row,) = compare(effects, (200, 200, 0, 100), planned=2 / 3)
    assert (row["verdict"], row["ratio_p"]) == ("works", 1)


@pytest.fixture(scope="module")
def town():
    """Actions, terms and active days of a simulated community of 6,000, as the marts would have them."""
    clock = Calendar(FIRST, 400, "UTC")
    tables, _ = simulate._simulate(np.random.SeedSequence(9), 6000, clock)
    interactions = tables["interactions"].rows[
        lambda rows: ~rows["kind"].isin(["view", "read"]) & rows["member_id"].notna()
    ]
    days = pd.DataFrame(
        {"member_id": interactions["member_id"], "day": _day(interactions["occurred_at"]), "is_active": True}
    )
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
    """The rows of action_effects for that community, by campaign and outcome, through all its models."""
    actions, days, terms = town
    build = [{"through_day": FIRST + timedelta(days=399)}]
    names = ["source", "action_id", "campaign_id", "member_id", "kind", "arm", "event_day", "cost_minor", "currency"]
    rows = actions[names].astype(object).where(actions[names].notna(), None).to_dict("records")
    given = {"stg_lake__actions": rows, "build": build, "action_assignments": [], "int_members__excluded_spans": []}
    given |= {"judgement_days": []}
    given |= {"fct_member_days": days.to_dict("records"), "subscription_terms": terms}
    for name, columns, inputs in (
        ("int_retention__assignments", "*", ("staging.stg_lake__actions", "ledger.action_assignments", "control.build",
                                           "intermediate.int_members__excluded_spans")),
        ("int_retention__outcomes", "*", ("intermediate.int_retention__assignments", "marts.fct_member_days",
                                        "marts.subscription_terms", "control.build")),
        ("int_retention__compared", "*", ("intermediate.int_retention__assignments",
            "intermediate.int_retention__outcomes",
                                        "staging.stg_lake__actions", "marts.subscription_terms",
                                        "ledger.judgement_days", "control.build")),
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
    ("win-back", "active", "cannot_tell"),  # 5 points are more than 1,400 in each arm can rule out every morning
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

    The withheld are so just as well: the difference between the arms is what the message did, and that is nothing.
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
    assert row["effect_high"] < 0.08
