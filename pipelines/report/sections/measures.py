"""The day in numbers: each measure of the community against the week before and its usual range."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from pipelines.report.context import SiteContext
from pipelines.report.parts import known, marks
from pipelines.report.parts.blocks import Tile, Tiles, Tone
from pipelines.report.parts.collected import NOT_COLLECTED
from pipelines.report.parts.database import Marts, Row
from pipelines.report.parts.header import Header
from pipelines.report.parts.text import Text, integer, percent, signed, weekday

MEASURES = {
    name: known.Term(name)
    for name in (
        "dau",
        "wau",
        "mau",
        "stickiness",
        "new_members",
        "resurrected_members",
        "lost_members",
        "joined_members",
        "n_contents",
        "n_interactions",
    )
}
"""Measure of ``community_days`` -> its label, which knows whether a rise is good news."""

_WINDOWS = {"wau": 7, "mau": 30, "stickiness": 30}
"""Days that a measure looks back on, where it is more than its own."""

Side = Literal["above", "below", ""]
"""Where a day lies against its usual range; empty within and where there is none."""

_WEEKS_NEEDED = 4
"""Same weekdays before from which a range is worth showing."""


def tiles(marts: Marts, context: SiteContext, header: Header) -> Tiles | None:
    """One tile per measure that has a value on the last day; none where no day is counted."""
    if not marts.has("community_days"):
        return None
    looked_back = ", ".join(f"('{name}', {_WINDOWS.get(name, 1)})" for name in MEASURES)
    result = marts.run(
        "brief_measures",
        f"""
        with
        measured as (
            select *
            from (
                select
                    day,
                    {", ".join(f"{name}::double as {name}" for name in MEASURES)}
                from marts.community_days
                where day between {context.through} - 56 and {context.through}
            )
            unpivot include nulls (amount for measure in (columns(* exclude (day))))
        ),

        windows as (
            select w.measure, w.n_days
            from (values {looked_back}) as w (measure, n_days)
        ),

        {_gap_days(marts, context)},

        missing as (
            select measured.measure, measured.day, count(*) as n_missing
            from measured
            inner join windows on measured.measure = windows.measure
            inner join gap_days
                on measured.measure = gap_days.measure
                and gap_days.day between measured.day - windows.n_days + 1 and measured.day
            group by measured.measure, measured.day
        ),

        compared as (
            select
                measured.*,
                coalesce(missing.n_missing, 0) as n_missing,
                dayofweek(measured.day) = dayofweek({context.through})
                and measured.day < {context.through}
                and coalesce(missing.n_missing, 0) = 0 as is_usual,
            from measured
            left join missing on measured.measure = missing.measure and measured.day = missing.day
        )

        select
            measure,
            max(amount) filter (where day = {context.through}) as amount,
            max(n_missing) filter (where day = {context.through}) as n_missing,
            max(amount) filter (where day = {context.through} - 7 and n_missing = 0) as week_before,
            min(amount) filter (where is_usual) as lowest,
            max(amount) filter (where is_usual) as highest,
            count(amount) filter (where is_usual) as n_weeks,
            list(amount order by day) filter (where day > {context.through} - 28) as last_28_days,
        from compared
        group by measure
        order by measure
        """,
    )
    rows = {row["measure"]: row for row in result.rows}
    lacking = _lacking(header)
    found = [
        _absent(label, lacking[name]) if name in lacking else _tile(rows[name], label, label.rise, context)
        for name, label in MEASURES.items()
        if name in rows and rows[name]["amount"] is not None
    ]
    if not found:
        return None
    name = weekday(context.through_day)
    return Tiles(
        title=Text("The day in numbers", "当日数字"),
        note=Text(
            f"Change against {name.en} a week before; usual is the range of the 8 {name.en}s before. Days that did not "
            "come whole are left out.",
            f"变化为与上{name.zh}相比；“常见”为此前 8 个{name.zh}的范围。数据不全的日子不计入。",
        ),
        tiles=found,
        result=result,
    )


def _gap_days(marts: Marts, context: SiteContext) -> str:
    """CTE ``gap_days``: per measure the days that say nothing of people.

    Those before the first one, an outage, a day withheld, ids changed.
    """
    before = """select windows.measure, first_day - days.back::integer as day
            from windows
            cross join (select min(day) as first_day from marts.community_days) as community
            cross join (select unnest(range(1, 30)) as back) as days"""
    if not marts.has("data_completeness"):
        return f"gap_days as (\n            {before}\n        )"
    logs = ", ".join(f"'{log}'" for log in context.activity_logs)
    return f"""gap_days as (
            select distinct windows.measure, data_completeness.day
            from marts.data_completeness
            inner join windows
                on case when windows.measure = 'joined_members' then log = 'members' else log in ({logs}) end
            where
                data_completeness.is_outage
                or data_completeness.is_held_out
                or data_completeness.is_identity_break and windows.measure = 'new_members'

            union

            {before}
        )"""


def _lacking(header: Header) -> dict[str, Text]:
    """Measures whose zero would only mean that nobody collects them, each with what it needs."""
    found = {}
    if header.lacks.get("contents"):
        found["n_contents"] = Text("no article, live or course ever came", "从未送达文章、直播或课程")
    if any(source.log == "members" and not source.is_collected for source in header.sources):
        found["joined_members"] = Text("needs the log of members", "需要成员日志")
    return found


def _absent(label: Text, needs: Text) -> Tile:
    return Tile(label=label, value=NOT_COLLECTED, note=needs)


def _tile(row: Row, label: Text, rise: Tone, context: SiteContext) -> Tile:
    amount, before = row["amount"], row["week_before"]
    change, tone = None, "neutral"
    if before is not None:
        delta = amount - before
        if row["measure"] == "stickiness":
            delta = round(delta, 2)
            points = signed(100 * delta)
            change = Text(f"{points} points", f"{points} 个百分点")
        else:
            change = Text(signed(delta), signed(delta))
        if not delta:
            change = Text("no change", "持平")
        if delta:
            tone = rise if delta > 0 else ("good" if rise == "bad" else "bad")
    note = _usual(row)
    if row["n_missing"]:
        change, tone = None, "neutral"
        note = _incomplete(row["n_missing"], _WINDOWS.get(row["measure"], 1))
    return Tile(
        label=label,
        value=shown(row["measure"])(amount),
        amount=None if row["n_missing"] else amount,
        change=change,
        tone=tone,  # type: ignore[arg-type]
        note=note,
        unusual=bool(side(row)),
        trend=marks.sparkline(row["last_28_days"] or []),
    )


def _incomplete(n_missing: int, n_days: int) -> Text:
    """Why a number is compared with nothing."""
    if n_days == 1:
        return Text("not all of the day came", "当日数据不全")
    return Text(f"counts {n_days - n_missing} of {n_days} days", f"只含 {n_days} 天中的 {n_days - n_missing} 天")


def shown(measure: str) -> Callable[[float], str]:
    """How amounts of a measure are written."""
    return percent if measure == "stickiness" else integer


def has_range(row: Row) -> bool:
    """Whether enough same weekdays before are known, and the day itself came whole."""
    return row["amount"] is not None and row["n_weeks"] >= _WEEKS_NEEDED and not row["n_missing"]


def side(row: Row) -> Side:
    """On which side of its usual range the day lies."""
    if not has_range(row):
        return ""
    return "above" if row["amount"] > row["highest"] else "below" if row["amount"] < row["lowest"] else ""


def between(row: Row) -> str:
    """The usual range, lowest to highest."""
    low, high = (shown(row["measure"])(row[edge]) for edge in ("lowest", "highest"))
    return low if low == high else f"{low}–{high}"


def _usual(row: Row) -> Text | None:
    """Where the day lies against the same weekdays before; None where they are too few."""
    if not has_range(row):
        return None
    usual = between(row)
    match side(row):
        case "above":
            return Text(f"above the usual {usual}", f"高于常见的 {usual}")
        case "below":
            return Text(f"below the usual {usual}", f"低于常见的 {usual}")
    return Text(f"usual {usual}", f"常见 {usual}")
