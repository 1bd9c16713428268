"""How a member is shown: the name with the id beside it, linked to the member's own page; the id alone without a name.

An erasure finds the name by what this writes: ``pipelines.privacy.needles`` knows its form.
"""

from __future__ import annotations

from markupsafe import Markup

from pipelines.report.parts.blocks import Cell
from pipelines.report.parts.database import Row
from pipelines.report.parts.few import HIDDEN
from pipelines.report.parts.text import MISSING


def member(row: Row, who: str = "member") -> Cell:
    """Cell of the member whom a row calls ``<who>_id``, with ``<who>_name`` and ``<who>_url`` where it has them."""
    member_id = row[f"{who}_id"]
    if member_id is None or member_id == HIDDEN:
        return Cell(MISSING)
    name = row.get(f"{who}_name")
    return Cell(person(member_id, name, row.get(f"{who}_url")), name or member_id)


def person(member_id: str, name: str | None, url: str | None) -> Markup | str:
    """A member's name, isolated from the direction of the text around it, then the id."""
    shown = Markup("<bdi>{}</bdi>").format(name) if name else member_id
    if url and url.startswith(("https://", "http://")):
        shown = Markup('<a href="{}" rel="noopener noreferrer nofollow">{}</a>').format(url, shown)
    return Markup('<span class="person">{} <small>{}</small></span>').format(shown, member_id) if name else shown
