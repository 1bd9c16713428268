"""The page "Today so far": what is unusual first, then the figures against the same hour of usual days."""

from __future__ import annotations

from pipelines.report.parts import charts
from pipelines.report.parts.blocks import Block, Chart, Page, Tile, Tiles
from pipelines.report.parts.database import Row
from pipelines.report.parts.text import Text, day, integer, joined, plural, weekday
from pipelines.today import logs, tables
from pipelines.today.seen import LABELS, Seen, between, side, usual

NAME = "today"
TITLE = Text("Today so far", "今日至今")
_QUESTION = Text("How is today going?", "今天进展如何？")
_SAID = ("n_interactions", "dau")


def page(seen: Seen) -> Page:
    """Make the page."""
    blocks: list[Block] = []
    blocks += tables.alarms(seen)
    blocks += logs.withheld(seen)
    if seen.figures.rows:
        blocks.append(_tiles(seen))
    blocks += _charts(seen)
    blocks += [*tables.questions(seen), *tables.events(seen), *tables.money(seen), logs.logs(seen), logs.trust(seen)]
    return Page(name=NAME, title=TITLE, question=_QUESTION, answer=sentence(seen), blocks=blocks)


def sentence(seen: Seen) -> Text:
    """The day so far in a sentence or two."""
    day_, name = day(seen.moment.day), weekday(seen.moment.day)
    if not seen.came:
        return Text(
            f"Nothing of {name.en}, {day_.en} has come yet: no log has a file of the day.",
            f"{day_.zh}（{name.zh}）尚未送达任何数据：没有任何日志的当日文件。",
        )
    lead = Text(f"Until {seen.clock} on {name.en}, {day_.en}: ", f"{day_.zh}（{name.zh}）截至 {seen.clock}：")
    rows = {row["measure"]: row for row in seen.figures.rows if row["amount"] is not None}
    told = [_told(rows[measure]) for measure in _SAID if measure in rows]
    if not told:
        told = [Text("what came cannot be shown", "送达的数据暂不能显示")]
    text = lead + joined(told) + Text(".", "。")
    if n := seen.alarms.n:
        text += Text(f" {plural(n, 'alarm rings', 'alarms ring')}.", f"有 {n} 项警报。")
    return text


def _told(row: Row) -> Text:
    label, amount = LABELS[row["measure"]], integer(row["amount"])
    text = Text(f"{amount} {label.en.lower()}", f"{label.zh} {amount}")
    if (where := usual(row)) is None:
        return text
    if side(row):
        return text + Text(f", {where.en} of this hour", f"，{where.zh}（同一时刻）")
    shown = between(row["lowest"], row["highest"])
    return text + Text(f", as usual at this hour ({shown})", f"，与平常此时相当（{shown}）")


def _tiles(seen: Seen) -> Tiles:
    name, n = weekday(seen.moment.day), len(seen.moment.usual_days)
    return Tiles(
        title=Text("The day so far", "当日至今"),
        note=Text(
            f"Not whole: the nightly run replaces these figures. Usual is the range of the same hour on the {n} "
            f"{name.en}s before; an amount outside it is marked.",
            f"数据不完整：每晚运行后会被替换。“常见”为此前 {n} 个{name.zh}同一时刻的范围；超出者有标记。",
        ),
        tiles=[_tile(seen, row) for row in seen.figures.rows],
        result=seen.figures,
    )


def _tile(seen: Seen, row: Row) -> Tile:
    label = LABELS[row["measure"]]
    if gone := seen.lacks[row["measure"]]:
        return Tile(label=label, value="–", note=logs.lacking(seen, gone))
    return Tile(label=label, value=integer(row["amount"]), note=usual(row), unusual=bool(side(row)))


def _charts(seen: Seen) -> list[Block]:
    found: list[Block] = []
    for measure in dict.fromkeys(row["measure"] for row in seen.hours.rows):
        rows = [row for row in seen.hours.rows if row["measure"] == measure]
        hours = charts.column(rows, "hour")
        low, high = charts.column(rows, "lowest"), charts.column(rows, "highest")
        series = [
            charts.band(hours, low, high, Text("usual", "常见"), "c3"),
            charts.line(hours, charts.column(rows, "baseline"), Text("median", "中位数"), "c3"),
            charts.line(hours, charts.column(rows, "amount"), Text("today", "今天"), "c1", look="thick"),
        ]
        figure = charts.figure(series, x_title=Text("until this hour", "截至该时刻"))
        title = LABELS[measure] + Text(" since midnight", "（自零点起）")
        note = Text("Shaded: the usual days.", "阴影为平常的日子。")
        found.append(Chart(title=title, note=note, figure=figure, result=seen.hours, half=True))
    return found
