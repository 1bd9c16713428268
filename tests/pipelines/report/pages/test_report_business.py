"""Answers, revenue, content and events, on communities whose every number is known."""

from dataclasses import replace

import pytest

from pipelines.report.pages import answers, content, events, revenue
from pipelines.report.parts import marks
from pipelines.report.parts.blocks import Chart, Note, Table, Tiles
from pipelines.report.parts.header import read_header
from pipelines.report.parts.linked import linked
from pipelines.report.parts.text import Text, hours, money
from tests.support.report_marts import CONTEXT, FIXTURE
from tests.support.report_pages import Fill, block_of, page_of


def fixture(name: str) -> str:
    return (FIXTURE / f"{name}.sql").read_text(encoding="utf-8").replace("$hostile", "'x'")


@pytest.mark.parametrize(
    ("count", "says"),
    [(0, None), (1, "1 reply of all time is dated before"), (3, "3 replies of all time are dated before")],
)
def test_replies_dated_before_their_question_are_named_where_there_are_any(
    fill: Fill, count: int, says: str | None
) -> None:
    moved = f";update marts.answer_months set n_dated_before = {count} where period = 'all';"
    page = page_of(answers.page, fill(fixture("answers") + moved))
    notes = [block.body.en for block in page.blocks if isinstance(block, Note) and block.title.en == "Left out"]
    assert bool(notes) == (says is not None)
    assert all(note.startswith(says or "") for note in notes)


@pytest.mark.parametrize("build", [answers.page, revenue.page, content.page, events.page])
def test_what_is_not_collected_is_said_and_nothing_is_zero(fill: Fill, build) -> None:
    page = page_of(build, fill(""))
    assert {type(block) for block in page.blocks} == {Note}
    assert all(block.link == ("health.html#not-collected", Text("How to add it", "如何接入")) for block in page.blocks)
    assert "0" not in page.answer.en


def test_who_waits_is_counted_by_the_marts_and_the_longest_comes_first(fill: Fill) -> None:
    page = page_of(answers.page, fill(fixture("answers")))
    assert page.answer.en == (
        "7 questions wait for a first response, the longest for 28.5 days: asked 1 to 30 days ago, no response by "
        "another member yet."
    )
    table = block_of(page, "Waiting the longest, and who could answer")
    assert isinstance(table, Table)
    assert [str(row[0].shown) for row in table.rows][:2] == ["How do I wait? 28", "How do I wait? 24"]
    tiles = block_of(page, "Since the first question")
    assert isinstance(tiles, Tiles)
    assert [tile.value for tile in tiles.tiles] == ["7", hours(4.5), hours(75.0), "75.1%", "50.0%"]
    assert tiles.tiles[2].note is None


def test_hours_that_nine_of_ten_have_not_reached_say_so(fill: Fill) -> None:
    page = page_of(answers.page, fill(fixture("answers") + "; update marts.answer_months set p90_hours = null"))
    tiles = block_of(page, "Since the first question")
    assert isinstance(tiles, Tiles)
    assert tiles.tiles[2].value == hours(None)
    assert tiles.tiles[2].note == Text("fewer than nine of ten had a response", "得到回应的不足九成")


def test_the_answer_desk_says_whom_to_ask_and_why(fill: Fill) -> None:
    page = page_of(answers.page, fill(fixture("answers")))
    table = block_of(page, "Waiting the longest, and who could answer")
    assert isinstance(table, Table)
    longest, next_one, *_, shortest = table.rows
    assert longest[3].shown == "go, sql"
    named = str(linked(longest[2].shown, ()))
    assert [name in named for name in ("m1 ", "m2 ", "m3 ")] == [True, True, False]
    said = Text(
        "7 of 40 answers on these topics, half within 5.5 hours, active 1 day ago",
        "回答 40 次，同话题 7 次，半数在 5.5 小时内，1 天前活跃",
    )
    assert said.__html__() in named
    assert next_one[2].shown == Text(
        "nobody who has answered was active in 30 days", "近 30 天没有回答过问题的活跃成员"
    )
    assert (shortest[3].shown, shortest[2].sort) == ("help", "x")
    assert table.note is not None
    assert table.note.en.startswith("7 of 7; the CSV holds all. Named by how many questions on the same topics they")
    assert "of 300 past questions the first 5 named held who responded first in 40% (35–46%)" in table.note.en


@pytest.mark.parametrize(("nothing_of", "least_shown"), [("answer_desk", 0), ("nothing", 5)])
def test_without_the_answer_desk_the_questions_stand_alone(fill: Fill, nothing_of: str, least_shown: int) -> None:
    marts = fill(fixture("answers") + (f";delete from marts.{nothing_of}" if nothing_of == "answer_desk" else ""))
    context = replace(CONTEXT, least_shown=least_shown)
    page = answers.page(marts, context, read_header(marts, context))
    table = block_of(page, "Waiting the longest")
    assert isinstance(table, Table)
    assert str(table.rows[0][0].shown) == "How do I wait? 28"


def test_first_responders_are_those_of_90_days_with_their_share(fill: Fill) -> None:
    table = block_of(page_of(answers.page, fill(fixture("answers"))), "Who responds first?")
    assert isinstance(table, Table)
    expected = [f"m{i % 3}" for i in range(90) if i % 4]
    assert {str(row[0].shown): row[1].sort for row in table.rows} == {
        name: expected.count(name) for name in set(expected)
    }
    assert sum(row[2].sort for row in table.rows) == pytest.approx(1)  # type: ignore[misc]


def test_revenue_is_that_of_the_largest_currency_and_its_bridge_adds_up(fill: Fill) -> None:
    page = page_of(revenue.page, fill(fixture("revenue")))
    assert page.answer.en == (
        "Recurring revenue is 11,050 CNY a month from 103 paying members, 150 CNY more than at the start of Nov 2026."
    )
    chart = block_of(page, "What moved recurring revenue")
    assert isinstance(chart, Chart)
    assert sum(trace["y"][-1] for trace in chart.figure["series"]) == pytest.approx(150)
    tiles = block_of(page, "Nov 2026 (so far, 19 days)")
    assert isinstance(tiles, Tiles)
    assert [(tile.value, tile.tone) for tile in tiles.tiles[:3]] == [
        ("11,050 CNY", "good"),
        ("103", "good"),
        ("2.7", "neutral"),
    ]


def test_recurring_revenue_is_by_plan_and_the_month_that_runs_says_so(fill: Fill) -> None:
    chart = block_of(page_of(revenue.page, fill(fixture("revenue"))), "Recurring revenue by month")
    assert isinstance(chart, Chart)
    series = {one["name"].en: one["y"] for one in chart.figure["series"]}
    assert list(series) == ["yearly", "monthly", "p5", "p4", "other plans"]
    assert (series["yearly"], series["p5"], series["other plans"]) == ([9000.0] * 6, [0] * 5 + [50.0], [0] * 5 + [60.0])
    months = chart.figure["series"][0]["x"]
    assert months[-2:] == [Text("2026-10", "2026-10"), Text("2026-11 (so far, 19 days)", "2026-11（至今 19 天）")]


def test_where_small_counts_are_hidden_plans_are_told_together(fill: Fill) -> None:
    context = replace(CONTEXT, least_shown=5)
    marts = fill(fixture("revenue"))
    chart = block_of(revenue.page(marts, context, read_header(marts, context)), "Recurring revenue by month")
    assert isinstance(chart, Chart)
    assert [(one["name"].en, one["y"][-1]) for one in chart.figure["series"]] == [("all plans", 11150.0)]


def test_renewal_by_cohort_shows_20_terms_or_more_and_adds_up(fill: Fill) -> None:
    sql = """
        insert into marts.renewals by name
        select cohort as cohort_month, month, due as n_due, renewed as n_renewed
        from (values
            (date '2026-08-01', date '2026-09-01', 40, 30), (date '2026-08-01', date '2026-10-01', 19, 0),
            (date '2026-09-01', date '2026-10-01', 20, 20), (date '2025-10-01', date '2026-10-01', 50, 0),
            (null, date '2026-10-01', 10, 5), (null, date '2025-11-01', 99, 0)
        ) as v (cohort, month, due, renewed);
    """
    table = block_of(page_of(revenue.page, fill(sql)), "Renewal by month of first payment")
    assert isinstance(table, Table)
    assert [column.label.en for column in table.columns] == ["First paid", "Ended", "Renewed", "1", "2"]
    assert [row[0].shown for row in table.rows] == [
        marks.unbroken("2026-09"),
        marks.unbroken("2026-08"),
        Text("All of these", "以上合计"),
        Text("before the log", "日志开始之前"),
    ]
    assert [[cell.sort for cell in row[1:]] for row in table.rows] == [
        [20, 1.0, 1.0, -1e9],
        [59, 30 / 59, 0.75, -1e9],
        [79, 50 / 79, 50 / 60, -1e9],
        [10, 0.5, -1e9, -1e9],
    ]
    assert [row[4].shown for row in table.rows] == ["", "–", "–", ""]


def test_one_count_of_churn_leads_to_the_next_in_members(fill: Fill) -> None:
    page = page_of(revenue.page, fill(fixture("revenue")))
    table = block_of(page, "Churn counted three ways, and from one to the next")
    assert isinstance(table, Table)
    shown = [(str(row[1].shown).removeprefix("<b>").removesuffix("</b>"), row[3].sort) for row in table.rows]
    minus = "\N{MINUS SIGN}"
    assert shown == [
        ("40", 0.2), (f"{minus}9", None), (f"{minus}27", None), ("+5", None), ("+3", None), ("12", 0.12),
        (f"{minus}4", None), ("+2", None), ("10", 0.1),
    ]  # fmt: skip
    rates = block_of(page, "The three rates by month")
    assert isinstance(rates, Chart)
    assert [(one["x"][-1], one["y"][-1]) for one in rates.figure["series"]] == [
        ("2026-10", 20.0), ("2026-10", 12.0), ("2026-10", 10.0),
    ]  # fmt: skip


def test_a_month_that_is_not_over_is_not_walked_to_its_revenue(fill: Fill) -> None:
    unknown = ";update marts.churn_definitions_walk set n_mrr_churned = null where as_of_day = '2026-09-30'"
    page = page_of(revenue.page, fill(fixture("revenue") + unknown))
    table = block_of(page, "Churn counted three ways, and from one to the next")
    assert table.note is not None
    assert table.note.en.startswith("Members of 31 Aug 2026.")


def test_terms_due_and_payments_failed_are_those_of_a_week_either_way(fill: Fill) -> None:
    tiles = block_of(page_of(revenue.page, fill(fixture("revenue"))), "The week ahead and the week behind")
    assert isinstance(tiles, Tiles)
    assert [(tile.value, tile.note) for tile in tiles.tiles] == [
        ("3", Text("198 CNY + 500 JPY", "198 CNY + 500 JPY")),
        ("1", Text("99 CNY", "99 CNY")),
    ]


def test_a_month_without_losses_has_no_ratio(fill: Fill) -> None:
    changed = "update marts.revenue_months set quick_ratio = null, has_losses = false;"
    tiles = block_of(page_of(revenue.page, fill(fixture("revenue") + ";" + changed)), "Nov 2026 (so far, 19 days)")
    assert isinstance(tiles, Tiles)
    assert tiles.tiles[2].value == Text("no losses", "无流失")


def test_a_month_that_runs_says_what_its_rates_were_in_the_month_before(fill: Fill) -> None:
    changed = """
        update marts.revenue_months
        set payer_churn_rate = 0.04, n_payers_start = 100, quick_ratio = 2.5, has_losses = true, arpu_minor = 9900
        where month = date '2026-10-01';
    """
    tiles = block_of(page_of(revenue.page, fill(fixture("revenue") + ";" + changed)), "Nov 2026 (so far, 19 days)")
    assert isinstance(tiles, Tiles)
    assert [tile.before and tile.before.en for tile in tiles.tiles] == [
        None, None, "Oct 2026: 2.5", "Oct 2026: 99 CNY", "Oct 2026: 4%",
    ]  # fmt: skip


def test_renewal_by_plan_sums_the_counts_before_it_divides(fill: Fill) -> None:
    more = """
        insert into marts.renewals by name
        select 'yearly' as plan, date '2026-11-01' as month, 1 as n_due, 0 as n_renewed;
    """
    table = block_of(page_of(revenue.page, fill(fixture("revenue") + ";" + more)), "Renewal by plan, last 12 months")
    assert isinstance(table, Table)
    rates = {row[0].shown: (row[1].sort, row[2].sort) for row in table.rows}
    assert rates["yearly"] == (201, pytest.approx(160 / 201))
    assert rates[Text("not said", "未注明")] == (200, 0.8)


@pytest.mark.parametrize(
    ("minor", "currency", "shown"),
    [
        (123400, "CNY", "1,234 CNY"),
        (500, "JPY", "500 JPY"),
        (500, "RWF", "500 RWF"),
        (2500, "KWD", "2 KWD"),
        (123400, "RSD", "1,234 RSD"),
        (123400, "HRK", "1,234 HRK"),  # a currency that is no more
        (123400, "XXX", "1,234 XXX"),  # no currency, which has no minor unit
        (None, "CNY", "–"),
    ],
)
def test_money_has_the_digits_of_its_currency(minor: int | None, currency: str, shown: str) -> None:
    assert money(minor, currency) == shown


def test_events_without_attendance_are_no_part_of_the_share_that_came(fill: Fill) -> None:
    page = page_of(events.page, fill(fixture("events")))
    assert page.answer.en == "13 events in the last 90 days: 360 of 480 registrations came, 75%."
    table = block_of(page, "Event by event")
    assert isinstance(table, Table)
    assert [cell.shown for cell in table.rows[0][2:]] == ["40", "–", "–", "–", "–", "–", "–"]
    assert [cell.shown for cell in table.rows[2][4:7]] == [
        "75% (60–86%)", "80% (49–94%, n = 10)", "\N{MINUS SIGN}20 (\N{MINUS SIGN}75–35, n = 10)",
    ]  # fmt: skip


def test_the_funnel_is_one_its_steps_are_parts_and_its_guests_had_time_to_come_again(fill: Fill) -> None:
    asked = ";insert into marts.log_coverage by name select 'feedback' as log, true as is_collected;"
    table = block_of(page_of(events.page, fill(fixture("events") + asked)), "From the invitation to the next event")
    assert isinstance(table, Table)
    # Thirteen events lie 30 to 119 days back; of each 20 were invited and 30 more registered.
    steps = {row[0].shown.en: tuple(cell.sort for cell in row[1:]) for row in table.rows}  # type: ignore[attr-defined]
    assert steps == {
        "invited": (260, -1e9), "registered": (130, 390), "attended": (65, 325), "gave feedback": (65, 65),
        "came again": (65, 65),
    }  # fmt: skip
    assert "260" in str(table.rows[0][1].shown)
    assert "50%" in str(table.rows[1][1].shown)
    assert table.note is not None
    assert table.note.en.endswith("Of all 390 who attended 100% came again.")


def test_without_invitations_or_feedback_the_funnel_opens_and_ends_with_what_is_known(fill: Fill) -> None:
    bare = """;update marts.member_events set is_invited = false, has_given_feedback = false;
        insert into marts.log_coverage by name
        select unnest(['events', 'event_participation']) as log, true as is_collected;"""
    table = block_of(page_of(events.page, fill(fixture("events") + bare)), "From the invitation to the next event")
    assert isinstance(table, Table)
    assert [column.label.en for column in table.columns] == ["Step", "Members"]
    assert [row[0].shown.en for row in table.rows] == ["registered", "attended", "came again"]  # type: ignore[attr-defined]


def test_without_events_whose_guests_had_time_there_is_no_funnel(fill: Fill) -> None:
    late = ";delete from marts.member_events where starts_day < '2026-10-21';"
    page = page_of(events.page, fill(fixture("events") + late))
    assert "From the invitation to the next event" not in {block.title.en for block in page.blocks}


def test_influence_has_its_interval_and_says_what_chance_alone_would_do(fill: Fill) -> None:
    below = ";update marts.event_performance set influence_low = -2, influence_high = -0.25 where event_id = 'e9';"
    page = page_of(events.page, fill(fixture("events") + below))
    table = block_of(page, "Event by event")
    assert isinstance(table, Table)
    shown = [row[8].shown for row in table.rows]
    assert shown[:5] == ["–", "–", "–", "1.2", "1.2 (0.5–2.0)"]
    assert shown[9] == "1.2 (\N{MINUS SIGN}2.0–\N{MINUS SIGN}0.2)"
    note = block_of(page, "How to read it")
    assert isinstance(note, Note)
    assert (
        "Of the 16 events of the last 12 months with an interval, it lies wholly above 0 at 15 and wholly below at 1"
        in (note.body.en)
    )
    assert "chance would make about 0 of either" in note.body.en


def test_events_at_which_nobody_counted_say_so(fill: Fill) -> None:
    unknown = "update marts.event_performance set n_attended = null;"
    page = page_of(events.page, fill(fixture("events") + ";" + unknown))
    assert page.answer.en == "13 events in the last 90 days; nobody wrote down who came."
    assert isinstance(block_of(page, "Who came"), Note)


def test_kinds_are_compared_per_piece_and_unknown_reads_stay_unknown(fill: Fill) -> None:
    sql = """
        insert into marts.content_performance by name
        select kind || i as content_id, kind, date '2026-11-19' - i::int as published_day, n as n_interactions,
            null as n_reads, null as n_unique_readers
        from range(4) as pieces (i) cross join (values ('article', 3), ('live', 9)) as v (kind, n)
        union all
        select 'old', 'course', date '2026-08-21', 99, null, null;
    """
    page = page_of(content.page, fill(sql))
    assert page.answer.en == (
        "Published in the last 90 days: 8 contents, and 0 questions, answers and comments. No kind has 20 pieces, too "
        "few to say which is taken up most."
    )
    table = block_of(page, "By kind, published in the last 90 days")
    assert isinstance(table, Table)
    assert [[cell.shown for cell in row[1:5]] for row in table.rows] == [["4", "–", "–", "36"], ["4", "–", "–", "12"]]


@pytest.mark.parametrize(("first", "before"), [("2026-05-24", ["2", "0"]), ("2026-05-25", ["–", "–"])])
def test_pieces_are_counted_beside_those_of_as_many_days_before_where_the_log_reaches_back(
    fill: Fill, first: str, before: list[str]
) -> None:
    sql = f"""
        insert into marts.log_coverage by name
        select 'content' as log, true as is_collected, date '{first}' as first_log_day;
        insert into marts.content_performance by name
        select * from (values ('a', 'article', date '2026-11-19', 9), ('b', 'live', date '2026-08-22', 1),
            ('c', 'article', date '2026-08-21', 1), ('d', 'article', date '2026-05-24', 1),
            ('e', 'article', date '2026-05-23', 1)) as v (content_id, kind, published_day, n_interactions);
    """
    table = block_of(page_of(content.page, fill(sql)), "By kind, published in the last 90 days")
    assert isinstance(table, Table)
    assert [[row[1].shown, row[2].shown] for row in table.rows] == [["1", before[0]], ["1", before[1]]]


def test_no_kind_leads_the_headline_with_less_than_20_pieces_and_no_score_is_shown_below_5(fill: Fill) -> None:
    sql = """
        insert into marts.content_performance by name
        select kind || i as content_id, kind, date '2026-11-19' as published_day, interactions as n_interactions,
            case when i < scores then 4.0 end as mean_score, case when i < scores then 1 end as n_scores
        from (values ('course', 3, 26, 1), ('live', 20, 9, 5), ('article', 40, 2, 4), ('answer', 50, 1, 0))
            as v (kind, n, interactions, scores)
        cross join range(50) as pieces (i)
        where i < n;
        insert into marts.community_days by name
        select '2026-11-19' as day, 7 as n_contents union all select '2026-08-22', 5 union all select '2026-08-21', 100;
    """
    page = page_of(content.page, fill(sql))
    assert page.answer.en == (
        "Published in the last 90 days: 63 contents by all authors (12 by members), and 50 questions, answers and "
        "comments. Most taken up, of kinds with 20 pieces or more: lives, with 9.0 interactions each "
        "(n\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}20)."
    )
    table = block_of(page, "By kind, published in the last 90 days")
    assert isinstance(table, Table)
    assert table.note is not None
    assert "Scores are shown from 5 on" in table.note.en
    assert [(row[0].shown.en, row[7].shown, row[7].sort) for row in table.rows] == [  # type: ignore[attr-defined]
        ("courses", "– (1)", 0), ("lives", "4.0 (5)", 4.0), ("articles", "– (4)", 0), ("answers", "–", 0),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("first", "n", "tail"),
    [
        ("2026-05-24", 20, "75%; in the 90 days before, 50% of 20."),
        ("2026-05-24", 19, "75%."),
        ("2026-05-25", 20, "75%."),
    ],
)
def test_events_are_held_against_those_of_as_many_days_before(fill: Fill, first: str, n: int, tail: str) -> None:
    sql = f"""
        insert into marts.log_coverage by name
        select 'events' as log, true as is_collected, date '{first}' as first_log_day;
        insert into marts.event_performance by name
        select 'e' as event_id, date '2026-11-19' as starts_day, 40 as n_registered, 30 as n_attended
        union all
        select 'f', date '2026-08-21', {n}, 10;
    """
    answer = page_of(events.page, fill(sql)).answer.en
    assert answer == f"1 event in the last 90 days: 30 of 40 registrations came, {tail}"


@pytest.mark.parametrize(
    ("registered", "headline"),
    [(19, "1 event in the last 90 days: 10 of 19 registrations came."), (20, "10 of 20 registrations came, 50%.")],
)
def test_a_share_of_registrations_needs_20_and_one_of_feedback_5(fill: Fill, registered: int, headline: str) -> None:
    sql = f"""
        insert into marts.event_performance by name
        select 'e' as event_id, date '2026-11-19' as starts_day, {registered} as n_registered, 10 as n_attended,
            1 as csat, {registered} - 15 as n_csat, 0.5 as csat_low, 1 as csat_high, 0 as nps,
            {registered} - 15 as n_nps, -50 as nps_low, 50 as nps_high;
    """
    page = page_of(events.page, fill(sql))
    assert page.answer.en.endswith(headline)
    table = block_of(page, "Event by event")
    assert isinstance(table, Table)
    csat, nps = table.rows[0][5].shown, table.rows[0][6].shown
    assert ((csat, nps) == ("–", "–")) == (registered == 19)


def test_half_life_is_told_to_the_hour_where_readers_are_known(fill: Fill) -> None:
    sql = """
        insert into marts.content_performance by name
        select 'p' || n as content_id, 'article' as kind, date '2026-11-19' as published_day, n as n_interactions,
            hours as half_life_hours, days as half_life_days
        from (values (4, 7.25, 0), (3, 72.0, 3), (2, null, 2), (1, null, null)) as v (n, hours, days);
    """
    table = block_of(page_of(content.page, fill(sql)), "Piece by piece, most taken up first")
    assert isinstance(table, Table)
    assert [(row[7].shown, row[7].sort) for row in table.rows] == [
        (hours(7.25), 7.25), (hours(72.0), 72), (Text("2 days", "2 天"), 48), ("–", -1e9),
    ]  # fmt: skip


def test_an_answer_without_a_title_goes_by_that_of_its_question(fill: Fill) -> None:
    sql = """
        insert into marts.content_performance by name
        select id as content_id, kind, title, date '2026-11-19' as published_day, n as n_interactions
        from (values ('q', 'question', 'Why so slow?', 3), ('a', 'answer', null, 2), ('c', 'comment', null, 1))
            as v (id, kind, title, n);
        insert into marts.dim_content by name
        select * from (values ('q', 'Why so slow?', null), ('a', null, 'q')) as v (content_id, title, root_id);
    """
    table = block_of(page_of(content.page, fill(sql)), "Piece by piece, most taken up first")
    assert isinstance(table, Table)
    assert [(row[0].shown.name, row[1].shown.en) for row in table.rows] == [  # type: ignore[attr-defined]
        ("Why so slow?", "Question"), ("Why so slow?", "Answer"), (None, "Comment"),
    ]  # fmt: skip
