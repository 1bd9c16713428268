"""What a message is made of, how it is written in one language, and how it is cut to what a place takes."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from pipelines.report.parts.text import Text

Language = Literal["en", "zh"]
Rows = list[dict[str, Any]]

_BREAKS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]+")
_CALLS = re.compile(r"(?<=[@＠<])(?=\S)")
_MARKDOWN = re.compile(r"([\\`*_\[\]#|~>])")
_HIDDEN_SPACE = "\u200b"
_LEFT_OUT = Text("… and more:", "……更多：")


@dataclass(frozen=True)
class Section:
    """Lines under a heading; numbered where their order counts."""

    title: Text
    lines: tuple[Text, ...]
    is_numbered: bool = False


@dataclass(frozen=True, kw_only=True)
class Piece:
    """A text of the community's own to publish, in Markdown, as its author wrote it."""

    text: str
    channel: str = ""
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Message:
    """What is said to people, in both languages.

    Attributes:
        kind: what it is, as targets ask for it.
        key: its name; a target gets each key once.
        title: its first line, or its subject.
        lead: what matters most, in a sentence or two.
        sections: the rest, the most important first: where a place takes little, the end is cut.
        day: last day of the data that it speaks of; None where it speaks of none.
        page: the page that says more, below the site's address.
        about: alarms that it speaks of, as the log of messages keeps them.
        rows: members of a list, for programs; None in all other messages.
        piece: what is to be published; None in all other messages.
    """

    kind: str
    key: str
    title: Text
    lead: Text
    sections: tuple[Section, ...] = ()
    day: date | None = None
    page: str = "index.html"
    about: tuple[str, ...] = ()
    rows: Rows | None = None
    piece: Piece | None = None


@dataclass(frozen=True, kw_only=True)
class Letter:
    """A message in the language of its reader, with the link."""

    kind: str
    key: str
    language: Language
    title: str
    lead: str
    sections: tuple[tuple[str, tuple[str, ...]], ...]
    link: str
    day: date | None = None
    rows: Rows | None = None
    piece: Piece | None = None

    @property
    def lines(self) -> list[str]:
        """The body's lines, without title and link; an empty one before each heading."""
        found = [self.lead] if self.lead else []
        for title, lines in self.sections:
            found += [*([""] if found else []), title, *lines]
        return found

    @property
    def text(self) -> str:
        """The body with the link; of a piece what its author wrote."""
        if self.piece:
            return self.piece.text
        return "\n".join([*self.lines, "", self.link])

    @property
    def for_chat(self) -> str:
        """The body with nothing in it that would call everybody in a chat, or be taken for markup."""
        return "\n".join([*map(uncalling, self.lines), "", self.link])

    @property
    def markdown(self) -> str:
        """The body as Markdown in which nobody's words are markup; of a piece what its author wrote."""
        if self.piece:
            return self.piece.text
        parts = [_escaped(self.lead)] if self.lead else []
        for title, lines in self.sections:
            parts.append("\n".join([f"**{_escaped(title)}**", "", *(_item(line) for line in lines)]))
        return "\n\n".join([*parts, f"<{self.link}>" if self.link.startswith("http") else _escaped(self.link)])


def told(message: Message, language: Language, link: str) -> Letter:
    """Write a message in one language."""

    def said(text: Text) -> str:
        return text.zh if language == "zh" else text.en

    sections = tuple(
        (
            said(section.title),
            tuple(
                f"{number}. {said(line)}" if section.is_numbered else f"- {said(line)}"
                for number, line in enumerate(section.lines, start=1)
            ),
        )
        for section in message.sections
        if section.lines
    )
    return Letter(
        kind=message.kind,
        key=message.key,
        language=language,
        title=said(message.title),
        lead=said(message.lead),
        sections=sections,
        link=link,
        day=message.day,
        rows=message.rows,
        piece=message.piece,
    )


def cut(body: str, most: int, language: Language, size: Callable[[str], int] = len) -> str:
    """Return a body that is at most so long: whole lines are left out before the link, which is its last line."""
    if size(body) <= most:
        return body
    *lines, link = body.split("\n")
    end = f"\n\n{_LEFT_OUT.zh if language == 'zh' else _LEFT_OUT.en}\n{link}"
    while lines and size("\n".join(lines)) + size(end) > most:
        lines.pop()
    while lines and not lines[-1].startswith(("- ", *"123456789")) and len(lines) > 1:
        lines.pop()  # a heading without lines, or the empty line before it
    return "\n".join(lines) + end


def one_line(text: str, most: int = 80) -> str:
    """Return somebody's words as one line without control characters, cut where they are long."""
    line = " ".join(_BREAKS.sub(" ", text).split())
    return line if len(line) <= most else f"{line[: most - 1].rstrip()}…"


def uncalling(text: str) -> str:
    """Return a text in which no @name and no <tag> is one for a chat: a space without width stands after the sign."""
    return _CALLS.sub(_HIDDEN_SPACE, text)


def _escaped(text: str) -> str:
    return _MARKDOWN.sub(r"\\\1", uncalling(text))


def _item(line: str) -> str:
    mark, space, rest = line.partition(" ")
    return f"{mark}{space}{_escaped(rest)}"
