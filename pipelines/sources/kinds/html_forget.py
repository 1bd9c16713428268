"""Web pages without the erased: a piece of theirs shrinks to what tables are made of, and their names go elsewhere."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import asdict, replace
from typing import Any

from lxml import html
from parsel import Selector

from pipelines.privacy.names import is_distinctive
from pipelines.sources.definition import Named
from pipelines.sources.gone import Gone
from pipelines.sources.kept import Answer
from pipelines.sources.kinds.html_pieces import STAND_IN, Piece, items, piece_of

_LISTS = "lists"
_SHORTEST = 5
_KEPT = (STAND_IN, "href", "class", "id")
"""Attributes that are left alone: the address of a piece is its id."""


def learn(named: Named, stream: str, answer: Answer, gone: Gone) -> dict[str, str]:
    """Note the names of erased authors and the titles of their pieces, which lists and other pages show too."""
    found: dict[str, str] = {}
    for _, piece, mark in _theirs(named, stream, answer, Selector(answer.text), gone):
        found[named.prefix + piece.author] = mark
        found[_titled(named, piece.title)] = mark
    return found


def forget(named: Named, stream: str, answer: Answer, gone: Gone) -> Answer:
    """Return a page without the erased."""
    root = Selector(answer.text)
    theirs = list(_theirs(named, stream, answer, root, gone))
    source: Any = named.source
    if theirs and source.links:
        _, piece, mark = theirs[0]
        shown = html.tostring(_stand_in(piece, mark, gone), encoding="unicode")
        return replace(answer, text=f"<html><body>{shown}</body></html>")
    for element, piece, mark in theirs:
        element.getparent().replace(element, _stand_in(piece, mark, gone))
    n_changed = len(theirs) + _rename(named, root.root, gone)
    if not n_changed:
        return answer
    tree = root.root.getroottree()
    return replace(answer, text=html.tostring(tree, encoding="unicode", doctype=tree.docinfo.doctype or None))


def _theirs(named: Named, stream: str, answer: Answer, root: Selector, gone: Gone) -> Iterator[tuple[Any, Piece, str]]:
    """Give the pieces of erased authors on a page, with their elements; list pages of pages have none of their own."""
    source: Any = named.source
    if source.links and stream == _LISTS:
        return
    for element in items(source, root):
        if STAND_IN in element.attrib:
            continue
        piece = piece_of(source, answer, element)
        if piece.author and (mark := gone.of(named.prefix + piece.author)):
            yield element.root, piece, mark


def _stand_in(piece: Piece, mark: str, gone: Gone) -> Any:  # noqa: ANN401 - lxml's element
    """Return an element that says of a piece what its tables need, and no word of it."""
    said = asdict(replace(piece, author=mark, title=gone.mark(piece.title)))
    return html.Element("div", {STAND_IN: json.dumps(said)})


def _rename(named: Named, root: Any, gone: Gone) -> int:  # noqa: ANN401 - lxml's element
    """Replace names of the erased and titles of theirs: texts and attributes that are one, and long names as words."""
    named_so = (one for one in (*gone.needles.ids, *gone.names()) if one.startswith(named.prefix))
    known = [one.removeprefix(named.prefix).removeprefix("=") for one in named_so]
    words = [one for one in known if len(one) >= _SHORTEST and (" " in one or is_distinctive(one))]
    pattern = re.compile("|".join(rf"(?<!\w){re.escape(one)}(?!\w)" for one in sorted(words, key=len, reverse=True)))

    def new(text: str) -> str:
        shown = " ".join(text.split())
        if not shown:
            return text
        if gone.of(named.prefix + shown) or gone.of(_titled(named, shown)):
            return gone.own_text(text)
        text = pattern.sub(lambda found: gone.own_text(found[0]), text) if words else text
        return gone.text(text, is_markup=False)

    n_changed = 0
    for element in root.iter():
        for name, value in element.attrib.items():
            if name not in _KEPT and (changed := new(value)) != value:
                element.set(name, changed)
                n_changed += 1
        for name in ("text", "tail"):
            value = getattr(element, name)
            if value and (changed := new(value)) != value:
                setattr(element, name, changed)
                n_changed += 1
    return n_changed


def _titled(named: Named, title: str) -> str:
    return f"{named.prefix}={title}"
