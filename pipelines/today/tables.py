"""Tables of the page "Today so far": what rings, questions that wait, events, money."""

from __future__ import annotations

from pipelines.report.parts.blocks import Block, Cell, Column, Note, Table
from pipelines.report.parts.database import Row
from pipelines.report.parts.text import MISSING, Text, hours, integer, plural, price
from pipelines.report.parts.text import money as amount_of
from pipelines.today import bells
from pipelines.today.seen import WEEKS_NEEDED, Seen, between

_SHOWN = 12


def alarms(seen: Seen) -> list[Block]:
    """What rings at this hour; nothing where nothing does, or nothing can be compared."""
    if not seen.alarms.rows:
        return []
    return [
        Table(
            title=Text("Early warnings", "预警"),
            note=Text(
                "By the limits of the alarms of whole days, against the same hour; silence and flood by the hour.",
                "采用全日警报的限度，与同一时刻相比；另按小时判断日志的静默与激增。",
            ),
            columns=[
                Column(Text("What", "内容"), wide=True),
                Column(Text("So far", "至今"), number=True),
                Column(Text("Usual", "常见值"), number=True),
                Column(Text("No alarm within", "不报警范围"), number=True),
            ],
            rows=[
                [
                    Cell(bells.said(row)),
                    Cell(integer(row["value"]), row["value"]),
                    Cell(integer(row["baseline"]), row["baseline"]),
                    Cell(MISSING if row["band_high"] is None else between(row["band_low"], row["band_high"])),
                ]
                for row in seen.alarms.rows
            ],
            result=seen.alarms,
        )
    ]


def questions(seen: Seen) -> list[Block]:
    """Questions that wait now; nothing where no log would hold one."""
    if not {"content"} & {*seen.collected, *seen.came}:
        return []
    title = Text("Questions waiting now", "当前等待回应的提问")
    rows, n_new = seen.questions.rows, sum(row["is_new"] for row in seen.questions.rows)
    if not rows:
        return [Note(title=title, result=seen.questions, body=Text("No question is open.", "没有待回应的提问。"))]
    table = Table(
        title=title,
        note=Text(
            f"{plural(seen.questions.n, 'question', 'questions')} of the last 30 days without a response by another "
            f"member, {integer(n_new)} of them asked today.",
            f"最近 30 天内共 {integer(seen.questions.n)} 个提问尚无其他成员回应，其中今天提出 {integer(n_new)} 个。",
        ),
        columns=[
            Column(Text("Question", "提问"), wide=True),
            Column(Text("Channel", "频道")),
            Column(Text("Waits for", "已等待"), number=True),
        ],
        rows=[
            [Cell(row["title"]), Cell(row["channel"] or ""), Cell(hours(row["observed_hours"]), row["observed_hours"])]
            for row in sorted(rows, key=lambda row: (not row["is_new"], -row["observed_hours"]))[:_SHOWN]
        ],
        result=seen.questions,
    )
    return [table]


def events(seen: Seen) -> list[Block]:
    """Events that start today; nothing where there is none."""
    if not seen.events.rows:
        return []
    return [
        Table(
            title=Text("Events today", "今天的活动"),
            half=bool(seen.money.rows),
            columns=[
                Column(Text("Event", "活动"), wide=True),
                Column(Text("Starts", "开始")),
                Column(Text("Places", "名额"), number=True),
                Column(Text("Registered before", "此前报名"), number=True),
                Column(Text("Registered today", "今日报名"), number=True),
                Column(Text("There so far", "已到场"), number=True),
            ],
            rows=[
                [
                    Cell(row["title"]),
                    Cell(f"{row['starts_at']:%H:%M}"),
                    Cell(integer(row["capacity"]), row["capacity"]),
                    Cell(integer(row["n_registered"]), row["n_registered"]),
                    Cell(integer(row["n_new"]), row["n_new"]),
                    Cell(integer(row["n_attended"]), row["n_attended"]),
                ]
                for row in seen.events.rows
            ],
            result=seen.events,
        )
    ]


def money(seen: Seen) -> list[Block]:
    """Payments by currency; nothing where none came today or on the usual days, or what came is kept back."""
    if not seen.money.rows or seen.lacks.get("n_payments", ("payments",)):
        return []
    return [
        Table(
            title=Text("Money in so far", "至今收款"),
            half=bool(seen.events.rows),
            columns=[
                Column(Text("Currency", "货币")),
                Column(Text("Received", "收款"), number=True),
                Column(Text("Usual by now", "平常此时"), number=True),
                Column(Text("Paid back", "退款"), number=True),
                Column(Text("Members who paid", "付款成员"), number=True),
            ],
            rows=[
                [
                    Cell(row["currency"]),
                    Cell(price(row["received_minor"], row["currency"], named=False), row["received_minor"]),
                    Cell(_usual_money(row)),
                    Cell(price(row["paid_back_minor"], row["currency"], named=False), row["paid_back_minor"]),
                    Cell(integer(row["n_payers"]), row["n_payers"]),
                ]
                for row in seen.money.rows
            ],
            result=seen.money,
        )
    ]


def _usual_money(row: Row) -> str:
    if not row["n_weeks"] or row["n_weeks"] < WEEKS_NEEDED:
        return MISSING
    currency = row["currency"]
    low, high = (amount_of(row[name], currency) for name in ("least_received_minor", "most_received_minor"))
    return low if low == high else f"{low.removesuffix(currency).strip()}–{high.removesuffix(currency).strip()}"
