"""How a member, a piece or an event is named, and the link to its own page where the site has one.

Which pages there are is known when all others are built, so a name becomes a link when it is written into a page.
An erasure finds the links, and names beside ids, by what this writes: ``pipelines.privacy.needles`` knows its form.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from markupsafe import Markup, escape

from pipelines.lake.own_pages import MEMBER, own_page


@dataclass(frozen=True)
class One:
    """A member, a piece or an event: its kind, id, name where it has one, and a member's page elsewhere in the web."""

    kind: str
    id: str
    name: str | None = None
    url: str | None = None

    @property
    def page(self) -> str:
        """Where its own page is, if there is one."""
        return own_page(self.kind, self.id)

    def __str__(self) -> str:
        """What it is called."""
        return self.name or self.id

    def __html__(self) -> Markup:
        """Without a link to a page of its own."""
        return self.shown(())

    def shown(self, pages: Collection[str]) -> Markup:
        """As HTML; a link where these pages hold its own."""
        named = person(self.id, self.name, None) if self.kind == MEMBER else Markup("{}").format(str(self))
        if self.page in pages:
            return Markup('<a href="{}">{}</a>').format(self.page, named)
        return escape(person(self.id, self.name, self.url) if self.kind == MEMBER else named)


@dataclass(frozen=True)
class Sentence:
    """A sentence in both languages, each in parts in a row, of which some are members, pieces or events."""

    en: tuple[object, ...]
    zh: tuple[object, ...]

    def __html__(self) -> Markup:
        """Without links to pages of their own."""
        return self.shown(())

    def shown(self, pages: Collection[str]) -> Markup:
        """As HTML in both languages; links where these pages hold what it names."""
        return Markup('<span lang="en">{}</span><span lang="zh-Hans">{}</span>').format(
            linked(self.en, pages), linked(self.zh, pages)
        )


def linked(value: object, pages: Collection[str]) -> object:
    """Return what a template writes, names in it as links; several things in a row are a tuple."""
    if isinstance(value, One | Sentence):
        return value.shown(pages)
    if isinstance(value, tuple):
        return Markup("").join(escape(linked(part, pages)) for part in value)
    return value


def person(member_id: str, name: str | None, url: str | None) -> Markup | str:
    """A member's name, isolated from the direction of the text around it, then the id; linked to a page of the web."""
    shown = Markup("<bdi>{}</bdi>").format(name) if name else member_id
    if url and url.startswith(("https://", "http://")):
        shown = Markup('<a href="{}" rel="noopener noreferrer nofollow">{}</a>').format(url, shown)
    return Markup('<span class="person">{} <small>{}</small></span>').format(shown, member_id) if name else shown
