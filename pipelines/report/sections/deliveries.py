"""What was delivered: per log and day, whether accepted and quarantined add up, and rejected files."""

from __future__ import annotations

from datetime import date, timedelta

from pipelines.report.context import SiteContext
from pipelines.report.parts import marks, words
from pipelines.report.parts.blocks import Block, Cell, Column, Note, Table, Tile, Tiles
from pipelines.report.parts.coverage import Source
from pipelines.report.parts.database import Marts, Row
from pipelines.report.parts.header import Header
from pipelines.report.parts.reasons import said
from pipelines.report.parts.text import MISSING, Text, day, integer, percent, size

_DAYS = 30


def blocks(marts: Marts, context: SiteContext, header: Header) -> list[Block]:
    """Totals, a strip of days per log, and rejected files."""
    return [_totals(marts, context), _logs(marts, context, header), _rejected(marts, context)]


def _current(context: SiteContext) -> str:
    """CTE ``files``: the files of the last delivery of each log day of the last 30."""
    return f"""files as (
            select *
            from marts.deliveries
            where log_day between {context.through} - {_DAYS - 1} and {context.through}
            qualify delivery_id = first_value(delivery_id) over (
                partition by log, log_day order by ingested_at desc, delivery_id desc
            )
        )"""


def _totals(marts: Marts, context: SiteContext) -> Tiles:
    result = marts.run(
        "delivery_totals",
        f"""
        with
        {_current(context)}

        select
            count(file) as n_files,
            coalesce(sum(delivered), 0) as delivered,
            coalesce(sum(accepted), 0) as accepted,
            coalesce(sum(quarantined), 0) as quarantined,
            count(*) filter (where status = 'rejected') as n_rejected,
            count(*) filter (where delivered <> accepted + quarantined) as n_files_off,
        from files
        """,
    )
    row = result.first
    adds_up = not row["n_files_off"] and row["delivered"] == row["accepted"] + row["quarantined"]
    share = row["quarantined"] / row["delivered"] if row["delivered"] else None
    tiles = [
        Tile(
            label=Text("Rows delivered", "送达行数"),
            value=integer(row["delivered"]),
            note=Text(f"in {integer(row['n_files'])} files", f"共 {integer(row['n_files'])} 个文件"),
        ),
        Tile(label=Text("Accepted", "接收"), value=integer(row["accepted"])),
        Tile(
            label=Text("Quarantined", "隔离"),
            value=integer(row["quarantined"]),
            note=Text(
                f"{percent(share, row['delivered'])} of delivered",
                f"占送达的 {percent(share, row['delivered'])}",
            ),
        ),
        Tile(
            label=Text("Files rejected", "拒收文件"),
            value=integer(row["n_rejected"]),
            tone="bad" if row["n_rejected"] else "neutral",
        ),
        Tile(
            label=Text("Accepted + quarantined = delivered", "接收 + 隔离 = 送达"),
            value=Text("holds", "成立") if adds_up else Text("broken", "不成立"),
            note=Text("for every readable file", "逐个可读文件核对")
            if adds_up
            else Text(f"{integer(row['n_files_off'])} files off", f"{integer(row['n_files_off'])} 个文件不符"),
            tone="good" if adds_up else "bad",
        ),
    ]
    return Tiles(title=Text("The last 30 log days", "最近 30 个日志日"), tiles=tiles, result=result)


def _logs(marts: Marts, context: SiteContext, header: Header) -> Table:
    result = marts.run(
        "deliveries_by_day",
        f"""
        with
        {_current(context)}

        select
            log,
            log_day,
            sum(delivered) as delivered,
            sum(accepted) as accepted,
            sum(quarantined) as quarantined,
            count(*) filter (where status = 'rejected') as n_rejected,
        from files
        where status <> 'removed'
        group by log, log_day
        order by log, log_day
        """,
        limit=1000,
    )
    found = {(row["log"], row["log_day"]): row for row in result.rows}
    grid = [context.through_day - timedelta(days=back) for back in reversed(range(_DAYS))]
    rows, held = [], set(header.withheld)
    for source in header.sources:
        if source.is_collected or source.n_withheld:
            cells = [found.get((source.log, each)) for each in grid]
            squares = [
                _square(each, cell, is_withheld=(source.log, each) in held)
                for each, cell in zip(grid, cells, strict=True)
            ]
            present = [cell for cell in cells if cell]
            rows.append(_log_row(source, present, squares))
    return Table(
        title=Text("Freshness by log", "各日志的新鲜度"),
        note=Text(
            "One square a day, the newest on the right. Green: all rows accepted; yellow: some quarantined; "
            "red: a file rejected, or the day withheld; empty: no log.",
            "每格一天，最新在右。绿：全部接收；黄：部分隔离；红：有文件被拒或该日被扣留；空：无日志。",
        ),
        columns=[
            Column(Text("Log", "日志")),
            Column(Text("State", "状态")),
            Column(Text("Through", "截至")),
            Column(Text("Last 30 log days", "最近 30 个日志日")),
            Column(Text("Accepted", "接收"), number=True),
            Column(Text("Quarantined", "隔离"), number=True),
            Column(Text("Rows in all", "累计行数"), number=True),
        ],
        rows=rows,
        result=result,
    )


def _log_row(source: Source, present: list[Row], squares: list[tuple[str, str]]) -> list[Cell]:
    accepted = sum(cell["accepted"] or 0 for cell in present)
    quarantined = sum(cell["quarantined"] or 0 for cell in present)
    return [
        Cell(source.name),
        Cell(marks.badge(source.state, "good" if source.is_complete else "warn"), source.lag),
        Cell(day(source.last_day), str(source.last_day)),
        Cell(marks.strip(squares), len(present)),
        Cell(integer(accepted), accepted),
        Cell(integer(quarantined), quarantined),
        Cell(integer(source.n_rows), source.n_rows),
    ]


def _square(log_day: date, row: Row | None, *, is_withheld: bool) -> tuple[str, str]:
    """Class of a day's square, and what the pointer shows."""
    if row is None:
        return "none", f"{log_day.isoformat()}: {MISSING}"
    state = "bad" if row["n_rejected"] or is_withheld else "some" if row["quarantined"] else "full"
    sums = f"{integer(row['accepted'])} + {integer(row['quarantined'])} = {integer(row['delivered'])}"
    return state, f"{log_day.isoformat()}: {sums}{', withheld' if is_withheld else ''}"


def _rejected(marts: Marts, context: SiteContext) -> Block:
    result = marts.run(
        "rejected_files",
        f"""
        with
        {_current(context)}

        select log, log_day, file, bytes, status, reason, ingested_at, run_id
        from files
        where status = 'rejected'
        order by log_day desc, log, file
        """,
        limit=100,
    )
    title = Text("Rejected files", "拒收文件")
    if not result.rows:
        body = Text("No file of the last 30 log days was rejected.", "最近 30 个日志日没有拒收的文件。")
        return Note(title=title, body=body, result=result)
    return Table(
        title=title,
        columns=[
            Column(Text("File", "文件")),
            Column(Text("Log", "日志")),
            Column(Text("Log day", "日志日")),
            Column(Text("Size", "大小"), number=True),
            Column(Text("Reason", "原因"), wide=True),
        ],
        rows=[
            [
                Cell(row["file"]),
                Cell(words.log(row["log"])),
                Cell(day(row["log_day"]), str(row["log_day"])),
                Cell(size(row["bytes"]), row["bytes"]),
                Cell(said(row["reason"])),
            ]
            for row in result.rows
        ],
        result=result,
    )
