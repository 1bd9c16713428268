"""In what order members are listed: by the measured effect of contacting them, else by what is at risk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf
from typing import Any

import pandas as pd

from models.score import HIGH_RISK

BANDS = {"high": "高", "medium": "中", "low": "低"}
"""Bands of risk, the highest first, with their Chinese names."""
DEFINITIONS = {"inactivity": "不活跃", "lapse": "未续费"}
"""Definitions of churn with their Chinese names."""
EXPECTED_EFFECT, VALUE_AT_RISK = "expected_effect", "risk_times_value"

_GROUP = ["definition", "risk_band"]


@dataclass(frozen=True)
class Rule:
    """By what the list is ranked, and why, in both languages."""

    name: str
    because_en: str
    because_zh: str


def choose_rule(effects: pd.DataFrame, candidates: pd.DataFrame, least_randomised: int) -> Rule:
    """Decide whether past randomised contacts are enough to rank by their effect.

    A group is a definition and a band of risk. They are enough if every group among today's candidates has enough
    members with a known outcome in each arm, and at least one group's interval lies above 0. Half a measure would
    compare members whose effect is known with others whose is not.

    Args:
        effects: A row per group with ``definition``, ``risk_band``, ``n_treated``, ``n_held_out``, ``effect``,
            ``effect_low``, ``effect_high``.
        candidates: Today's, with ``definition`` and ``risk_band``.
        least_randomised: Members that each arm of each group needs.
    """
    known: dict[tuple[str, str], dict[str, Any]] = {
        (str(row["definition"]), str(row["risk_band"])): dict(row) for _, row in effects.iterrows()
    }
    listed = set(candidates[_GROUP].itertuples(index=False, name=None))
    groups = [(name, band) for name in DEFINITIONS for band in BANDS if (name, band) in listed]
    for name, band in groups:
        treated, control = (int(known.get((name, band), {}).get(arm, 0)) for arm in ("n_treated", "n_held_out"))
        if min(treated, control) < least_randomised:
            return Rule(
                VALUE_AT_RISK,
                f"the effect of contacting is not known yet: at {band} risk by {name} the outcome is known of "
                f"{treated} contacted members and {control} of the control arm, it takes {least_randomised} of each",
                f"联系的效果尚不清楚：{DEFINITIONS[name]}风险{BANDS[band]}的成员中，结果已知的有联系过的 {treated} 人、"
                f"对照组 {control} 人，各需 {least_randomised} 人",
            )
    if not any(known[group]["effect_low"] > 0 for group in groups):
        return Rule(
            VALUE_AT_RISK,
            "no band of risk has shown an effect of being contacted yet",
            "目前没有任何风险等级显示出联系的效果",
        )
    return Rule(
        EXPECTED_EFFECT,
        "the effect of being contacted is known for every band of risk",
        "每个风险等级的联系效果均已测得",
    )


def risk_floors(base_rates: Mapping[str, float], least_risk: float, least_ratio: float) -> dict[str, float]:
    """Return the risk from which members are worth a place, by definition of churn.

    It is ``least_ratio`` times what is usual, never less than ``least_risk``, and never more than high risk: where most
    members churn, twice the usual would be more than anybody's risk. Where nothing is known of what became of anybody,
    a risk says nothing, and no risk is enough.

    Args:
        base_rates: Share that churned in the training data, by definition; none where there were no such data.
        least_risk: Risk that a member needs whatever is usual, from 0 to 1.
        least_ratio: Times the base rate.
    """
    floors = {name: max(least_risk, min(least_ratio * rate, HIGH_RISK)) for name, rate in base_rates.items()}
    return {name: floors.get(name, inf) for name in DEFINITIONS}


def worth_a_place(ranked: pd.DataFrame, floors: Mapping[str, float]) -> pd.DataFrame:
    """Add the floor of their definition of churn as ``least_risk``, and ``is_worth_it`` where the risk reaches it."""
    least = ranked["definition"].map(dict(floors))
    return ranked.assign(least_risk=least, is_worth_it=ranked["probability"] >= least)


def rank(candidates: pd.DataFrame, effects: pd.DataFrame, rule: Rule) -> pd.DataFrame:
    """Order the candidates, best first, and add ``score``; whom contacting harms is left out.

    The score is weight × risk, or weight × effect in the member's group. A group whose interval holds 0 has no effect
    to expect: its members come last, in the order of what is at risk. Whoever is lost comes after everybody else:
    that a long-silent member's term will not be renewed is likely, but hardly anybody is there to read a word about it.

    Args:
        candidates: ``member_id``, ``definition``, ``probability``, ``risk_band``, ``weight``, ``is_lost``.
        effects: As in ``choose_rule``.
        rule: By what to rank.
    """
    at_risk = candidates["weight"] * candidates["probability"]
    ranked = candidates.assign(score=at_risk, at_risk=at_risk)
    if rule.name == EXPECTED_EFFECT:
        shown = effects["effect"].where(effects["effect_low"] > 0, 0.0)
        known = effects[_GROUP].assign(shown=shown, harms=effects["effect_high"] < 0)
        ranked = ranked.merge(known, on=_GROUP, how="left", validate="many_to_one")
        ranked = ranked.assign(score=ranked["weight"] * ranked["shown"])[~ranked["harms"].astype(bool)]
        ranked = ranked.drop(columns=["shown", "harms"])
    ranked = ranked.sort_values(
        ["is_lost", "score", "at_risk", "probability", "member_id"],
        ascending=[True, False, False, False, True],
        kind="stable",
        ignore_index=True,
    )
    return ranked.drop(columns="at_risk")
