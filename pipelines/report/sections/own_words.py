"""What the time line of a member calls what happened: each kind of row in words, with a tone for good and bad."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from pipelines.lake.own_pages import EVENT, MEMBER, PIECE
from pipelines.report.parts import words
from pipelines.report.parts.blocks import Tone
from pipelines.report.parts.database import Row
from pipelines.report.parts.linked import One
from pipelines.report.parts.text import MISSING, Text, day, hours, integer, joined, percent, plural, price
from pipelines.report.sections import own_sent, scores

Said = tuple[Text, Tone, tuple[object, ...]]
"""What happened in a word or two, whether that is good, and what there is to say of it."""

PAID_FOR = {
    "subscription": Text("subscription", "订阅"),
    "content": Text("piece", "内容"),
    "event": Text("ticket", "门票"),
}
_BEGUN = {
    "trial": Text("Trial began", "开始试用"),
    "comped": Text("Given a term", "获赠会员"),
    "start": Text("Subscribed", "开始订阅"),
    "upgrade": Text("Upgraded", "升级套餐"),
    "downgrade": Text("Downgraded", "降级套餐"),
}
_ENDED = {
    "refunded": Text("Refunded, term ended", "退款，付费期结束"),
    "payment_failure": Text("Payment failed", "扣款失败"),
    "cancelled": Text("Cancelled, term ended", "已取消，付费期结束"),
    "expired": Text("Not renewed", "未续费"),
    "in_grace": Text("Term over, in grace", "已到期，宽限期内"),
}
STATES: dict[str, tuple[Text, Tone]] = {
    "attended": (Text("Attended", "到场"), "good"),
    "no_show": (Text("Did not come", "未到场"), "warn"),
    "registered": (Text("Registered", "报名"), "neutral"),
    "waitlisted": (Text("On the waiting list", "候补"), "neutral"),
    "cancelled": (Text("Called off", "取消报名"), "warn"),
    "invited": (Text("Invited", "受邀"), "neutral"),
}
_POINTS = {
    "earned": Text("Points earned", "获得积分"),
    "spent": Text("Points spent", "使用积分"),
    "expired": Text("Points expired", "积分过期"),
}
_STATUSES = {
    "active": Text("active", "正常"),
    "left": Text("left", "已退出"),
    "banned": Text("banned", "已封禁"),
}
_ROLES = {
    "member": Text("member", "成员"),
    "contributor": Text("contributor", "贡献者"),
    "host": Text("host", "主持人"),
    "staff": Text("staff", "工作人员"),
    "bot": Text("bot", "机器人"),
}


def said(row: Row) -> Said:
    """Put a row of the time line into words."""
    return _SAY[row["what"]](row)


def with_whom(row: Row) -> One | None:
    """The other member of a row, if there is one."""
    return One(MEMBER, row["other_id"], row["other_name"], row["other_url"]) if row["other_id"] else None


def status(code: str | None) -> Text:
    """The standing of an account."""
    return words.word(_STATUSES, code)


def role(code: str | None) -> Text:
    """A member's role."""
    return words.word(_ROLES, code)


def _week(row: Row) -> Said:
    did, read, active = integer(row["n"]), row["amount"], int(row["kind"])
    text = Text(
        f"{plural(row['n'], 'contribution', 'contributions')} on {plural(active, 'day', 'days')}",
        f"{active} 天共 {did} 次内容与互动",
    )
    if read:
        text += Text(f", {plural(read, 'piece read', 'pieces read')}", f"，阅读 {integer(read)} 次")
    if not row["n"]:
        text = Text(f"only read: {plural(read, 'time', 'times')}", f"仅阅读 {integer(read)} 次")
    monday = date.fromisoformat(row["about_id"])
    return Text("Active", "活跃"), "neutral", (Text("week from ", "自") + day(monday) + Text(": ", "起一周：") + text,)


def _payment(row: Row) -> Said:
    is_back = row["how"] == "refund"
    what = Text("Paid back", "退款") if is_back else Text("Paid", "付款")
    said: tuple[object, ...] = (price(abs(row["amount"]), row["currency"]), " · ", words.word(PAID_FOR, row["kind"]))
    if row["about_id"]:
        kind = EVENT if row["kind"] == "event" else PIECE
        said = (*said, " · ", One(kind, row["about_id"], row["title"]))
    return what, "bad" if is_back else "good", said


def _begun(row: Row) -> Said:
    until = Text("until ", "至") + day(date.fromisoformat(row["about_id"]))
    return words.word(_BEGUN, row["how"]), "good", _plan(row, until)


def _ended(row: Row) -> Said:
    if row["kind"] == "trial" and row["how"] in ("expired", "cancelled"):
        return Text("Trial over, not paid", "试用结束，未付费"), "warn", _plan(row)
    return words.word(_ENDED, row["how"]), "warn" if row["how"] == "in_grace" else "bad", _plan(row)


def _plan(row: Row, *more: Text) -> tuple[object, ...]:
    parts: list[object] = [row["title"]] if row["title"] else []
    if row["amount"]:
        amount = price(row["amount"], row["currency"])
        parts.append(Text(f"{amount} a month", f"每月 {amount}"))
    return _joined([*parts, *more])


def _joined(parts: list[object]) -> tuple[object, ...]:
    found: list[object] = []
    for part in parts:
        found += [" · ", part] if found else [part]
    return tuple(found)


def _event(row: Row) -> Said:
    what, tone = STATES[row["how"]]
    named: tuple[object, ...] = (One(EVENT, row["about_id"], row["title"]),)
    if row["amount"] is not None:
        score = f"{row['amount']:g}"
        named = (*named, Text(f" · scored it {score} of 5", f" · 评分 {score}（满分 5）"))
    return what, tone, named


def _list(row: Row) -> Said:
    of = words.word(words.DEFINITIONS, row["kind"])
    if row["how"] == "treated":
        what = Text("On the list to contact", "列入联系名单")
        return what, "warn", (of, Text(": ", "："), Text(row["said_en"], row["said_zh"]))
    alone = Text(": drawn into the control arm, left alone", "：抽入对照组，不联系")
    return Text("On the list, control", "名单对照组"), "neutral", (of + alone,)


def _points(row: Row) -> Said:
    about = _joined([integer(row["n"]), *([row["title"]] if row["title"] else [])])
    return words.word(_POINTS, row["how"]), "good" if row["how"] == "earned" else "neutral", about


def _question(row: Row) -> Said:
    named: tuple[object, ...] = (One(PIECE, row["about_id"], row["title"]),)
    waited = hours(row["amount"])
    if row["how"] == "answered":
        more = Text(
            f" · first of {integer(row['n'])} responses after {waited.en}",
            f" · {waited.zh}后得到首个回应，共 {integer(row['n'])} 个",
        )
        if row["n"] == 1:
            more = Text(f" · one response, after {waited.en}", f" · {waited.zh}后得到唯一回应")
        return Text("Asked", "提问"), "good", (*named, more)
    more = Text(f" · no response for {waited.en}", f" · 已等 {waited.zh}，尚无回应")
    what = (
        Text("Asked, waits", "提问，等待中") if row["how"] == "waiting" else Text("Asked, unanswered", "提问，无人回应")
    )
    return what, "warn" if row["how"] == "waiting" else "bad", (*named, more)


def _wrote(row: Row) -> Said:
    kind = words.word(words.KINDS, row["how"])
    return Text("Published", "发布"), "good", (One(PIECE, row["about_id"], row["title"]), " · ", kind)


def _risk(row: Row) -> Said:
    of, band = words.word(words.DEFINITIONS, row["kind"]), words.word(words.LEVELS, row["how"])
    share = percent(row["amount"])
    what = Text(f"Risk {band.en}", f"风险{band.zh}")
    why = joined(scores.reasons({"reasons_en": row["said_en"], "reasons_zh": row["said_zh"]}))
    return what, scores.TONES.get(row["how"], "neutral"), (of + Text(f" {share}: ", f" {share}：") + why,)


def _state(row: Row) -> Said:
    changes = [
        (Text("plan", "套餐"), _plain(row["about_id"]), _plain(row["title"])),
        (Text("role", "角色"), role(row["said_zh"]), role(row["kind"])),
        (Text("standing", "状态"), status(row["said_en"]), status(row["how"])),
    ]
    parts: list[object] = [
        Text(f"{name.en} {old.en} → {new.en}", f"{name.zh} {old.zh} → {new.zh}")
        for name, old, new in changes
        if old != new
    ]
    return Text("Changed", "变更"), "bad" if row["how"] in ("left", "banned") else "neutral", _joined(parts)


def _plain(code: str | None) -> Text:
    return Text(code or MISSING, code or MISSING)


_SAY: dict[str, Callable[[Row], Said]] = {
    "week": _week,
    "payment": _payment,
    "begun": _begun,
    "ended": _ended,
    "event": _event,
    "list": _list,
    "sent": own_sent.said,
    "points": _points,
    "question": _question,
    "wrote": _wrote,
    "risk": _risk,
    "state": _state,
}
