"""Days that no figure should be read across: a log that was out, and members who all got other ids."""

from __future__ import annotations

from pipelines.identity.proposals import PROPOSED
from pipelines.report.parts import words
from pipelines.report.parts.blocks import Block, Cell, Column, Note, Table
from pipelines.report.parts.database import Marts, Row
from pipelines.report.parts.text import Text, day, days, integer, percent, plural


def blocks(marts: Marts) -> list[Block]:
    """Outages of every log and changes of member ids, the latest first."""
    breaks = _breaks(marts)
    proposed = _proposed(marts) if isinstance(breaks, Table) and marts.has("fct_member_days") else []
    return [_outages(marts), breaks, *proposed]


def _outages(marts: Marts) -> Block:
    result = marts.run(
        "outages",
        """
        with
        out_days as (
            select
                log,
                day,
                case when log = 'interactions' then n_event_rows else n_rows end as n_rows,
                usual_rows,
                chance_of_quiet,
                day - cast(row_number() over (partition by log order by day) as integer) as stretch,
            from marts.data_completeness
            where is_outage
        )

        select
            log,
            min(day) as first_day,
            max(day) as last_day,
            count(*) as n_days,
            sum(n_rows) as n_rows,
            sum(usual_rows) as usual_rows,
            max(chance_of_quiet) as chance_of_quiet,
        from out_days
        group by log, stretch
        order by first_day desc, log
        """,
        limit=100,
    )
    title = Text("Outages", "日志中断")
    if not result.rows:
        return Note(
            title=title,
            body=Text(
                "No log was out on any day. Quiet days with an ordinary reason, such as a holiday, do not count.",
                "没有任何日志中断。仅凭成员本身就能解释的安静日子（如节假日）不算中断。",
            ),
            result=result,
        )
    return Table(
        title=title,
        note=Text(
            "A log that comes every day had next to nothing, and people alone leave it so with the chance shown at "
            "most. Figures of these days are too low. The churn model leaves out cut-offs in which they weigh.",
            "每天都有的日志几乎没有内容；仅凭成员本身出现这种情况的概率不超过所示值。这些日子的数字偏低，流失模型会略去受其明显影响的切点。",
        ),
        columns=[
            Column(Text("Log", "日志")),
            Column(Text("From", "自")),
            Column(Text("To", "至")),
            Column(Text("Length", "长度"), number=True),
            Column(Text("Rows", "行数"), number=True),
            Column(Text("Usual", "通常"), number=True),
            Column(Text("Chance by people alone", "仅凭成员的概率"), number=True),
        ],
        rows=[_outage(row) for row in result.rows],
        result=result,
    )


def _outage(row: Row) -> list[Cell]:
    return [
        Cell(words.log(row["log"])),
        Cell(day(row["first_day"]), str(row["first_day"])),
        Cell(day(row["last_day"]), str(row["last_day"])),
        Cell(days(row["n_days"]), row["n_days"]),
        Cell(integer(row["n_rows"]), row["n_rows"]),
        Cell(integer(round(row["usual_rows"])), row["usual_rows"]),
        Cell(_chance(row["chance_of_quiet"]), row["chance_of_quiet"]),
    ]


def _chance(chance: float) -> Text:
    most = 10**9
    n = most if chance * most < 1 else round(1 / chance)
    sign = "<" if n == most else ""
    return Text(f"{sign}1 in {integer(n)}", f"{sign}{integer(n)} 分之一")


def _breaks(marts: Marts) -> Block:
    result = marts.run(
        "identity_breaks",
        """
        select
            day,
            is_identity_break,
            share_never_seen,
            usual_share_never_seen,
            n_regulars_before,
            n_regulars_returned,
            usual_share_returning,
        from marts.data_completeness
        where
            log = 'interactions'
            and (
                is_identity_break
                or (
                    is_identity_break is null
                    and n_regulars_returned <= 0.05 * usual_share_returning * n_regulars_before
                )
            )
        order by day desc
        """,
        limit=100,
    )
    title = Text("Days on which member ids changed", "成员 ID 变更的日子")
    how = Text(
        "A day is judged when 7 more days with active members have come: old ids vanish and new ones take their place.",
        "再过 7 个有活跃成员的日子才作判断：旧 ID 消失，新 ID 取而代之。",
    )
    if not result.rows:
        return Note(title=title, body=Text("None. ", "无。") + how, result=result)
    return Table(
        title=title,
        note=how
        + Text(
            " Everybody then looks new, and everybody before looks lost, until links say who is who.",
            "在以关联说明谁是谁之前，所有人都像新成员，之前的人都像已流失。",
        ),
        columns=[
            Column(Text("Day", "日期")),
            Column(Text("Verdict", "判断")),
            Column(Text("Never seen before", "从未见过"), number=True),
            Column(Text("Usually", "通常"), number=True),
            Column(Text("Regulars who came back", "回来的常客"), number=True),
            Column(Text("Usually", "通常"), number=True),
        ],
        rows=[_break(row) for row in result.rows],
        result=result,
    )


def _break(row: Row) -> list[Cell]:
    verdict = Text("ids changed", "ID 已变更") if row["is_identity_break"] else Text("not judged yet", "尚未判断")
    returned, regulars = integer(row["n_regulars_returned"]), integer(row["n_regulars_before"])
    return [
        Cell(day(row["day"]), str(row["day"])),
        Cell(verdict),
        Cell(percent(row["share_never_seen"]), row["share_never_seen"]),
        Cell(percent(row["usual_share_never_seen"]), row["usual_share_never_seen"]),
        Cell(Text(f"{returned} of {regulars}", f"{regulars} 人中 {returned} 人"), row["n_regulars_returned"]),
        Cell(percent(row["usual_share_returning"]), row["usual_share_returning"]),
    ]


def _proposed(marts: Marts) -> list[Block]:
    result = marts.run("proposed_links", PROPOSED, limit=100)
    if not result.rows:
        return []
    see, write = "guildbook identity preview --proposed", "guildbook identity link --proposed"
    return [
        Table(
            title=Text("Proposed links", "建议的关联"),
            note=Text(
                f"{integer(len(result.rows))} of {plural(result.n, 'pair', 'pairs')}: ids that vanished when ids "
                f"changed, and new ones that contain them. “{see}” shows what all of them would change, “{write}” "
                "states them. Nothing is written before.",
                f"{integer(result.n)} 对中的 {integer(len(result.rows))} 对：ID 变更时消失的 ID，以及包含它们的新 ID。"
                f"“{see}” 显示全部关联后的变化，“{write}” 写入关联；在此之前不会写入任何内容。",
            ),
            columns=[
                Column(Text("Day", "日期")),
                Column(Text("Old id", "旧 ID")),
                Column(Text("New id", "新 ID")),
            ],
            rows=[
                [Cell(day(row["day"]), str(row["day"])), Cell(row["old_id"]), Cell(row["new_id"])]
                for row in result.rows
            ],
            result=result,
            scroll=True,
        )
    ]
