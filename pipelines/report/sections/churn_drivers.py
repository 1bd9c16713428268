"""What drives churn in the community as a whole, by the reasons of its scored members, on a day and a month before."""

from __future__ import annotations

from math import exp

from pipelines.report.context import SiteContext
from pipelines.report.parts import cells, feature_words, least, marks, words
from pipelines.report.parts.blocks import Cell, Column, Table, Tone
from pipelines.report.parts.database import Marts, Row
from pipelines.report.parts.text import MISSING, Text, day, integer, percent
from pipelines.sql import literal

APART_DAYS = 28
"""Least days between the two days compared."""


def drivers(marts: Marts, context: SiteContext, definition: str, mark: Text) -> Table | None:
    """Reasons by how many members' risk they raise; None where a rule scored, which weighs none."""
    result = marts.run(
        f"churn_drivers_{definition}",
        f"""
        with

        scored as (
            select member_id, day, drivers
            from marts.churn_predictions
            where is_current and definition = {literal(definition)} and day <= {context.through}
        ),

        newest as (
            select max(day) as day from scored
        ),

        days as (
            select day, 'now' as period from newest
            union all
            select max(scored.day), 'before'
            from scored
            inner join newest on scored.day <= newest.day - {APART_DAYS}
        ),

        reasons as (
            select
                days.period,
                days.day,
                scored.member_id,
                unnest(
                    from_json(scored.drivers, '[{{"group": "varchar", "contribution": "double"}}]'), recursive := true
                ),
            from scored
            inner join days on scored.day = days.day
        ),

        counted as (
            select days.period, days.day, count(*) as n_scored
            from scored
            inner join days on scored.day = days.day
            group by days.period, days.day
        )

        select
            reasons.period,
            reasons.day,
            reasons.group as driver,
            counted.n_scored,
            count(*) filter (where contribution > 0) as n_raised,
            count(*) filter (where contribution < 0) as n_lowered,
            round(avg(contribution) filter (where contribution > 0), 3) as mean_raise,
            round(avg(contribution) filter (where contribution < 0), 3) as mean_lowering,
        from reasons
        inner join counted on reasons.period = counted.period
        where contribution is not null
        group by reasons.period, reasons.day, driver, counted.n_scored
        order by reasons.period desc, n_raised desc, n_lowered desc, driver
        """,
    )
    now = [row for row in result.rows if row["period"] == "now"]
    if not now:
        return None
    before = {row["driver"]: row for row in result.rows if row["period"] == "before"}
    return Table(
        title=Text("What drives it in the community as a whole?", "社区整体的驱动因素") + mark,
        note=_sentence(now) + _days(now[0], next(iter(before.values()), None)),
        columns=[
            Column(Text("Reason", "理由"), wide=True),
            Column(Text("Raises the risk of", "提高其风险的成员"), number=True),
            Column(Text("Odds", "几率"), number=True),
            *([Column(Text("A month before", "一个月前"), number=True)] if before else []),
            Column(Text("Lowers that of", "降低其风险的成员"), number=True),
            Column(Text("Odds", "几率"), number=True),
        ],
        rows=[
            [
                Cell(words.word(feature_words.GROUPS, row["driver"])),
                _share(row, "n_raised", "bad"),
                _odds(row["mean_raise"]),
                *([_share(before.get(row["driver"]), "n_raised", "bad")] if before else []),
                _share(row, "n_lowered", "good"),
                _odds(row["mean_lowering"]),
            ]
            for row in now
        ],
        result=result,
        dense=True,
    )


def _share(row: Row | None, name: str, tone: Tone) -> Cell:
    """How many of the scored members, and which share of them."""
    if row is None:
        return cells.number(MISSING, None)
    share = row[name] / row["n_scored"]
    shown = percent(share) if row["n_scored"] >= least.PEOPLE else ""
    return cells.number(marks.bar_of(share, integer(row[name]), shown, tone), row[name])


def _odds(mean: float | None) -> Cell:
    """What a contribution in log-odds does to the odds."""
    return cells.number(MISSING if mean is None else f"×{exp(mean):.2f}", mean)


def _sentence(rows: list[Row]) -> Text:
    first = rows[0]
    if not first["n_raised"]:
        return Text("Nothing raises the risk of anybody.", "没有因素提高任何人的风险。")
    name = words.word(feature_words.GROUPS, first["driver"])
    n, of = integer(first["n_raised"]), integer(first["n_scored"])
    return Text(
        f"What raises the risk of most members, {n} of {of}: {name.en}.",
        f"提高最多成员风险的因素（{of} 名中的 {n} 名）：{name.zh}。",
    )


def _days(now: Row, before: Row | None) -> Text:
    text = Text(
        f" Counted are the up to three reasons of each member scored on {day(now['day']).en}; odds are the mean of "
        "what they do to those of these members.",
        f"按 {day(now['day']).zh}被评分的每名成员至多三条理由计数；几率为对这些成员影响的平均。",
    )
    if before is None:
        return text + Text(" A month before nobody was scored yet.", "一个月前尚未评分。")
    return text + Text(f" The month before is {day(before['day']).en}.", f"一个月前指{day(before['day']).zh}。")
