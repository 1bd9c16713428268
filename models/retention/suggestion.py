"""What to do for a member, by rules that anybody can read, with the words for the operator in both languages."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

TERM_ENDS_SOON = 14
"""Days to the end of a paid term within which a coupon is suggested."""
WORTH_A_CALL = 2.0
"""Weight (times the typical member's value) from which somebody at high risk is worth a personal word."""

_KIND_NAMES = {
    "article": ("article", "文章"),
    "live": ("live", "直播"),
    "course": ("course", "课程"),
    "question": ("question", "提问"),
}
"""Kinds of pieces that may be suggested, in both languages."""

KINDS = ("coupon", "call", "invitation", "message", "points")
"""What may be suggested, first choice first; kinds of the actions log."""
_KINDS_OF_ASKERS = ("coupon", "call", "message", "invitation", "points")
"""The same for whoever waits for an answer: the message is about their question."""


def known(value: object) -> str | None:
    """Return the text of a frame's cell, or None where it holds none: null in any of its forms, or blanks."""
    if value is None or pd.isna(value):  # type: ignore[call-overload]
        return None
    return str(value).strip() or None


@dataclass(frozen=True)
class Piece:
    """A piece that may be suggested. One without a title is called by its kind and id."""

    content_id: str
    kind: str | None = None
    title: str | None = None

    @property
    def name(self) -> str:
        """Its title in quotes, else its id."""
        return f"“{self.title}”" if self.title else self.content_id

    @property
    def en(self) -> str:
        """What an operator sends, in English."""
        return self.name if self.title else f"{self._kind[0]}{self.name}"

    @property
    def zh(self) -> str:
        """The same in Chinese."""
        return self.name if self.title else f"{self._kind[1]}{self.name}"

    @property
    def _kind(self) -> tuple[str, str]:
        english, chinese = _KIND_NAMES.get(self.kind or "", ("", ""))
        return (f"the {english} ", f"{chinese} ") if english else ("", "")


@dataclass(frozen=True)
class Suggestion:
    """What to do: its kind, why and what in words, and the pieces or event it is about."""

    kind: str
    en: str
    zh: str
    content_ids: list[str] = field(default_factory=list)
    event_id: str | None = None


def suggest(member: Mapping[str, Any], pieces: Sequence[Piece], avoid: Collection[str] = ()) -> Suggestion:
    """Return the first suggestion that fits a member.

    Args:
        member: ``risk_band``, ``weight``, ``days_to_term_end``, ``event_id``, ``event_title``, ``event_day``,
            ``question_id``, ``question_title``, ``question_days``.
        pieces: Up to three unread pieces, best first.
        avoid: Kinds that were measured to do harm.
    """
    kinds = KINDS if _question(member) is None else _KINDS_OF_ASKERS
    fitting = [found for kind in kinds if kind not in avoid and (found := _of_kind(kind, member, pieces))]
    # Points fit everybody; if even they do harm, only a personal word is left.
    return fitting[0] if fitting else of_kind("call", member, pieces)


def of_kind(kind: str, member: Mapping[str, Any], pieces: Sequence[Piece]) -> Suggestion:
    """Return a suggestion of a kind that was settled before, whether it fits the member by now or not."""
    return _of_kind(kind, member, pieces) or _plain(kind)


def _plain(kind: str) -> Suggestion:
    words = {
        "coupon": ("Offer the renewal coupon.", "送出续费优惠券。"),
        "call": ("Call or write in person.", "亲自电话或私信联系。"),
        "invitation": ("Invite to the next event.", "邀请参加下一场活动。"),
        "message": ("Send something worth reading.", "推送值得一读的内容。"),
        "points": ("Give points for coming back.", "赠送回归积分。"),
    }
    return Suggestion(kind, *words[kind])


def _of_kind(kind: str, member: Mapping[str, Any], pieces: Sequence[Piece]) -> Suggestion | None:
    return _MAKERS[kind](_plain(kind), member, pieces)


def _coupon(plain: Suggestion, member: Mapping[str, Any], _: Sequence[Piece]) -> Suggestion | None:
    left = member.get("days_to_term_end")
    if left is None or not left <= TERM_ENDS_SOON:
        return None
    english, chinese = _waits(member)
    return replace(
        plain,
        en=f"{plain.en} The term ends in {_days(left)}.{english}",
        zh=f"{plain.zh}当前订阅 {left:.0f} 天后到期。{chinese}",
    )


def _call(plain: Suggestion, member: Mapping[str, Any], _: Sequence[Piece]) -> Suggestion | None:
    if member["risk_band"] != "high" or member["weight"] < WORTH_A_CALL:
        return None
    times = f"{member['weight']:.1f}"
    english, chinese = _waits(member)
    return replace(
        plain,
        en=f"{plain.en} Worth {times} times the typical member.{english}",
        zh=f"{plain.zh}价值为典型成员的 {times} 倍。{chinese}",
    )


def _invitation(plain: Suggestion, member: Mapping[str, Any], _: Sequence[Piece]) -> Suggestion | None:
    event = known(member.get("event_id"))
    if event is None:
        return None
    title, day = known(member.get("event_title")), member["event_day"]
    return replace(
        plain,
        en=f"Invite to {f'“{title}”' if title else f'the event {event}'} on {day}.",
        zh=f"邀请参加 {day} 的{f'“{title}”' if title else f'活动 {event}'}。",
        event_id=event,
    )


def _message(plain: Suggestion, member: Mapping[str, Any], pieces: Sequence[Piece]) -> Suggestion | None:
    if asked := _question(member):
        days = member["question_days"]
        return replace(
            plain,
            en=f"Write about their question {asked.name}, which has waited {_days(days)}: "
            "the page Answers names who could answer it.",
            zh=f"就其提问{asked.name}（已等待 {days:.0f} 天）联系对方；“问答”页列出了能解答的人。",
            content_ids=[asked.content_id],
        )
    if not pieces:
        return None
    english, chinese = "; ".join(piece.en for piece in pieces), "、".join(piece.zh for piece in pieces)
    ids = [piece.content_id for piece in pieces]
    return replace(plain, en=f"Send: {english}.", zh=f"推送：{chinese}。", content_ids=ids)


def _points(plain: Suggestion, _member: Mapping[str, Any], _pieces: Sequence[Piece]) -> Suggestion | None:
    return plain


def _question(member: Mapping[str, Any]) -> Piece | None:
    """Return the member's question that waits for an answer."""
    question = known(member.get("question_id"))
    return Piece(question, "question", known(member.get("question_title"))) if question else None


def _waits(member: Mapping[str, Any]) -> tuple[str, str]:
    """Return a sentence that the member's question waits, in both languages; empty where none does."""
    if (asked := _question(member)) is None:
        return "", ""
    days = member["question_days"]
    return f" Their question {asked.name} has waited {_days(days)}.", f"其提问{asked.name}已等待 {days:.0f} 天。"


def _days(number: float) -> str:
    return "1 day" if number == 1 else f"{number:.0f} days"


_Maker = Callable[[Suggestion, Mapping[str, Any], Sequence[Piece]], Suggestion | None]
_MAKERS: dict[str, _Maker] = {
    "coupon": _coupon,
    "call": _call,
    "invitation": _invitation,
    "message": _message,
    "points": _points,
}
