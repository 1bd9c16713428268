"""The brief's three things and its row of money, on communities whose every number is known."""

import re
from dataclasses import replace

import pytest
from markupsafe import Markup, escape

from pipelines.report.pages import brief
from pipelines.report.parts.blocks import Note, Thing, Things, Tiles
from pipelines.report.parts.header import read_header
from pipelines.report.parts.linked import linked
from pipelines.report.parts.text import Text
from tests.support.report_marts import CONTEXT
from tests.support.report_pages import Fill, block_of, page_of

TREATED_AND_CONTROL = """
    insert into marts.dim_members by name
    select 'm1' as member_id, 'Ana <Li>' as display_name, 'https://forum.example.org/u/m1' as profile_url,
        date '2026-01-01' as first_day;
    insert into marts.retention_actions by name
    select date '2026-11-19' as day, rank, 'm' || rank as member_id, arm, 'inactivity' as definition,
        9900 as value_minor, 'CNY' as currency, if(rank = 2, date '2026-12-01', null) as term_end,
        to_json(['last active 9 days ago', 'reads less']) as reasons_en,
        to_json(['上次活跃在 9 天前', '阅读减少']) as reasons_zh
    from (values (0, 'held_out'), (1, 'treated'), (2, 'treated'), (3, 'treated'), (4, 'treated')) as v (rank, arm)
    union all
    select date '2026-11-18', 9, 'of_yesterday', 'treated', 'inactivity', null, null, null, null, null;
"""
WAITING = """
    insert into marts.answer_times by name
    select 'q' || i as question_id, date '2026-11-19' - i::int as asked_day, 24.0 * i as observed_hours,
        i between 1 and 9 as is_waiting
    from range(12) as questions (i);
"""
ALARMS = """
    insert into marts.alert_rules by name select 'community' as rule, 'dau' as series, 100 as n_days_judged;
    insert into marts.alerts by name
    select 'community' as rule, series, 'below' as direction, 10 as value, 50 as baseline, 30 as band_low,
        70 as band_high, -5 as robust_z, day
    from (values ('dau', date '2026-11-19'), ('mau', date '2026-11-18')) as v (series, day);
"""
COLLECTED = "insert into marts.log_coverage by name select 'content' as log, true as is_collected;"
FAILED = """
    insert into marts.gate_results by name
    select 'deliveries' as gate, 'content' as table_name, date '2026-11-19' as day, 'keys' as expectation,
        'critical' as severity, false as is_passed, false as is_waived, timestamptz '2026-11-20 06:00' as checked_at;
"""


def things(fill: Fill, sql: str = "") -> list[Thing]:
    block = block_of(page_of(brief.page, fill(sql)), "Today: three things")
    assert isinstance(block, Things)
    return block.things


def words(shown: object, language: str) -> str:
    """What a reader of one language sees."""
    other = "zh-Hans" if language == "en" else "en"
    html = re.sub(rf'<span lang="{other}">.*?</span>', "", str(escape(linked(shown, ()))))
    return " ".join(Markup(re.sub(r"<[^>]+>", "", html)).unescape().split())


def test_whom_to_contact_is_led_by_the_first_of_the_list_and_never_names_the_control_arm(fill: Fill) -> None:
    contact = things(fill, TREATED_AND_CONTROL)[0]

    assert contact.body == Text("4 members are worth contacting, these first:", "4 名成员值得联系，先联系：")
    assert [words(line, "en") for line in contact.lines] == [
        "Ana <Li> m1 · 99 CNY a month · last active 9 days ago",
        "m2 · 99 CNY a month until 1 Dec 2026 · last active 9 days ago",
        "m3 · 99 CNY a month · last active 9 days ago",
    ]
    assert words(contact.lines[1], "zh") == "m2 · 每月 99 CNY，2026年12月1日到期 · 上次活跃在 9 天前"
    assert [href for href, _ in contact.links] == ["risk.html"]


@pytest.mark.parametrize(
    ("kept", "says", "n_lines"),
    [
        ("rank in (0, 1)", "1 member is worth contacting, this one:", 1),
        ("rank = 0", "Nobody is on the list of the last day", 0),
        ("rank = 9", "Nobody is on the list of the last day", 0),
        ("false", "No member has been scored yet.", 0),
    ],
    ids=["one", "the control arm alone", "of the day before", "no list ever"],
)
def test_a_single_member_and_an_empty_list_are_said_as_such(fill: Fill, kept: str, says: str, n_lines: int) -> None:
    contact = things(fill, TREATED_AND_CONTROL + f"delete from marts.retention_actions where not ({kept});")[0]
    assert contact.body.en.startswith(says)
    assert len(contact.lines) == n_lines


def test_where_small_counts_are_not_shown_nobody_is_named_or_counted(fill: Fill) -> None:
    marts, context = fill(TREATED_AND_CONTROL), replace(CONTEXT, least_shown=5)
    block = block_of(brief.page(marts, context, read_header(marts, context)), "Today: three things")
    assert isinstance(block, Things)
    assert block.things[0].body.en == "The list is written by: guildbook retention export"
    assert (list(block.things[0].lines), block.things[0].result) == ([], None)


@pytest.mark.parametrize(
    ("sql", "en", "zh", "lines", "page"),
    [
        (
            WAITING,
            "9 questions wait for a response, the longest for 9.0 days.",
            "9 个提问等待回应，最久的已等 9.0 天。",
            ["q9 9.0 days", "q8 8.0 days", "q7 7.0 days"],
            "answers.html",
        ),
        (
            WAITING + " update marts.answer_times set is_waiting = question_id = 'q1';",
            "1 question waits for a response, the longest for 24.0 hours.",
            "1 个提问等待回应，最久的已等 24.0 小时。",
            ["q1 24.0 hours"],
            "answers.html",
        ),
        (
            WAITING + " update marts.answer_times set is_waiting = false;",
            "No question waits.",
            "没有等待回应的提问。",
            [],
            "answers.html",
        ),
        (COLLECTED, "No question is known.", "没有提问数据。", [], "answers.html"),
        (
            "",
            "Questions are not collected: they need the log of content.",
            "未收集提问：需要内容日志。",
            [],
            "health.html#not-collected",
        ),
    ],
    ids=["many", "one", "none", "no question", "not collected"],
)
def test_the_questions_that_wait_are_counted_and_the_oldest_named(
    fill: Fill, sql: str, en: str, zh: str, lines: list[str], page: str
) -> None:
    waits = things(fill, sql)[1]
    assert waits.body == Text(en, zh)
    assert [words(line, "en") for line in waits.lines] == lines
    assert [href for href, _ in waits.links] == [page]


@pytest.mark.parametrize(
    ("sql", "en", "zh", "tone", "named"),
    [
        (COLLECTED, "Nothing is watched yet, and the data is whole.", "尚未监测任何指标，数据完整。", "good", []),
        (
            COLLECTED + ALARMS + "delete from marts.alerts where series = 'dau';",
            "No alarm rings, and the data is whole.",
            "没有警报，数据完整。",
            "good",
            [],
        ),
        (
            COLLECTED + ALARMS,
            "1 alarm rings, and the data is whole.",
            "1 项警报，数据完整。",
            "warn",
            ["Active that day · DAU: 10, below the band 30–70 (usual 50)"],
        ),
        (
            COLLECTED + ALARMS + FAILED + "delete from marts.alerts where series = 'dau';",
            "No alarm rings, and the data needs a look.",
            "没有警报，数据需要查看。",
            "bad",
            [],
        ),
        (
            COLLECTED
            + ALARMS
            + "insert into marts.held_out_days values ('content', '2026-11-18', 4, false);"
            + "insert into marts.alerts"
            + "  select alerts.* replace (series || i as series) from marts.alerts, range(6) as r (i);",
            "7 alarms ring, and the data needs a look.",
            "7 项警报，数据需要查看。",
            "warn",
            None,
        ),
    ],
    ids=["too early", "calm", "an alarm", "a gate failed", "many alarms and a day withheld"],
)
def test_what_broke_names_the_alarms_that_ring_and_says_whether_the_data_holds(
    fill: Fill, sql: str, en: str, zh: str, tone: str, named: list[str] | None
) -> None:
    broke = things(fill, sql)[2]
    assert (broke.body, broke.tone) == (Text(en, zh), tone)
    *rings, trust = [words(line, "en") for line in broke.lines]
    if named is None:
        assert (len(rings), rings[-1]) == (6, "and 2 more")
    else:
        assert rings == named
    assert trust.startswith("Can I trust this page? ")
    assert "<span data-trust>" in str(escape(broke.lines[-1]))
    assert [href for href, _ in broke.links] == ["alerts.html", "health.html"]


MONEY = """
    insert into marts.revenue_months by name
    select month, currency, n - 2 as n_payers_start, n as n_payers_end, mrr - 5000 as mrr_start_minor,
        mrr as mrr_end_minor
    from (values (date '2026-11-01', 'EUR', 7, 20000), (date '2026-11-01', 'CNY', 103, 1105000),
        (date '2026-11-01', 'USD', 2, 0), (date '2026-10-01', 'CNY', 9, 9)) as v (month, currency, n, mrr);
    insert into marts.subscription_terms by name
    select 's' || row_number() over () as subscription_id, currency, mrr as mrr_minor, outcome, is_paid, term_end
    from (values
        ('CNY', 110500, 'running', true, date '2026-11-20'),
        ('CNY', 110500, 'running', true, date '2026-12-19'),
        ('CNY', 700, 'running', true, date '2026-11-19'),
        ('CNY', 700, 'running', true, date '2026-12-20'),
        ('CNY', 700, 'cancelled', true, date '2026-11-25'),
        ('CNY', 700, 'running', false, date '2026-11-25'),
        ('EUR', 5000, 'running', true, date '2026-12-01')
    ) as v (currency, mrr, outcome, is_paid, term_end);
"""


def test_the_row_of_money_is_of_the_largest_currency_and_names_the_others(fill: Fill) -> None:
    tiles = block_of(page_of(brief.page, fill(MONEY)), "Money")
    assert isinstance(tiles, Tiles)
    assert [(tile.value, tile.change, tile.tone) for tile in tiles.tiles] == [
        ("103", Text("+2", "+2"), "good"),
        ("11,050 CNY", Text("+50", "+50"), "good"),
        ("3", None, "neutral"),
    ]
    assert [tile.note for tile in tiles.tiles] == [
        Text("since 1 Nov 2026; and 7 (EUR)", "自2026年11月1日起；另有 7 (EUR)"),
        Text("since 1 Nov 2026; and 200 EUR", "自2026年11月1日起；另有 200 EUR"),
        Text(
            "2,210 CNY a month, 20% of MRR + 50 EUR a month, 25% of MRR",
            "每月 2,210 CNY，占 MRR 的 20% + 每月 50 EUR，占 MRR 的 25%",
        ),
    ]
    assert {tile.link for tile in tiles.tiles} == {"revenue.html"}


def test_a_first_month_has_no_change_and_no_term_due_says_so(fill: Fill) -> None:
    first = "update marts.revenue_months set n_payers_start = null, mrr_start_minor = null;"
    tiles = block_of(page_of(brief.page, fill(MONEY + first + "delete from marts.subscription_terms;")), "Money")
    assert isinstance(tiles, Tiles)
    assert [tile.change for tile in tiles.tiles] == [None, None, None]
    assert (tiles.tiles[2].value, tiles.tiles[2].note) == ("0", Text("no paid term ends", "没有付费订阅到期"))


@pytest.mark.parametrize(
    "sql",
    ["", "insert into marts.revenue_months by name select date '2026-11-01' as month, 'CNY' as currency;"],
    ids=["nothing of money", "payments alone"],
)
def test_without_subscriptions_a_line_says_how_to_add_them(fill: Fill, sql: str) -> None:
    note = block_of(page_of(brief.page, fill(sql)), "Money")
    assert isinstance(note, Note)
    assert note.link == ("health.html#not-collected", Text("How to add it", "如何接入"))


def test_what_there_is_to_do_and_the_money_stand_before_the_figures(fill: Fill) -> None:
    day = """
        insert into marts.community_days by name
        select '2026-11-19' as day, 5 as dau, 6 as wau, 7 as mau, 1 as new_members, 1 as resurrected_members,
            1 as lost_members, 1 as n_contents, 1 as n_interactions;
    """
    titles = [block.title.en for block in page_of(brief.page, fill(day + COLLECTED)).blocks]
    assert titles == [
        "Today: three things",
        "Money",
        "The day in numbers",
        "Active members",
        "Contents and interactions by members",
    ]
