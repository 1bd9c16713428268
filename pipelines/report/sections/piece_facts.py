"""What is known of pieces: queries for many at once, what came of each in a sentence and in tiles, what it is."""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.lake.own_pages import MEMBER, PIECE
from pipelines.report.parts import least, words
from pipelines.report.parts.blocks import Note, Tile, Tiles
from pipelines.report.parts.database import Each, Marts, Result, Row
from pipelines.report.parts.linked import One
from pipelines.report.parts.text import (
    MISSING,
    Text,
    day,
    decimal,
    hours,
    integer,
    joined,
    money,
    percent,
    plural,
    price,
)
from pipelines.report.sections import pieces

_REPLIES, _PEOPLE = 20, 20
_NONE = Each("select null where false", {})


@dataclass(frozen=True)
class Facts:
    """What is known of pieces now, of each kind a query for all of them."""

    pieces: Each
    used: Each
    sold: Each
    asked: Each
    weeks: Each
    replies: Each
    people: Each


def read(marts: Marts, ids: list[str]) -> Facts:
    """Ask the marts; of one that is empty or missing nothing is known."""

    def ask(mart: str, sql: str) -> Each:
        return marts.each(sql, "content_id", ids) if marts.has(mart) else _NONE

    return Facts(
        pieces=ask("dim_content", _PIECES),
        used=ask("content_performance", _USED),
        sold=ask("paid_content", _SOLD),
        asked=ask("answer_times", _ASKED),
        weeks=ask("member_content", _BY_WEEK),
        replies=ask("dim_content", _ANSWERS),
        people=ask("member_content", _WHO),
    )


_PIECES = """
    select
        pieces.content_id, pieces.kind, pieces.title, pieces.channel, pieces.tags, pieces.access, pieces.published_day,
        pieces.is_deleted, pieces.author_id, authors.display_name as author_name, authors.profile_url as author_url,
        pieces.root_id, roots.title as root_title,
    from marts.dim_content as pieces
    left join marts.dim_members as authors on pieces.author_id = authors.member_id
    left join marts.dim_content as roots on pieces.root_id = roots.content_id
    where pieces.content_id in ({ids})
    """
_USED = """
    select
        content_id, n_reads, n_unique_readers, n_interactions, n_interactors, n_scores, mean_score, half_life_days,
        half_life_hours,
    from marts.content_performance
    where content_id in ({ids})
    """
_SOLD = """
    select
        content_id, is_paid, price_minor, currency, n_buyers, net_minor, n_refunded, n_readers_30d,
        readers_bought_30d, readers_bought_30d_low, readers_bought_30d_high,
    from marts.paid_content
    where content_id in ({ids})
    """
_ASKED = """
    select
        question_id as content_id, n_responses, hours_to_first_response, observed_hours, is_waiting, is_resolved,
    from marts.answer_times
    where question_id in ({ids})
    """
_BY_WEEK = """
    with
    firsts as (
        select content_id, first_read_day as day, 'read' as what
        from marts.member_content
        where content_id in ({ids}) and first_read_day is not null
        union all
        select content_id, first_interaction_day, 'used'
        from marts.member_content
        where content_id in ({ids}) and first_interaction_day is not null
    )

    select
        content_id,
        date_trunc('week', day)::date as week,
        count(*) filter (where what = 'read') as n_new_readers,
        count(*) filter (where what = 'used') as n_new_interactors,
    from firsts
    group by content_id, week
    order by content_id, week
    """
_ANSWERS = f"""
    select
        coalesce(replies.root_id, replies.parent_id) as content_id, replies.content_id as reply_id, replies.kind,
        replies.published_day, replies.author_id as member_id, authors.display_name as member_name,
        authors.profile_url as member_url, count(*) over (partition by coalesce(root_id, parent_id)) as n_replies,
    from marts.dim_content as replies
    left join marts.dim_members as authors on replies.author_id = authors.member_id
    where
        coalesce(replies.root_id, replies.parent_id) in ({{ids}})
        and replies.content_id <> coalesce(replies.root_id, replies.parent_id)
        and not coalesce(replies.is_deleted, false)
    qualify row_number() over (
        partition by coalesce(replies.root_id, replies.parent_id)
        order by replies.kind = 'answer' desc, replies.published_at, replies.content_id
    ) <= {_REPLIES}
    order by 1, replies.kind = 'answer' desc, replies.published_at, replies.content_id
    """
_WHO = f"""
    select
        used.content_id, used.member_id, members.display_name as member_name, members.profile_url as member_url,
        n_reads, n_interactions, first_read_day, count(*) over (partition by content_id) as n_people,
    from marts.member_content as used
    left join marts.dim_members as members on used.member_id = members.member_id
    where used.content_id in ({{ids}})
    qualify row_number() over (
        partition by used.content_id order by n_interactions desc, n_reads desc, used.member_id
    ) <= {_PEOPLE}
    order by used.content_id, n_interactions desc, n_reads desc, used.member_id
    """


def _first(each: Each, id_: str) -> Row | None:
    rows = each.rows(id_)
    return rows[0] if rows else None


def sentence(facts: Facts, id_: str, row: Row) -> Text:
    """How many used it; of a question first whether it is answered."""
    kind = words.word(words.KIND, row["kind"])
    parts = [
        Text(
            f"{kind.en} of {day(row['published_day']).en}",
            f"{day(row['published_day']).zh}的{kind.zh}",
        )
    ]
    if row["is_deleted"]:
        parts.append(Text("taken down", "已下架"))
    if asked := _first(facts.asked, id_):
        waited = hours(asked["hours_to_first_response"] if asked["n_responses"] else asked["observed_hours"])
        parts.append(
            Text(f"first response after {waited.en}", f"{waited.zh}后得到首个回应")
            if asked["n_responses"]
            else Text(f"no response for {waited.en}", f"已等 {waited.zh}，尚无回应")
        )
    if used := _first(facts.used, id_):
        if used["n_unique_readers"] is not None:
            n = used["n_unique_readers"]
            parts.append(Text(f"{plural(n, 'reader', 'readers')}", f"{integer(n)} 名读者"))
        n = used["n_interactors"]
        parts.append(Text(f"{plural(n, 'person', 'people')} took it up", f"{integer(n)} 人互动"))
    if (sold := _first(facts.sold, id_)) and sold["n_buyers"]:
        n, net = sold["n_buyers"], money(sold["net_minor"], sold["currency"])
        parts.append(Text(f"{plural(n, 'buyer', 'buyers')}, {net} net", f"{integer(n)} 人购买，净收入 {net}"))
    return joined(parts) + Text(".", "。")


def tiles(facts: Facts, id_: str) -> Tiles | None:
    """What came of it; what is not collected has no tile."""
    made: list[Tile] = []
    if used := _first(facts.used, id_):
        if used["n_reads"] is not None:
            n = integer(used["n_unique_readers"])
            made.append(_tile(Text("Reads", "阅读"), integer(used["n_reads"]), f"by {n} members", f"{n} 名成员"))
        n = integer(used["n_interactors"])
        made.append(_tile(Text("Interactions", "互动"), integer(used["n_interactions"]), f"by {n} people", f"{n} 人"))
        if used["n_scores"]:
            mean = decimal(used["mean_score"], 1) if used["n_scores"] >= least.SCORES else MISSING
            n = integer(used["n_scores"])
            made.append(_tile(Text("Score", "评分"), mean, f"n = {n}", f"n = {n}"))
        if used["half_life_days"] is not None:
            said = ("until half of its reads so far", "达到现有阅读数一半所用")
            if used["half_life_hours"] is not None:
                said = ("until half of the members who read it so far had", "现有读者（成员）的一半首次读到所用")
            made.append(_tile(Text("Half-life", "半衰期"), pieces.half_life(used).shown, *said))
    if sold := _first(facts.sold, id_):
        made += _money(sold)
    result = facts.used.of(id_) if facts.used.rows(id_) else facts.pieces.of(id_)
    return Tiles(title=Text("What came of it", "成效"), tiles=made, result=result) if made else None


def _tile(label: Text, value: object, en: str, zh: str) -> Tile:
    return Tile(label=label, value=value, note=Text(en, zh))


def _money(sold: Row) -> list[Tile]:
    cost = price(sold["price_minor"], sold["currency"])
    now = (f"at {cost}", f"定价 {cost}") if sold["is_paid"] else ("free now", "现已免费")
    net, back = money(sold["net_minor"], sold["currency"]), integer(sold["n_refunded"])
    made = [
        _tile(Text("Buyers", "购买人数"), integer(sold["n_buyers"]), *now),
        _tile(Text("Net", "净收入"), net, f"{back} paid back", f"{back} 人退款"),
    ]
    if (sold["n_readers_30d"] or 0) >= least.PEOPLE:
        n = integer(sold["n_readers_30d"])
        said = (f"within 30 days, of {n}", f"30 天内，读者 {n} 人")
        made.append(_tile(Text("Readers who bought", "购买的读者"), percent(sold["readers_bought_30d"]), *said))
    return made


def about(row: Row, result: Result) -> Note:
    """What it is, by whom, under what."""
    entries: list[tuple[Text, object]] = [(Text("Kind", "类型"), words.word(words.KIND, row["kind"]))]
    if row["author_id"]:
        entries.append((Text("By", "作者"), One(MEMBER, row["author_id"], row["author_name"], row["author_url"])))
    if row["root_id"] and row["root_id"] != row["content_id"]:
        entries.append((Text("Under", "所属主题"), One(PIECE, row["root_id"], row["root_title"])))
    if row["channel"]:
        entries.append((Text("Channel", "频道"), row["channel"]))
    if row["tags"]:
        entries.append((Text("Tags", "标签"), ", ".join(row["tags"].split("|"))))
    if row["access"]:
        entries.append((Text("Access", "权限"), words.word(words.ACCESS, row["access"])))
    return Note(title=Text("About it", "关于"), body=Text("", ""), entries=entries, result=result)
