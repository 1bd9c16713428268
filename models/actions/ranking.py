"""In what order members are listed: by the measured effect of contacting them, else by what is at risk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

BANDS = {"high": "高", "medium": "中", "low": "低"}
"""Bands of risk, the highest first, with their Chinese names."""
EXPECTED_EFFECT, VALUE_AT_RISK = "expected_effect", "risk_times_value"


@dataclass(frozen=True)
class Rule:
    """By what the list is ranked, and why, in both languages."""

    name: str
    because_en: str
    because_zh: str


def choose_rule(effects: pd.DataFrame, bands: set[str], least_randomised: int) -> Rule:
    """Decide whether past randomised contacts are enough to rank by their effect.

    They are if every band of risk on today's list has enough members with a known outcome in each arm, and at least one
    band's interval lies above 0. Half a measure would compare members whose effect is known with others whose is not.

    Args:
        effects: A row per risk band with ``n_treated``, ``n_held_out``, ``effect``, ``effect_low``, ``effect_high``.
        bands: Risk bands of today's candidates.
        least_randomised: Members that each arm of each band needs.
    """
    known: dict[str, dict[str, Any]] = {str(row["risk_band"]): dict(row) for _, row in effects.iterrows()}
    for band in (band for band in BANDS if band in bands):
        treated, held_out = (int(known.get(band, {}).get(name, 0)) for name in ("n_treated", "n_held_out"))
        if min(treated, held_out) < least_randomised:
            return Rule(
                VALUE_AT_RISK,
                f"risk {band}: {treated} treated and {held_out} held out so far, {least_randomised} of each are needed",
                f"风险等级{BANDS[band]}：目前干预 {treated} 人、对照 {held_out} 人，各需 {least_randomised} 人",
            )
    if not any(known[band]["effect_low"] > 0 for band in bands):
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


def rank(candidates: pd.DataFrame, effects: pd.DataFrame, rule: Rule) -> pd.DataFrame:
    """Order the candidates, best first, and add ``score``; whom contacting harms is left out.

    The score is weight × risk, or weight × effect of the member's band. A band whose interval holds 0 has no effect to
    expect: its members come last, in the order of what is at risk.

    Args:
        candidates: ``member_id``, ``probability``, ``risk_band``, ``weight``.
        effects: As in ``choose_rule``.
        rule: By what to rank.
    """
    at_risk = candidates["weight"] * candidates["probability"]
    ranked = candidates.assign(score=at_risk, at_risk=at_risk)
    if rule.name == EXPECTED_EFFECT:
        known = effects.set_index("risk_band")
        shown = known["effect"].where(known["effect_low"] > 0, 0.0)
        harmed = ranked["risk_band"].map(known["effect_high"] < 0).astype(bool)
        ranked = ranked.assign(score=ranked["weight"] * ranked["risk_band"].map(shown))[~harmed]
    ranked = ranked.sort_values(
        ["score", "at_risk", "member_id"], ascending=[False, False, True], kind="stable", ignore_index=True
    )
    return ranked.drop(columns="at_risk")
