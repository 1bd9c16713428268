"""Feeds without the erased: an entry of theirs keeps its address, its times, its tags and its length."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import feedparser
from lxml import etree
from parsel import Selector

from pipelines.sources.definition import Named
from pipelines.sources.gone import Gone
from pipelines.sources.kept import Answer
from pipelines.sources.kind import id_of_title

_ENTRIES = "//*[local-name()='item' or local-name()='entry']"
_KEPT = frozenset({"id", "guid", "link", "pubDate", "published", "updated", "date", "issued", "modified", "category"})


def learn(named: Named, stream: str, answer: Answer, gone: Gone) -> dict[str, str]:
    """Return nothing: an entry says itself whose it is."""
    return {}


def forget(named: Named, stream: str, answer: Answer, gone: Gone) -> Answer:
    """Return a feed without the erased."""
    root = etree.fromstring(
        answer.text.encode(), etree.XMLParser(encoding="utf-8", recover=True, resolve_entities=False)
    )
    if root is None:
        return answer
    n_changed = 0
    said = feedparser.parse(answer.text)
    elements = root.xpath(_ENTRIES)
    for element, entry in zip(elements, said.entries, strict=False) if len(elements) == len(said.entries) else ():
        if mark := gone.of(named.prefix + entry.get("author", "")):
            _empty(element, entry, mark, gone)
            n_changed += 1
    n_changed += _rename(named, root, gone)
    return replace(answer, text=etree.tostring(root, encoding="unicode")) if n_changed else answer


def text_of(entry: Any) -> str:  # noqa: ANN401 - feedparser's own
    """Return the text of an entry without markup."""
    markup = "".join(part.value for part in entry.get("content", [])) or entry.get("summary", "")
    return " ".join(Selector(markup).xpath("string()").get("").split()) if markup.strip() else ""


def _empty(element: Any, entry: Any, mark: str, gone: Gone) -> None:  # noqa: ANN401 - lxml's and feedparser's own
    """Leave of an entry what its row is made of."""
    space = etree.QName(element).namespace
    is_atom = etree.QName(element).localname == "entry"
    for child in list(element):
        if not isinstance(child.tag, str) or etree.QName(child).localname not in _KEPT:
            element.remove(child)

    def add(name: str, text: str) -> Any:  # noqa: ANN401
        child = etree.SubElement(element, f"{{{space}}}{name}" if space else name)
        child.text = text
        return child

    if entry.get("title"):
        add("title", gone.mark(entry.title))
        if not (entry.get("id") or entry.get("link")):
            add("id" if is_atom else "guid", id_of_title(entry.title))
    add("summary" if is_atom else "description", gone.own_text(text_of(entry)))
    if is_atom:
        name = etree.SubElement(add("author", ""), f"{{{space}}}name" if space else "name")
        name.text = mark
    else:
        add("author", mark)


def _rename(named: Named, root: Any, gone: Gone) -> int:  # noqa: ANN401 - lxml's own
    """Take the names of the erased out of what says who runs the feed."""
    n_changed = 0
    for element in _texts(root):
        if gone.of(named.prefix + " ".join(element.text.split())):
            element.text = gone.own_text(element.text)
            n_changed += 1
    return n_changed


def _texts(root: Any) -> Iterator[Any]:  # noqa: ANN401 - lxml's own
    return (one for one in root.iter() if isinstance(one.tag, str) and one.text and one.text.strip())
