"""The page of one member, piece or event that somebody asks for: the site's own, or one made from what is published.

It lies beside the pages that are up. The next publication removes it, and so does an erasure.
"""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import duckdb

from pipelines.files import write_text
from pipelines.home import Home
from pipelines.lake import versions
from pipelines.lake.own_pages import EVENT, KINDS, MEMBER, PIECE, asked_page, own_page
from pipelines.privacy.names import TOMBSTONE
from pipelines.reading import sums
from pipelines.report import own
from pipelines.report.context import site_context
from pipelines.report.parts.database import Marts
from pipelines.report.parts.menu import menu
from pipelines.report.parts.text import Text
from pipelines.report.sections import scores
from pipelines.report.site import environment
from pipelines.settings import Settings
from pipelines.sql import literal

_NEAREST = 5
_LISTS = {
    MEMBER: ("risk", scores.TITLE),
    PIECE: ("content", Text("Content", "内容")),
    EVENT: ("events", Text("Events", "活动")),
}
"""The page that lists each kind."""
_MARTS = {
    MEMBER: ("dim_members", "member_id", "display_name"),
    PIECE: ("dim_content", "content_id", "title"),
    EVENT: ("dim_events", "event_id", "title"),
}
_NAMES = {MEMBER: Text("member", "成员"), PIECE: Text("piece", "内容"), EVENT: Text("event", "活动")}


def page_of(home: Home, settings: Settings, kind: str, given: str) -> Path | Text:
    """Return the page of a member, piece or event, made if the site has none; or why there is none.

    Args:
        home: Home folder of the community.
        settings: What pages may show.
        kind: What it is: one of ``KINDS``.
        given: Its id, or the whole name or title where no other has it.
    """
    if settings.least_shown_count:
        return Text(
            "GUILDBOOK_LEAST_SHOWN_COUNT is set: pages show nobody by themselves",
            "已设置 GUILDBOOK_LEAST_SHOWN_COUNT：页面不单独显示任何人",
        )
    if sums.published(home) is None:
        return Text("nothing is published yet: run guildbook run first", "尚未发布任何内容：请先运行 guildbook run")
    with versions.held(home) as folder:
        if home.erasure_journal.exists():
            return Text(
                "an erasure was broken off: guildbook erase or the next run finishes it first",
                "有一次抹除被中断：请先由 guildbook erase 或下一次运行完成",
            )
        try:
            return _found_or_made(folder, settings, kind, given)
        except (duckdb.BinderException, duckdb.CatalogException):
            return Text(
                "what is published is of an older version: run guildbook run first",
                "已发布的数据来自较早的版本：请先运行 guildbook run",
            )


def _found_or_made(folder: Path, settings: Settings, kind: str, given: str) -> Path | Text:
    with Marts(folder / "analytics.duckdb", timezone=settings.timezone) as marts:
        found = _find(marts, settings, kind, given)
        if isinstance(found, Text):
            return found
        published = folder / "site" / own_page(kind, found)
        return published if published.exists() else _made(marts, folder, settings, kind, found)


def _made(marts: Marts, folder: Path, settings: Settings, kind: str, id_: str) -> Path:
    version, day = (marts.value(f"select {column} from marts.publication") for column in ("version", "through_day"))
    context = site_context(settings, day, version)
    page = own.one(marts, context, kind, id_)
    site = folder / "site"
    links = {path.relative_to(site).as_posix() for one in KINDS for path in (site / one).glob("*.html")}
    names = [("index", Text("Morning brief", "晨报")), _LISTS[kind]]
    entries = menu(SimpleNamespace(name=name, title=title) for name, title in names)
    html = environment(links).get_template("own.html").render(page=page, menu=entries, context=context)
    path = site / asked_page(kind, id_)
    write_text(path, html)
    return path


def _find(marts: Marts, settings: Settings, kind: str, given: str) -> str | Text:
    """Return the id that is meant: an id, that of the person to whom an id belongs, a name that only one has."""
    mart, id_, name = _MARTS[kind]
    if not marts.has(mart):
        what = _NAMES[kind]
        return Text(f"no {what.en} is known yet", f"尚无{what.zh}数据")
    if kind == MEMBER and marts.has("member_ids"):
        given = _one(marts, f"select person_id from marts.member_ids where member_id = {literal(given)}") or given
    if kind == MEMBER and TOMBSTONE.fullmatch(given):
        return Text(f"{given} was erased: there is no page", f"{given} 已被抹除，没有页面")
    is_known = f"select {id_} from marts.{mart} where {id_} = {literal(given)}"
    is_called = f"select {id_} from marts.{mart} where {name} = {literal(given)} limit 2"
    for sql in (is_known, is_called):
        if one := _one(marts, sql):
            return one
    return _unknown(marts, settings, kind, given)


def _one(marts: Marts, sql: str) -> str | None:
    """The one value of a query; None of none or of several."""
    rows = marts.rows(sql)
    return next(iter(rows[0].values())) if len(rows) == 1 else None


def _unknown(marts: Marts, settings: Settings, kind: str, given: str) -> Text:
    """Say which ids are nearest, by their own letters or by the name's."""
    mart, id_, name = _MARTS[kind]
    rows = marts.rows(
        f"""
        select {id_} as id, {name} as name
        from marts.{mart}
        where not regexp_full_match({id_}, {literal(TOMBSTONE.pattern)})
        order by
            greatest(
                jaro_winkler_similarity(lower({id_}), lower({literal(given)})),
                coalesce(jaro_winkler_similarity(lower({name}), lower({literal(given)})), 0),
                case when contains(lower({name}), lower({literal(given)})) then 0.99 else 0 end
            ) desc,
            {id_}
        limit {_NEAREST}
        """
    )
    near = ", ".join(f"{row['id']} ({row['name']})" if row["name"] else row["id"] for row in rows)
    what = _NAMES[kind]
    said = Text(
        f"no {what.en} {given} is published; nearest: {near}", f"已发布的数据中没有{what.zh} {given}；最接近的：{near}"
    )
    if kind == MEMBER and settings.pseudonyms:
        said += Text(
            ". Pages name members by pseudonyms: guildbook pseudonym says which",
            "。页面以化名称呼成员：guildbook pseudonym 可查",
        )
    return said
