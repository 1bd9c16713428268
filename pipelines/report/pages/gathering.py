"""One event: was it worth it? Its funnel, who came, what they thought, whether they came more often, money."""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.lake.own_pages import EVENT, MEMBER
from pipelines.report.context import SiteContext
from pipelines.report.parts import cells, charts, least, marks, people, words
from pipelines.report.parts.blocks import Cell, Chart, Column, Note, Page, Table, Tile, Tiles
from pipelines.report.parts.database import Each, Marts, Result, Row
from pipelines.report.parts.linked import One
from pipelines.report.parts.own_page import page_of
from pipelines.report.parts.text import Text, day, integer, money, percent, plural
from pipelines.report.sections import own_words

_TITLE = Text("Event", "活动")
_PEOPLE = 60
_NONE = Each("select null where false", {})
_STEPS = {
    "registered": Text("registered", "报名"),
    "attended": Text("attended", "到场"),
    "gave_feedback": Text("gave feedback", "提交反馈"),
    "active_within_7_days": Text("active within 7 days", "7 天内活跃"),
}


@dataclass(frozen=True)
class _Facts:
    events: Each
    came_of_it: Each
    sold: Each
    people: Each


def pages(marts: Marts, context: SiteContext, ids: list[str]) -> list[Page]:
    """A page for each of these events that is known, by a few queries for all of them."""

    def ask(mart: str, sql: str) -> Each:
        return marts.each(sql, "event_id", ids) if marts.has(mart) else _NONE

    facts = _Facts(
        events=ask("dim_events", _EVENTS),
        came_of_it=ask("event_performance", _CAME_OF_IT),
        sold=ask("event_sales", _SOLD),
        people=ask("member_events", _WHO),
    )
    return [_page(facts, id_, context) for id_ in ids if facts.events.rows(id_)]


_EVENTS = """
    select
        events.event_id, events.kind, events.title, events.mode, events.capacity, events.starts_day, events.host_id,
        hosts.display_name as host_name, hosts.profile_url as host_url,
    from marts.dim_events as events
    left join marts.dim_members as hosts on events.host_id = hosts.member_id
    where events.event_id in ({ids})
    """
_CAME_OF_IT = """
    select * exclude (kind, title, starts_day)
    from marts.event_performance
    where event_id in ({ids})
    """
_SOLD = """
    select event_id, currency, n_sold, n_refunded, net_minor, cost_minor, result_minor
    from marts.event_sales
    where event_id in ({ids})
    order by event_id, net_minor desc nulls last, currency
    """
_WHO = f"""
    select
        came.event_id, came.member_id, members.display_name as member_name, members.profile_url as member_url,
        came.state, came.csat_score, came.n_active_days_before, came.n_active_days_after,
        count(*) over (partition by came.event_id) as n_people,
    from marts.member_events as came
    left join marts.dim_members as members on came.member_id = members.member_id
    where came.event_id in ({{ids}}) and came.is_registered
    qualify row_number() over (
        partition by came.event_id
        order by came.is_attended desc, came.is_no_show desc, came.csat_score nulls last, came.member_id
    ) <= {_PEOPLE}
    order by
        came.event_id, came.is_attended desc, came.is_no_show desc, came.csat_score nulls last, came.member_id
    """


def _page(facts: _Facts, id_: str, context: SiteContext) -> Page:
    row = facts.events.rows(id_)[0]
    one = One(EVENT, id_, row["title"])
    known = facts.came_of_it.rows(id_)
    result = facts.came_of_it.of(id_)
    blocks = [
        _tiles(facts, id_, known[0], result) if known else None,
        _funnel(known[0], result) if known else None,
        _about(row, facts.events.of(id_)),
        _people(facts.people.of(id_)),
    ]
    return page_of(one, _TITLE, _sentence(row, known[0] if known else None, context), blocks)


def _sentence(row: Row, known: Row | None, context: SiteContext) -> Text:
    when = day(row["starts_day"])
    if row["starts_day"] and row["starts_day"] > context.through_day:
        n = known["n_registered"] if known else None
        return Text(
            f"On {when.en}; {plural(n, 'member', 'members')} registered so far.",
            f"{when.zh}举行，目前 {integer(n)} 人报名。",
        )
    if known is None or known["n_attended"] is None:
        return Text(f"On {when.en}; nobody wrote down who came.", f"{when.zh}举行，到场情况未记录。")
    came, of = integer(known["n_attended"]), integer(known["n_registered"])
    said = Text(f"On {when.en}: {came} of {of} registered members came", f"{when.zh}：{of} 人报名，{came} 人到场")
    if (known["n_registered"] or 0) >= least.PEOPLE:
        share = percent(known["show_up_rate"])
        said += Text(f", {share}", f"，到场率 {share}")
    return said + Text(".", "。")


def _tiles(facts: _Facts, id_: str, row: Row, result: Result) -> Tiles:
    made = [
        Tile(label=Text("Attended", "到场"), value=integer(row["n_attended"]), note=_no_show(row)),
        Tile(
            label=Text("Satisfied · CSAT", "满意度 · CSAT"),
            value=cells.share(row, "csat", n="n_csat", least=least.SCORES).shown,
        ),
        Tile(label=Text("Came again", "再次参加"), value=percent(row["repeat_rate"])),
        Tile(
            label=Text("Influence, days", "影响（天）"),
            value=cells.influence(row),
            note=Text("more active days than before, against those who stayed away", "与未到者相比，活跃天数的变化"),
        ),
    ]
    if row["n_attended"] is None:
        n = integer(row["n_cancelled"])
        note = Text(f"{n} called off", f"{n} 人取消")
        made = [Tile(label=Text("Registered", "报名"), value=integer(row["n_registered"]), note=note)]
    for sold in facts.sold.rows(id_):
        currency = sold["currency"] or ""
        if sold["n_sold"]:
            n = integer(sold["n_sold"])
            made.append(
                Tile(
                    label=Text("Tickets, net", "门票净收入"),
                    value=money(sold["net_minor"], currency),
                    note=Text(f"{n} sold", f"售出 {n} 张"),
                )
            )
        if sold["cost_minor"] is not None:
            cost = money(sold["cost_minor"], currency)
            value = money(sold["result_minor"], currency)
            made.append(
                Tile(
                    label=Text("Tickets less cost", "门票减成本"),
                    value=value,
                    note=Text(f"cost {cost}", f"成本 {cost}"),
                )
            )
    return Tiles(title=Text("What came of it", "成效"), tiles=made, result=result)


def _no_show(row: Row) -> Text:
    gone, called_off = integer(row["n_no_show"]), integer(row["n_cancelled"])
    return Text(f"{gone} did not come, {called_off} called off", f"{gone} 人未到，{called_off} 人取消")


def _funnel(row: Row, result: Result) -> Chart | None:
    """The steps of all who registered, and of those among them who had been invited."""
    steps = [name for name in _STEPS if row[f"n_{name}"] is not None]
    if not steps:
        return None
    names = [_STEPS[name] for name in steps]
    of_all = [row[f"n_{name}"] for name in steps]
    series = [charts.bars(names, of_all, Text("all who registered", "全部报名者"), "c1")]
    note = Text("Nobody was invited by name.", "未点名邀请任何人。")
    if row["n_invited"]:
        invited = [row[f"funnel_{name}"] for name in steps]
        series.append(charts.bars(names, invited, Text("of the invited", "其中受邀者"), "c3"))
        note = Text(
            f"{integer(row['n_invited'])} members were invited; of them, each step counts who took all before it.",
            f"共邀请 {integer(row['n_invited'])} 名成员；其中每一步只计走完此前各步的人。",
        )
    return Chart(
        title=Text("From registration on", "从报名到之后"),
        note=note,
        figure=charts.figure(series),
        height=220,
        result=result,
        half=True,
    )


def _about(row: Row, result: Result) -> Note:
    entries: list[tuple[Text, object]] = []
    if row["host_id"]:
        entries.append((Text("Host", "主持人"), One(MEMBER, row["host_id"], row["host_name"], row["host_url"])))
    for name, column, names in (
        (Text("Kind", "类型"), "kind", words.GATHERINGS),
        (Text("Held", "形式"), "mode", words.MODES),
        (Text("Places", "名额"), "capacity", {}),
    ):
        if row[column] is not None:
            entries.append((name, words.word(names, str(row[column]))))
    return Note(title=Text("About it", "关于"), body=Text("", ""), entries=entries, result=result, half=True)


def _people(who: Result) -> Table | None:
    if not who.rows:
        return None
    n = who.rows[0]["n_people"]
    return Table(
        title=Text("Who came, and who did not", "谁到场，谁未到"),
        note=Text(
            f"{integer(len(who.rows))} of {integer(n)} who registered; those who came first, the lowest scores before.",
            f"{integer(n)} 名报名者中的 {integer(len(who.rows))} 名；到场者在前，评分低的优先。",
        ),
        columns=[
            Column(Text("Member", "成员")),
            Column(Text("How it ended", "结果")),
            Column(Text("Score of 5", "评分（满分 5）"), number=True),
            Column(Text("Active days, 14 before → 14 after", "活跃天数，前 14 天 → 后 14 天"), number=True),
        ],
        rows=[_person(row) for row in who.rows],
        result=who,
        search=True,
        scroll=True,
        dense=True,
    )


def _person(row: Row) -> list[Cell]:
    what, tone = own_words.STATES[row["state"] or "registered"]
    score = "–" if row["csat_score"] is None else f"{row['csat_score']:g}"
    is_known = row["state"] in ("attended", "no_show")
    before, after = (integer(row[f"n_active_days_{when}"] if is_known else None) for when in ("before", "after"))
    return [
        people.member(row),
        Cell(marks.badge(what, tone), row["state"]),
        cells.number(score, row["csat_score"]),
        cells.number(f"{before} → {after}", row["n_active_days_after"]),
    ]
