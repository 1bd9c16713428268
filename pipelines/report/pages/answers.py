"""Answers: who is waiting? Unanswered questions, how fast and how surely the others are answered, and by whom."""

from __future__ import annotations

from pipelines.report.context import SiteContext
from pipelines.report.parts import cells, charts, known, marks, not_collected, people
from pipelines.report.parts.blocks import Block, Cell, Chart, Column, Note, Page, Table, Tile, Tiles
from pipelines.report.parts.collected import NOT_COLLECTED
from pipelines.report.parts.database import Marts, Result
from pipelines.report.parts.header import Header
from pipelines.report.parts.text import Text, hours, integer, month_names, percent, plural
from pipelines.report.sections import answer_desk, questions, recent_answers

_TITLE = Text("Answers", "问答")
_QUESTION = Text("Who is waiting?", "谁在等待？")
_FEWER = Text("fewer than nine of ten had a response", "得到回应的不足九成")


def page(marts: Marts, context: SiteContext, header: Header) -> Page:
    """Every block is made of questions, so without the content log there is none."""
    if not marts.has("answer_times", "answer_months"):
        return Page(
            name="answers",
            title=_TITLE,
            question=_QUESTION,
            answer=Text("No question is known.", "没有提问数据。"),
            blocks=[not_collected.note(_TITLE, "content")],
        )
    waiting = questions.waiting(marts, context)
    months = _months(marts, context)
    tiles = _tiles(waiting, months, lacks_accepted=header.lacks.get("accepted_answers", False))
    has_desk = marts.has("answer_desk") and not context.least_shown
    table = answer_desk.block(marts, context, waiting) if has_desk else _table(waiting)
    recent = recent_answers.tiles(marts, context, header)
    blocks: list[Block] = [
        *([recent] if recent else []),
        tiles,
        table,
        *_trends(months, context),
        _responders(marts, context),
    ]
    if n_dated_before := months.rows[-1]["n_dated_before"]:
        blocks.append(_left_out(n_dated_before))
    return Page(name="answers", title=_TITLE, question=_QUESTION, answer=_sentence(waiting), blocks=blocks)


def _months(marts: Marts, context: SiteContext) -> Result:
    return marts.run(
        "answer_months",
        f"""
        select *
        from marts.answer_months
        where period = 'all' or (month <= {context.through} and month > {context.through} - interval 12 month)
        order by month nulls last
        """,
    )


def _sentence(waiting: Result) -> Text:
    if not waiting.n:
        return (
            Text("Nobody waits: no question was ", "没有等待回应的提问：没有")
            + questions.MEANING
            + Text(".", "的提问。")
        )
    longest = hours(waiting.first["observed_hours"])
    return Text(
        f"{plural(waiting.n, 'question waits', 'questions wait')} for a first response, the longest for {longest.en}: "
        f"{questions.MEANING.en}.",
        f"有 {integer(waiting.n)} 个提问等待首次回应，最久已等待 {longest.zh}：{questions.MEANING.zh}。",
    )


def _tiles(waiting: Result, months: Result, *, lacks_accepted: bool) -> Tiles:
    all_time = months.rows[-1]
    judged = f"n = {integer(all_time['n_judged'])}"
    return Tiles(
        title=Text("Since the first question", "自首个提问以来"),
        tiles=[
            Tile(
                label=questions.TITLE,
                value=integer(waiting.n),
                amount=waiting.n,
                note=questions.MEANING,
            ),
            Tile(
                label=known.Term("median_response_hours"),
                value=hours(all_time["median_hours"]),
                amount=all_time["median_hours"],
                note=Text(
                    f"the unanswered counted as waiting, n = {integer(all_time['n_questions'])}",
                    f"未回应者按仍在等待计，n = {integer(all_time['n_questions'])}",
                ),
            ),
            Tile(
                label=known.Term("p90_response_hours"),
                value=hours(all_time["p90_hours"]),
                amount=all_time["p90_hours"],
                note=_FEWER if all_time["p90_hours"] is None else None,
            ),
            Tile(
                label=known.Term("answered_rate"),
                value=percent(all_time["answered_rate"], all_time["n_judged"]),
                amount=all_time["answered_rate"],
                note=Text(judged, judged),
            ),
            Tile(
                label=known.Term("resolved_rate"),
                value=NOT_COLLECTED if lacks_accepted else percent(all_time["resolved_rate"], all_time["n_judged"]),
                amount=None if lacks_accepted else all_time["resolved_rate"],
                note=Text("none ever came", "从未送达") if lacks_accepted else Text(judged, judged),
            ),
        ],
        result=months,
    )


def _left_out(n_dated_before: int) -> Note:
    """Replies that came under a question by a move say nothing about how fast it was answered."""
    return Note(
        title=Text("Left out", "未计入"),
        body=Text(
            f"{plural(n_dated_before, 'reply', 'replies')} of all time {'is' if n_dated_before == 1 else 'are'} dated "
            "before the question above, as posts are that were moved: no response, and no wait of 0 hours.",
            f"历史上有 {integer(n_dated_before)} 条回复早于其上方的提问（例如被移动的帖子）："
            "不算回应，也不算等待 0 小时。",
        ),
    )


def _table(waiting: Result) -> Table:
    return Table(
        title=Text("Waiting the longest", "等待最久的提问"),
        note=Text(
            f"{integer(len(waiting.rows))} of {integer(waiting.n)}; the CSV holds all.",
            f"显示 {integer(waiting.n)} 个中的 {integer(len(waiting.rows))} 个；CSV 含全部。",
        ),
        columns=[
            Column(Text("Question", "提问"), wide=True),
            Column(Text("Channel", "频道"), filter="channel"),
            Column(Text("Asked by", "提问者")),
            Column(Text("Waits for", "已等待"), number=True),
        ],
        rows=[
            [
                cells.piece(row, "question_id"),
                Cell(row["channel"] or ""),
                people.member(row, "asker"),
                Cell(hours(row["observed_hours"]), row["observed_hours"]),
            ]
            for row in waiting.rows
        ],
        result=waiting,
        scroll=True,
    )


def _trends(months: Result, context: SiteContext) -> list[Block]:
    rows = [row for row in months.rows if row["period"] == "month"]
    labels = month_names([row["month"] for row in rows], context.through_day)
    rates = [
        charts.line(labels, [row[name] for row in rows], label, ink, metric=name)
        for name, label, ink in (
            ("answered_rate", Text("answered within 7 days", "7 天内得到回应"), "c1"),
            ("resolved_rate", Text("with an accepted answer", "已采纳回答"), "c2"),
        )
        if name == "answered_rate" or any(row[name] is not None for row in rows)
    ]
    hours_ = [row["median_hours"] for row in rows]
    medians = charts.bars(labels, hours_, Text("median", "中位数"), "c1", metric="median_response_hours")
    return [
        Chart(
            title=Text("How many get an answer?", "多少提问得到回应？"),
            note=Text("By the month of asking; questions 7 days old or more.", "按提问月份；仅含满 7 天的提问。"),
            figure=charts.figure(rates, y="share"),
            result=months,
            half=True,
        ),
        Chart(
            title=Text("How long do they wait?", "等待多久？"),
            note=Text(
                "Hours until half of the month's questions had a response. A month without a bar is not there yet.",
                "当月半数提问得到回应所用的小时数；无柱的月份尚未达到半数。",
            ),
            figure=charts.figure([medians], y_title=Text("hours", "小时")),
            result=months,
            half=True,
        ),
    ]


def _responders(marts: Marts, context: SiteContext) -> Table:
    result = marts.run(
        "first_responders",
        f"""
        select
            first_responder_id as member_id,
            any_value(display_name) as member_name,
            any_value(profile_url) as member_url,
            count(*) as n_first_responses,
            count(*) / sum(count(*)) over () as share_of_first_responses,
            median(hours_to_first_response) as median_hours,
        from marts.answer_times
        left join marts.dim_members on first_responder_id = member_id
        where
            first_responder_id is not null
            and asked_day between {context.through} - 89 and {context.through}
        group by first_responder_id
        order by n_first_responses desc, member_id
        """,
        limit=10,
    )
    return Table(
        title=Text("Who responds first?", "谁最先回应？"),
        note=Text(
            f"Questions of the last 90 days; {plural(result.n, 'member', 'members')} responded first to any.",
            f"最近 90 天的提问；共 {integer(result.n)} 名成员曾最先回应。",
        ),
        columns=[
            Column(Text("Member", "成员")),
            Column(Text("First responses", "最先回应数"), number=True),
            Column(Text("Share", "占比"), number=True),
            Column(Text("Median wait", "等待中位数"), number=True),
        ],
        rows=[
            [
                people.member(row),
                Cell(integer(row["n_first_responses"]), row["n_first_responses"]),
                Cell(
                    marks.bar(row["share_of_first_responses"], percent(row["share_of_first_responses"])),
                    row["share_of_first_responses"],
                ),
                Cell(hours(row["median_hours"]), row["median_hours"]),
            ]
            for row in result.rows
        ],
        result=result,
    )
