"""Interactions: is the place alive and broad? How many per member, by day and kind, on whom they rest, the latest."""

from __future__ import annotations

from pipelines.report.context import SiteContext
from pipelines.report.parts import cells, charts, marks, not_collected, people, words
from pipelines.report.parts.blocks import Block, Cell, Chart, Column, Page, Table
from pipelines.report.parts.database import Marts, Result, Row
from pipelines.report.parts.few import is_hidden
from pipelines.report.parts.header import Header
from pipelines.report.parts.text import MISSING, Text, integer, percent, plural
from pipelines.report.sections import hours, interaction_trends
from pipelines.sql import literal

_TITLE = Text("Interactions", "互动")
_QUESTION = Text("Is the place alive, and broad?", "社区是否活跃，参与是否广泛？")
_OFTEN = 51
"""Interactions in the window from which a member is among the few that much rests on."""


def page(marts: Marts, context: SiteContext, header: Header) -> Page:
    """Without an interaction of a member there is nothing to tell."""
    del header
    blocks: list[Block] = []
    answer = Text("No member has interacted yet.", "尚无成员互动。")
    if marts.has("interaction_histogram"):
        result = _histogram(marts, context)
        answer = _sentence(result)
        blocks.append(_histogram_chart(result))
    if marts.has("community_days", "fct_member_days"):
        blocks.append(interaction_trends.weekdays(marts, context))
    if marts.has("activity_hours", "community_days"):
        blocks.append(hours.acts(marts, context))
    if marts.has("community_days", "fct_member_days"):
        blocks.append(interaction_trends.kinds(marts, context))
    if marts.has("contributor_concentration"):
        blocks.append(interaction_trends.dependence(marts, context))
    if marts.has("latest_interactions"):
        blocks.append(_latest(marts, context))
    if not blocks:
        blocks.append(not_collected.note(_TITLE, "interactions"))
    return Page(name="interactions", title=_TITLE, question=_QUESTION, answer=answer, blocks=blocks)


def _histogram(marts: Marts, context: SiteContext) -> Result:
    return marts.run(
        "interaction_histogram",
        f"""
        select
            window_days,
            least_interactions,
            most_interactions,
            n_members,
            n_interactions,
            n_active_members,
            share_of_active,
            share_of_interactions,
        from marts.interaction_histogram
        where
            day = {context.through}
            and window_days = (select min(window_days) from marts.interaction_histogram)
        order by least_interactions
        """,
    )


def _sentence(histogram: Result) -> Text:
    rows = histogram.rows
    total = sum(int(row["n_interactions"]) for row in rows)
    members = sum(row["n_members"] for row in rows if row["least_interactions"] > 0)
    if not total:
        return Text("Nobody interacted in the window.", "窗口内没有互动。")
    window = rows[0]["window_days"]
    once = sum(row["n_members"] for row in rows if row["least_interactions"] == 1)
    often = [row for row in rows if row["least_interactions"] >= _OFTEN]
    few, share = sum(row["n_members"] for row in often), sum(row["n_interactions"] for row in often) / total
    text = Text(
        f"{plural(members, 'member', 'members')} made {plural(total, 'interaction', 'interactions')} in the last "
        f"{window} days; {integer(once)} made a single one",
        f"最近 {window} 天有 {integer(members)} 名成员产生 {integer(total)} 次互动；{integer(once)} 人仅一次",
    )
    if few and not is_hidden(share):
        text += Text(
            f", and the {integer(few)} with more than {_OFTEN - 1} made {percent(share, total)} of all",
            f"，{integer(few)} 人超过 {_OFTEN - 1} 次，占全部的 {percent(share, total)}",
        )
    return text + Text(".", "。")


def _histogram_chart(result: Result) -> Chart:
    labels = [_bin(row["least_interactions"], row["most_interactions"]) for row in result.rows]
    rows = [
        (
            Text("Members with that many", "达到该次数的成员"),
            [charts.bars(labels, charts.column(result.rows, "n_members"), Text("members", "成员"), "c1")],
        ),
        (
            Text("Interactions that they made", "他们产生的互动"),
            [charts.bars(labels, charts.column(result.rows, "n_interactions"), Text("interactions", "互动"), "c2")],
        ),
    ]
    window = result.rows[0]["window_days"] if result.rows else 0
    total = sum(row["n_members"] for row in result.rows)
    return Chart(
        title=Text("How many interactions per member?", "每名成员互动多少次？"),
        note=Text(
            f"Of the {integer(total)} members active in the last {window} days; none means that they only published.",
            f"最近 {window} 天活跃的 {integer(total)} 名成员；0 表示仅发布内容。",
        ),
        figure=charts.panels(rows),
        height=280,
        result=result,
        half=True,
    )


def _bin(least: int, most: int | None) -> str:
    if most is None:
        return f"{least}+"
    return str(least) if least == most else f"{least}–{most}"


def _latest(marts: Marts, context: SiteContext) -> Table:
    zone = literal(context.timezone)
    titles = "content.title, roots.title, parents.title, " if marts.has("dim_content") else ""
    title_of = (
        """case
                when content.title is null and roots.title is not null then roots.content_id
                when content.title is null and parents.title is not null then parents.content_id
                else latest.content_id
            end"""
        if marts.has("dim_content")
        else "latest.content_id"
    )
    join = (
        """
        left join marts.dim_content as content on latest.content_id = content.content_id
        left join marts.dim_content as roots on content.root_id = roots.content_id
        left join marts.dim_content as parents on content.parent_id = parents.content_id"""
        if marts.has("dim_content")
        else ""
    )
    result = marts.run(
        "latest_interactions",
        f"""
        select
            strftime(latest.occurred_at at time zone 'UTC' at time zone {zone}, '%Y-%m-%d %H:%M') as local_time,
            latest.member_id,
            members.display_name as member_name,
            members.profile_url as member_url,
            latest.kind,
            coalesce({titles}latest.content_id, latest.event_id) as what,
            {title_of} as content_id,
            latest.event_id,
            latest.target_member_id,
            targets.display_name as target_member_name,
            targets.profile_url as target_member_url,
            latest.channel,
        from marts.latest_interactions as latest{join}
        left join marts.dim_members as members on latest.member_id = members.member_id
        left join marts.dim_members as targets on latest.target_member_id = targets.member_id
        order by latest.latest_rank
        """,
        limit=100,
    )
    shown = "latest" if result.n == 1 else f"latest {integer(result.n)}"
    return Table(
        title=Text("The latest interactions", "最新互动"),
        note=Text(
            f"The {shown} of members, in the community's time; views and reads are left out. A piece "
            "without a title is shown by that of its thread.",
            f"成员最近的 {integer(result.n)} 次互动，社区时间；不含浏览与阅读。无标题的内容显示其主题的标题。",
        ),
        columns=[
            Column(Text("When", "时间")),
            Column(Text("Member", "成员")),
            Column(Text("Did", "行为"), filter="kind"),
            Column(Text("What", "对象"), wide=True),
            Column(Text("To", "对谁")),
            Column(Text("Where", "频道"), filter="channel"),
        ],
        rows=[
            [
                Cell(marks.unbroken(Text(row["local_time"], row["local_time"]))),
                people.member(row),
                Cell(words.word(words.INTERACTIONS, row["kind"])),
                _what(row),
                people.member(row, "target_member"),
                Cell(row["channel"] or MISSING),
            ]
            for row in result.rows
        ],
        result=result,
        search=True,
        scroll=True,
    )


def _what(row: Row) -> Cell:
    """The piece or the event that somebody did something with; a piece leads to where its title is from."""
    return cells.piece(row, title="what") if row["content_id"] else cells.event(row | {"title": row["what"]})
