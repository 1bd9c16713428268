"""What does not agree between logs: each rule that some row breaks, with a few keys and what to do."""

from __future__ import annotations

from expectations.relations import RELATIONS
from pipelines.report.context import SiteContext
from pipelines.report.parts import words
from pipelines.report.parts.blocks import Block, Cell, Column, Note, Table
from pipelines.report.parts.database import Marts, Row
from pipelines.report.parts.reasons import said
from pipelines.report.parts.text import MISSING as NOT_SHOWN
from pipelines.report.parts.text import Text, day, integer, plural

_TITLE = Text("What does not agree between logs", "日志之间的矛盾")
_DAYS = 30


def block(marts: Marts, context: SiteContext) -> Block:
    """One row per log and rule that is broken, those of the last days first."""
    if not marts.has("relation_checks"):
        return Note(title=_TITLE, body=Text("No rule was judged yet.", "尚未核对任何规则。"))
    result = marts.run(
        "relation_checks",
        f"""
        select
            log,
            rule,
            sum(n_rows) as n_rows,
            sum(n_broken) as n_broken,
            coalesce(sum(n_broken) filter (where log_day > {context.through} - {_DAYS}), 0) as n_recent,
            max(log_day) filter (where n_broken > 0) as last_log_day,
            arg_max(examples, log_day) filter (where n_broken > 0) as examples,
        from marts.relation_checks
        group by log, rule
        order by n_recent desc, n_broken desc, log, rule
        """,
        limit=200,
    )
    broken = [row for row in result.rows if row["n_broken"]]
    if not broken:
        n_rows = max((row["n_rows"] for row in result.rows), default=0)
        nothing = Text(
            f"Nothing: {plural(len(result.rows), 'rule', 'rules')} judged, on up to {integer(n_rows)} rows each.",
            f"没有：已核对 {integer(len(result.rows))} 条规则，每条至多 {integer(n_rows)} 行。",
        )
        return Note(title=_TITLE, body=nothing, result=result)
    return Table(
        title=_TITLE,
        note=Text(
            f"{integer(len(broken))} of {plural(len(result.rows), 'rule', 'rules')} are broken by some row. The rows "
            "count as they are. A few are warned of when they come; a large share of a log day blocks publishing.",
            f"{integer(len(result.rows))} 条规则中有 {integer(len(broken))} 条被某些行违反。这些行仍按原样计入。"
            "少量会在到达时警告，占某日志日很大比例时会阻止发布。",
        ),
        columns=[
            Column(Text("Log", "日志")),
            Column(Text("What such a row does", "这样的行"), wide=True),
            Column(Text("Rows", "行数"), number=True),
            Column(Text("Last 30 log days", "最近 30 个日志日"), number=True),
            Column(Text("Judged", "已核对"), number=True),
            Column(Text("Last log day", "最近日志日")),
            Column(Text("Such as", "例如")),
            Column(Text("What to do", "处理"), wide=True),
        ],
        rows=[_row(row) for row in broken],
        result=result,
        anchor="relations",
    )


def _row(row: Row) -> list[Cell]:
    relation = RELATIONS[row["rule"]]
    return [
        Cell(words.log(row["log"])),
        Cell(said(relation.said)),
        Cell(integer(row["n_broken"]), row["n_broken"]),
        Cell(integer(row["n_recent"]), row["n_recent"]),
        Cell(integer(row["n_rows"]), row["n_rows"]),
        Cell(day(row["last_log_day"]), str(row["last_log_day"])),
        Cell(row["examples"] or NOT_SHOWN),
        Cell(said(relation.cure)),
    ]
