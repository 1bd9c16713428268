"""Makes the list of a day: who is worth contacting, in which arm each is, and what is suggested."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pandas as pd

from models.retention.arms import HASH_VERSION, TREATED, draw_arm, key_id
from models.retention.ranking import choose_rule, rank, risk_floors, worth_a_place
from models.retention.suggestion import Piece, of_kind, suggest
from pipelines.churn.store import base_rates
from pipelines.home import Home
from pipelines.privacy.known import erased_members
from pipelines.retention import reading, store
from pipelines.retention.library import Library
from pipelines.settings import Settings

Rows = list[dict[str, Any]]

_MOST = 50
"""Times the capacity: how far down the list suggestions are looked for."""


def make_list(home: Home, settings: Settings, day: date, run_id: str) -> Rows:
    """Make and keep the list of a day, and return it; a list made before is returned as it was.

    The arms are drawn and logged first, then the list is kept. Both arms are on it; ``export`` leaves out control.
    """
    if kept := store.list_of(home, day):
        return kept
    candidates = _candidates(home, day)
    effects = reading.table(home, "retention.retention_band_effects", "definition, risk_band")
    rule = choose_rule(effects, candidates, settings.retention_least_randomised)
    floors = risk_floors(
        base_rates(home, candidates["model_version"]),
        settings.retention_least_risk,
        settings.retention_least_risk_ratio,
    )
    ranked = worth_a_place(rank(candidates, effects, rule), floors)
    earlier, library = store.draws(home), Library.open(home, settings, day, run_id)
    own = f"{settings.retention_campaign}-"  # segments are drawn on the same day, for campaigns of other names
    drawn = {row["member_id"]: row for row in earlier if row["day"] == day and row["campaign_id"].startswith(own)}
    if not drawn:
        # Who was drawn by a run that broke off stays on the list: the draw is logged, and the arms must not differ.
        worth_it = ranked[ranked["is_worth_it"].astype(bool)]
        members = _allowed(worth_it, earlier, day, settings.retention_cool_down_days)
        drawn = {row["member_id"]: row for row in _draw(home, settings, members, library, earlier)}
        store.keep_draws(home, day, list(drawn.values()), run_id)
    chosen = [row for row in _records(ranked) if row["member_id"] in drawn]
    pieces = library.unread([row["member_id"] for row in chosen])
    marks = {
        "capacity": settings.retention_capacity,
        "ranked_by": rule.name,
        "ranked_because_en": rule.because_en,
        "ranked_because_zh": rule.because_zh,
    }
    rows = [
        _row(place, member, drawn[member["member_id"]], pieces[member["member_id"]], library.method) | marks
        for place, member in enumerate(chosen, start=1)
    ]
    store.keep_list(home, day, rows, run_id)
    return store.list_of(home, day)


def _candidates(home: Home, day: date) -> pd.DataFrame:
    """Scored members with what is known of them, nobody erased; one the marts do not know is worth a typical one."""
    members = reading.table(home, "retention.retention_members", "member_id")
    members = members[~members["member_id"].isin(erased_members(home))]
    found = reading.predictions(home, day).merge(members, on="member_id", how="inner", validate="one_to_one")
    return (
        found.astype(object).where(found.notna(), None).astype({"weight": float, "probability": float, "is_lost": bool})
    )


def _records(frame: pd.DataFrame) -> Rows:
    return [{str(name): row[name] for name in row} for row in frame.to_dict("records")]


def _allowed(ranked: pd.DataFrame, earlier: Rows, day: date, cool_down_days: int) -> Rows:
    """Leave out who was on a list or contacted within the cool-down, in both arms: they must not differ."""
    listed = {row["member_id"] for row in earlier if abs((row["day"] - day).days) < cool_down_days}
    first = day - timedelta(days=cool_down_days)
    return [
        row
        for row in _records(ranked)
        if row["member_id"] not in listed and (row["last_contacted_day"] is None or row["last_contacted_day"] <= first)
    ]


def _draw(home: Home, settings: Settings, members: Rows, library: Library, earlier: Rows) -> Rows:
    """Go down the list and draw until as many are treated as can be contacted, or nobody is left who is worth it."""
    harmful = _harmful(home, settings)
    # Nobody further down is reached with any luck of the draw.
    pieces = library.unread([row["member_id"] for row in members[: _MOST * settings.retention_capacity]])
    key, rows, treated = store.arm_key(home, settings), [], 0
    known = {(row["campaign_id"], row["member_id"]): row["arm"] for row in earlier}
    for member in members:
        if treated == settings.retention_capacity:
            break
        name = member["member_id"]
        kind = suggest(member, pieces.get(name, []), harmful).kind
        campaign = f"{settings.retention_campaign}-{kind}"
        # An arm once logged holds, whatever has become of the key or the share.
        arm = known.get((campaign, name)) or draw_arm(key, campaign, name, settings.retention_held_out_share)
        treated += arm == TREATED
        rows.append(
            {
                "member_id": name,
                "campaign_id": campaign,
                "kind": kind,
                "arm": arm,
                "definition": member["definition"],
                "risk_band": member["risk_band"],
                "held_out_share": settings.retention_held_out_share,
                "hash_version": HASH_VERSION,
                "key_id": key_id(key),
            }
        )
    return rows


def _harmful(home: Home, settings: Settings) -> set[str]:
    """Kinds whose campaign of this name was measured to do harm."""
    effects = reading.table(home, "marts.action_effects", "campaign_id, outcome")
    bad = effects[effects["is_primary"].astype(bool) & (effects["verdict"] == "harms")]
    start = f"{settings.retention_campaign}-"
    return {name.removeprefix(start) for name in bad["campaign_id"] if name.startswith(start)}


def _row(place: int, member: dict[str, Any], drawn: dict[str, Any], pieces: list[Piece], method: str) -> dict[str, Any]:
    suggestion = of_kind(drawn["kind"], member, pieces)
    taken = ("member_id", "definition", "probability", "risk_band", "model_version", "reasons_en", "reasons_zh")
    worth = ("least_risk", "value_basis", "value_minor", "currency", "weight", "score")
    left = member["days_to_term_end"]
    return {name: member[name] for name in taken + worth} | {
        "term_end": None if left is None else member["day"] + timedelta(days=int(left)),
        "campaign_id": drawn["campaign_id"],
        "rank": place,
        "kind": suggestion.kind,
        "suggestion_en": suggestion.en,
        "suggestion_zh": suggestion.zh,
        "content_ids": json.dumps(suggestion.content_ids),
        "suggested_by": method if suggestion.content_ids and not member["question_id"] else None,
        "event_id": suggestion.event_id,
    }
