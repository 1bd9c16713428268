"""What stands behind the owner's figures: what was done and whether it worked, pieces, events, and what happened."""

from __future__ import annotations

from datetime import timedelta

from pipelines.report.context import SiteContext
from pipelines.report.parts import cells, marks, words
from pipelines.report.parts.blocks import Block, Cell, Column, Note, Table, Tone
from pipelines.report.parts.database import Marts, Row
from pipelines.report.parts.months import last_month, month_after
from pipelines.report.parts.text import Text, day, integer, month, price
from pipelines.report.sections.effects import points

_MOST = 4
"""Rows of a list that fit on the sheet."""
_TONES: dict[str, Tone] = {"works": "good", "harms": "bad", "unbalanced": "warn"}


def blocks(marts: Marts, context: SiteContext) -> list[Block]:
    """Each list that has a row."""
    found = [_campaigns(marts, context), _pieces(marts, context), _events(marts, context), _happened(context)]
    return [one for one in found if one]


def _within(column: str, context: SiteContext) -> str:
    whole = last_month(context.through_day)
    return f"{column} >= date '{whole}' and {column} < date '{month_after(whole)}'"


def _campaigns(marts: Marts, context: SiteContext) -> Table | None:
    """Campaigns that were at work in the month or since, those first of which most is known."""
    if not marts.has("action_effects"):
        return None
    result = marts.run(
        "owner_campaigns",
        f"""
        select *
        from marts.action_effects
        where is_primary and last_day >= date '{last_month(context.through_day)}'
        order by verdict in ('works', 'harms') desc, effect_low is null, last_day desc, campaign_id
        """,
        limit=_MOST,
    )
    if not result.rows:
        return None
    return Table(
        title=Text("What we did, and whether it worked", "做了什么，是否有效"),
        note=Text(
            f"{integer(len(result.rows))} of {integer(result.n)} campaigns: treated less control, in points, with the "
            "interval. One that holds 0 shows no effect.",
            f"{integer(result.n)} 个运营活动中的 {integer(len(result.rows))} 个：干预组减对照组（百分点）及区间；"
            "区间包含 0 即未显示效果。",
        ),
        columns=[
            Column(Text("Campaign", "运营活动")),
            Column(Text("Verdict", "结论")),
            Column(Text("Treated", "干预组"), number=True),
            Column(Text("Control", "对照组"), number=True),
            Column(Text("Effect, points", "效果（百分点）"), number=True),
            Column(Text("Spent", "花费"), number=True),
        ],
        rows=[_campaign(row) for row in result.rows],
        result=result,
        link=("actions.html", Text("All campaigns", "全部运营活动")),
    )


def _campaign(row: Row) -> list[Cell]:
    verdict, effect = row["verdict"], points(row["effect"])
    if row["effect_low"] is not None:
        effect += f" ({points(row['effect_low'])} … {points(row['effect_high'])})"
    return [
        Cell(row["campaign_id"]),
        Cell(marks.badge(words.word(words.VERDICTS, verdict), _TONES.get(verdict, "neutral")), verdict),
        Cell(integer(row["n_treated"]), row["n_treated"]),
        Cell(integer(row["n_held_out"]), row["n_held_out"]),
        cells.number(effect, row["effect"]),
        cells.number(price(row["cost_minor"], row["currency"]), row["cost_minor"]),
    ]


def _pieces(marts: Marts, context: SiteContext) -> Table | None:
    if not marts.has("content_performance"):
        return None
    result = marts.run(
        "owner_pieces",
        f"""
        select content_id, title, kind, n_unique_readers, n_interactions, published_day
        from marts.content_performance
        where {_within("published_day", context)} and kind not in ('answer', 'comment')
        order by n_unique_readers desc nulls last, n_interactions desc, content_id
        """,
        limit=_MOST,
    )
    if not result.rows:
        return None
    return Table(
        title=Text("Best received of ", "反响最好的内容：") + month(last_month(context.through_day)),
        columns=[
            Column(Text("Piece", "内容")),
            Column(Text("Readers", "读者"), number=True),
            Column(Text("Interactions", "互动"), number=True),
        ],
        rows=[
            [
                cells.piece(row) if row["title"] else Cell(words.word(words.KIND, row["kind"])),
                cells.number(integer(row["n_unique_readers"]), row["n_unique_readers"]),
                cells.number(integer(row["n_interactions"]), row["n_interactions"]),
            ]
            for row in result.rows
        ],
        result=result,
        half=True,
        link=("content.html", Text("All content", "全部内容")),
    )


def _events(marts: Marts, context: SiteContext) -> Table | None:
    if not marts.has("event_performance"):
        return None
    result = marts.run(
        "owner_event_list",
        f"""
        select event_id, title, starts_day, n_registered, n_attended, n_csat, csat, csat_low, csat_high
        from marts.event_performance
        where {_within("starts_day", context)}
        order by n_attended desc nulls last, starts_day, event_id
        """,
        limit=_MOST,
    )
    if not result.rows:
        return None
    return Table(
        title=Text("Events of ", "活动：") + month(last_month(context.through_day)),
        columns=[
            Column(Text("Event", "活动")),
            Column(Text("Registered", "报名"), number=True),
            Column(Text("Attended", "到场"), number=True),
        ],
        rows=[
            [
                cells.event(row) if row["title"] else Cell(day(row["starts_day"])),
                cells.number(integer(row["n_registered"]), row["n_registered"]),
                cells.number(integer(row["n_attended"]), row["n_attended"]),
            ]
            for row in result.rows
        ],
        result=result,
        half=True,
        link=("events.html", Text("All events", "全部活动")),
    )


def _happened(context: SiteContext) -> Note | None:
    """The operator's notes on days of the month."""
    first = last_month(context.through_day)
    last = month_after(first) - timedelta(days=1)
    own = [one for one in context.annotations.rows if first <= one.day <= last]
    if not own:
        return None
    return Note(
        title=Text("What happened", "当月大事"),
        body=Text("The operator's notes on days of the month.", "运营者对当月各日的备注。"),
        entries=[(day(one.day), Text(one.text, one.text_zh)) for one in own[:_MOST]],
    )
