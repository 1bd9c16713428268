"""Days that no figure should be read across: a log that was out, and members who all got other ids."""

from __future__ import annotations

from pipelines.report import words
from pipelines.report.blocks import Block, Cell, Column, Note, Table
from pipelines.report.database import Marts, Row
from pipelines.report.text import Text, day, days, integer


def blocks(marts: Marts) -> list[Block]:
    """Outages of every log, the latest first."""
    return [_outages(marts)]


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
                "No log was out on any day. Quiet days that people alone can explain, such as a holiday, are none.",
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
