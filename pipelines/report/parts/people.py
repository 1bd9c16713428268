"""How a member is shown in a cell: the name with the id beside it, the id alone without a name."""

from __future__ import annotations

from pipelines.lake.own_pages import MEMBER
from pipelines.report.parts.blocks import Cell
from pipelines.report.parts.database import Row
from pipelines.report.parts.few import HIDDEN
from pipelines.report.parts.linked import One
from pipelines.report.parts.text import MISSING


def member(row: Row, who: str = "member") -> Cell:
    """Cell of the member whom a row calls ``<who>_id``, with ``<who>_name`` and ``<who>_url`` where it has them."""
    member_id = row[f"{who}_id"]
    if member_id is None or member_id == HIDDEN:
        return Cell(MISSING)
    name = row.get(f"{who}_name")
    return Cell(One(MEMBER, member_id, name, row.get(f"{who}_url")), name or member_id)
