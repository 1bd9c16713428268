"""The shapes of what was delivered, read beside the parts, and what the rules say as columns of a profile."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from expectations.shape_rules import column_of
from pipelines.gates import verdicts
from pipelines.gates.shapes.judge import KEPT_DAYS, judge_shapes
from pipelines.gates.shapes.shape import Seen, Shape, shape_of
from pipelines.home import Home
from pipelines.lake import manifest
from pipelines.lake.delivery import read_delivery
from pipelines.lake.manifest import Candidate
from pipelines.settings import Settings


def shapes_seen(
    home: Home,
    settings: Settings,
    waiting: Sequence[Candidate],
    unfit: Collection[date],
    in_lake: Mapping[date, int],
) -> dict[date, dict[str, Seen]]:
    """Return what the rules found in the shape of each candidate; nothing of those without a shape or a past.

    ``unfit`` are days withheld for another reason: they are no past of the later ones. ``in_lake`` are the log's rows
    there, by log day.
    """
    log, asked = waiting[0].log, {one.log_day: one for one in waiting}
    days = sorted({day for day, n_rows in in_lake.items() if n_rows} - asked.keys())
    ends = {bisect_left(days, day) for day in asked}
    near = {day for end in ends for day in days[max(0, end - KEPT_DAYS) : end]}
    past = {day: read_delivery(home.raw_part(log, day)) or {} for day in near}
    held = {one.log_day: one.delivery for one in manifest.candidates(home, log) if one.log_day not in asked}
    return judge_shapes(
        log,
        waiting=_shapes({day: one.delivery for day, one in asked.items()}),
        past=_shapes(past),
        withheld=_shapes(held),
        unfit=unfit,
        waived=verdicts.waived_days(home, log),
        only_warned=settings.shapes_only_warned,
    )


def broken(seen: Mapping[str, Seen]) -> dict[str, Seen]:
    """Return what a day breaks, by column of the suite."""
    return {column_of(name, is_certain=one.is_certain): one for name, one in seen.items() if one.value}


def _shapes(deliveries: Mapping[date, Mapping[str, Any]]) -> list[Shape]:
    found = (shape_of(day, delivery) for day, delivery in deliveries.items())
    return [shape for shape in found if shape]
