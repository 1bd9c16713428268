"""The owner's month on one sheet: money, members, content, events, what was done and whether it worked, targets."""

from __future__ import annotations

from pipelines.report.context import SiteContext
from pipelines.report.parts.blocks import Block, Note, Page
from pipelines.report.parts.database import Marts
from pipelines.report.parts.header import Header
from pipelines.report.parts.months import Figure, last_month
from pipelines.report.parts.text import MISSING, Text, integer, joined, money, month, percent, plural
from pipelines.report.sections import owner_figures, owner_lists

_TITLE = Text("Month for the owner", "月报")
_QUESTION = Text("How did the month go?", "这个月怎么样？")


def page(marts: Marts, context: SiteContext, header: Header) -> Page:
    """The last month that is over; it prints on one sheet."""
    currency = owner_figures.currency_of(marts, context)
    blocks, found = owner_figures.tables(marts, context, header, currency)
    if not found:
        whole = month(last_month(context.through_day))
        answer = Text(f"Nothing is known of {whole.en}.", f"{whole.zh}没有数据。")
        body = Text(
            "This page is about the last month that is over. It fills once a month has passed since the first log day.",
            "本页介绍最近一个完整的月份；自首个日志日起满一个整月后才有内容。",
        )
        return Page(name="owner", title=_TITLE, question=_QUESTION, answer=answer, blocks=[_empty(body)])
    blocks += owner_lists.blocks(marts, context)
    return Page(name="owner", title=_TITLE, question=_QUESTION, answer=_sentence(found, context), blocks=blocks)


def _empty(body: Text) -> Block:
    return Note(title=Text("No month to report yet", "尚无可报告的月份"), body=body)


def _sentence(found: list[Figure], context: SiteContext) -> Text:
    """Money, members and targets in a sentence each, of those that are known."""
    known = {one.key: one for one in found if one.value is not None}
    name = month(last_month(context.through_day))
    said = [part for part in (_money(known), _active(known)) if part]
    if not said:
        said = [Text("nothing that is known of the month can be compared", "当月数据暂无可比较的内容")]
    text = name + Text(": ", "：") + joined(said)
    good, told = owner_figures.reached(found, context)
    if told:
        text += Text(f"; {good} of {plural(told, 'target', 'targets')} reached", f"；{told} 个目标中达成 {good} 个")
    return text + Text(".", "。")


def _money(known: dict[str, Figure]) -> Text | None:
    one = known.get("mrr")
    if one is None:
        return None
    text = Text(
        f"recurring revenue ended at {money(one.value, one.currency)}",
        f"月末经常性收入为 {money(one.value, one.currency)}",
    )
    text += _against(one)
    if payers := known.get("payers"):
        n = integer(payers.value)
        text += Text(f", from {n} paying members", f"，来自 {n} 名付费成员")
    return text


def _active(known: dict[str, Figure]) -> Text | None:
    one = known.get("mau")
    if one is None:
        return None
    n = integer(one.value)
    return Text(f"{n} members were active in its last 30 days", f"月末 30 天内有 {n} 名成员活跃") + _against(one)


def _against(one: Figure) -> Text:
    """By which share a figure rose or fell against the month before, where both are sure."""
    change, _ = one.change
    before = one.before
    if change == MISSING or before is None or one.now is None:
        return Text("", "")
    column = "amount_minor" if one.metric.unit == "minor units" else "n_members"
    start, end = before[column], one.now[column]
    if not start:
        return Text("", "")
    share = percent(abs(end - start) / start, 1000)
    if share == MISSING:
        return Text("", "")
    if end == start:
        return Text(", as the month before", "，与上月持平")
    more, zh = ("more", "多") if end > start else ("less" if column == "amount_minor" else "fewer", "少")
    return Text(f", {share} {more} than the month before", f"，比上月{zh} {share}")
