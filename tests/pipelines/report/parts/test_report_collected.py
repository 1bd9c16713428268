"""What nobody collects is called so where a zero would stand, with what to deliver."""

import pytest

from pipelines.report.pages import answers, brief, content, health
from pipelines.report.parts import collected
from pipelines.report.parts.blocks import Chart, Note, Table, Tiles
from tests.support.report_pages import Fill, block_of, page_of

LOGS = """insert into marts.log_coverage by name
    select log, true as is_collected, date '2026-01-01' as first_log_day, date '2026-11-19' as last_log_day, 9 as n_rows
    from (values {logs}) as logs (log);"""
ALL = LOGS.format(logs="('members'), ('content'), ('interactions')")
DAY = """insert into marts.community_days by name
    select date '2026-11-19' as day, 5 as dau, 5 as wau, 5 as mau, 1 as stickiness, 0 as new_members,
        0 as resurrected_members, 0 as lost_members, 0 as joined_members, 0 as n_contents, 9 as n_interactions;"""
PIECE = """insert into marts.content_performance by name
    select 'q' as content_id, 'question' as kind, 'Why?' as title, {reads} as n_reads, {reads} as n_unique_readers,
        0 as n_interactions, 0 as n_interactors, date '2026-11-18' as published_day;"""
ANSWERS = """insert into marts.answer_times by name
    select 'q' as question_id, true as is_censored, 9 as observed_hours, date '2026-11-18' as asked_day;
    insert into marts.answer_months by name
    select unnest(['month', 'all']) as period, 1 as n_questions, 1 as n_judged, 0.5 as answered_rate,
        {rate} as resolved_rate, 0 as n_dated_before, unnest([date '2026-11-01', null]) as month;"""


def facts(*, came: bool) -> str:
    rows = ", ".join(f"('{fact}', '{log}', {came})" for fact, log in collected.LOG_OF.items())
    return f"""insert into marts.collected_facts by name
        select fact, log, is_collected, is_collected::int as n_rows
        from (values {rows}) as facts (fact, log, is_collected);"""


def text(value: object) -> str:
    return str(getattr(value, "en", value))


def tiles(page, title):
    block = block_of(page, title)
    assert isinstance(block, Tiles)
    return {tile.label.en: (text(tile.value), text(tile.note)) for tile in block.tiles}


@pytest.mark.parametrize(
    ("came", "logs", "contents", "joined"),
    [
        (True, ALL, "0", "0"),
        (False, ALL, "not collected", "0"),
        (False, LOGS.format(logs="('interactions')"), "not collected", "not collected"),
    ],
    ids=["all", "no contents", "interactions alone"],
)
def test_the_brief_has_no_zero_for_what_nobody_collects(
    fill: Fill, came: bool, logs: str, contents: str, joined: str
) -> None:
    page = page_of(brief.page, fill(DAY + logs + facts(came=came)))
    shown = tiles(page, "The day in numbers")
    assert (shown["Contents by members"][0], shown["Joined"][0]) == (contents, joined)
    assert shown["Interactions by members"][0] == "9"
    chart = "Contents and interactions by members" if came else "Interactions by members"
    assert chart in [block.title.en for block in page.blocks]


@pytest.mark.parametrize("came", [True, False])
def test_the_page_of_content_says_that_reads_and_contents_are_not_collected(fill: Fill, came: bool) -> None:
    page = page_of(content.page, fill(ALL + facts(came=came) + PIECE.format(reads=0 if came else "null")))
    said = {block.title.en: block.body.en for block in page.blocks if isinstance(block, Note)}
    assert set(said) == (set() if came else {"What is read", "Articles, lives and courses"})
    assert came or "deliver the log interactions with the kinds view or read" in said["What is read"]
    table = block_of(page, "Piece by piece, most taken up first")
    assert isinstance(table, Table)
    assert [text(cell.shown) for cell in table.rows[0]][3:5] == (["0", "0"] if came else ["–", "–"])


@pytest.mark.parametrize(("came", "rate", "shown"), [(True, "0", "0%"), (False, "null", "not collected")])
def test_no_accepted_answer_at_all_is_not_0_per_cent(fill: Fill, came: bool, rate: str, shown: str) -> None:
    page = page_of(answers.page, fill(ALL + facts(came=came) + ANSWERS.format(rate=rate)))
    assert tiles(page, "Since the first question")["With an accepted answer"][0] == shown
    chart = block_of(page, "How many get an answer?")
    assert isinstance(chart, Chart)
    assert ("with an accepted answer" in [trace["name"].en for trace in chart.figure["series"]]) == came


def test_data_health_says_how_to_add_what_a_collected_log_lacks(fill: Fill) -> None:
    marts = fill(LOGS.format(logs="('members'), ('interactions')") + facts(came=False))
    note = block_of(page_of(health.page, marts), "Not collected, and how to add it")
    assert isinstance(note, Note)
    names = [name.en for name, _ in note.entries]
    assert "Views and reads" in names
    assert "content" in names
    assert "Contents" not in names, "the log that would hold it is named already"


def test_every_fact_has_words(fill: Fill) -> None:
    assert set(collected.FACTS) == set(collected.LOG_OF)
    lacks, _ = collected.missing_facts(fill(facts(came=False)))
    assert lacks == dict.fromkeys(collected.FACTS, True)


@pytest.mark.parametrize(
    ("is_collected", "words"), [(False, "1 question, answer or comment"), (True, "0 contents by all authors")]
)
def test_the_headline_of_content_counts_no_contents_where_none_ever_came(
    fill: Fill, is_collected: bool, words: str
) -> None:
    facts = f"insert into marts.collected_facts by name select 'contents' as fact, {is_collected} as is_collected;"
    page = page_of(content.page, fill(ALL + DAY + PIECE.format(reads="null") + facts))
    assert page.answer.en.startswith(f"Published in the last 90 days: {words}")
