"""Alarms by the one definition of the marts: their query, which ring, and how one is named."""

from __future__ import annotations

from pipelines.report.context import SiteContext
from pipelines.report.parts import words
from pipelines.report.parts.database import Marts, Result, Row
from pipelines.report.parts.text import Text, integer, signed

DAYS = 90
"""Days of alarms that the pages show."""


def fired(marts: Marts, context: SiteContext) -> Result:
    """Alarms of the last days, the latest first; run once for all pages."""
    return marts.results.get("alarms") or marts.run(
        "alarms",
        f"""
        select
            day, rule, series, direction, value, baseline, band_low, band_high, relative_change, n_days_after,
            n_alarms_after, outcome,
        from marts.alerts
        where day between {context.through} - {DAYS - 1} and {context.through}
        order by day desc, rule, abs(robust_z) desc, series
        """,
        limit=300,
    )


def ringing(marts: Marts, context: SiteContext) -> list[Row]:
    """Alarms of the last day."""
    if not marts.has("alerts"):
        return []
    return [row for row in fired(marts, context).rows if row["day"] == context.through_day]


def line(row: Row) -> Text:
    """One alarm in a line."""
    name, side = words.series(row["rule"], row["series"]), direction(row)
    value, usual = integer(row["value"]), integer(row["baseline"])
    return Text(
        f"{name.en}: {value}, {side.en} the band {band(row)} (usual {usual})",
        f"{name.zh}：{value}，{side.zh}，正常区间 {band(row)}（常见 {usual}）",
    )


def direction(row: Row) -> Text:
    """On which side of its band the series lies."""
    return Text("above", "偏高") if row["direction"] == "above" else Text("below", "偏低")


def off(row: Row) -> str:
    """How far the series is from its usual value."""
    change = row["relative_change"]
    return signed(row["value"] - row["baseline"]) if change is None else f"{signed(100 * change)}%"


def band(row: Row) -> str:
    """The values that are no alarm, lowest to highest."""
    return f"{integer(row['band_low'])}–{integer(row['band_high'])}"
