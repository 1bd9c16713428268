"""Pages of one member, piece or event each: which of them a site has, and one that somebody asked for.

A site has those of whom its other pages name, up to a stated number; any other is made by ``guildbook member ID``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from pipelines.lake.own_pages import EVENT, MEMBER, PIECE
from pipelines.privacy.names import TOMBSTONE
from pipelines.report.context import SiteContext
from pipelines.report.pages import gathering, member, piece
from pipelines.report.parts.blocks import Page
from pipelines.report.parts.database import Marts

MOST = {MEMBER: 250, PIECE: 100, EVENT: 50}
"""Most pages of each kind in one site, however large the community is."""

SHARES = {"retention_actions": 100, "risk_inactivity": 50, "risk_lapse": 50, "member_engagement": 50}
"""Most members of the queries that list many: those to contact, those at risk, the most engaged. They come first, in
this order, then whom other pages name."""

_COLUMNS = {
    MEMBER: ("member_id", "asker_id", "target_member_id"),
    PIECE: ("content_id", "question_id"),
    EVENT: ("event_id",),
}
_BUILD: dict[str, Callable[[Marts, SiteContext, list[str]], list[Page]]] = {
    MEMBER: member.pages,
    PIECE: piece.pages,
    EVENT: gathering.pages,
}


def pages(marts: Marts, context: SiteContext) -> list[Page]:
    """A page for each member, piece and event that the pages so far name; none where small counts are not shown."""
    if context.least_shown:
        return []
    return [page for kind in MOST for page in _BUILD[kind](marts, context, chosen(marts, kind))]


def one(marts: Marts, context: SiteContext, kind: str, id_: str) -> Page:
    """The page of one that the marts know."""
    return _BUILD[kind](marts, context, [id_])[0]


def chosen(marts: Marts, kind: str) -> list[str]:
    """Ids of one kind that the pages name, the most urgent first; who was erased is nobody."""
    found = dict.fromkeys(id_ for id_ in _named(marts, kind) if not TOMBSTONE.fullmatch(id_))
    return list(found)[: MOST[kind]]


def _named(marts: Marts, kind: str) -> Iterator[str]:
    others = [name for name in marts.results if name not in SHARES]
    for name in (*SHARES, *others):
        if result := marts.results.get(name):
            rows = result.rows[: SHARES.get(name)] if kind == MEMBER else result.rows
            yield from _ids(rows, _COLUMNS[kind])


def _ids(rows: Iterable[dict[str, object]], columns: tuple[str, ...]) -> Iterator[str]:
    for row in rows:
        for column in columns:
            if isinstance(id_ := row.get(column), str):
                yield id_
