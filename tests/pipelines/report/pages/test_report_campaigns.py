"""The page of campaigns and the day's list: names what works and what harms, never what nobody can tell."""

import pytest

from pipelines.report.pages import campaigns, risk
from pipelines.report.parts.blocks import Note, Page, Table, Tiles
from tests.support.report_pages import Fill, block_of, page_of

LIST = """
    insert into marts.churn_predictions
        (member_id, day, definition, probability, model_version, learner, risk_band, reasons_en, reasons_zh, is_current)
    select id, date '2026-11-19', 'inactivity', 0.9, 'v1', 'logistic', 'high', '[]', '[]', true
    from (values ('a'), ('b')) as members (id);
    insert into marts.retention_actions
    select day, 1, id, 'k', arm, 'call', 'Call ' || id, '致电 ' || id, '[]', null, 'lapse', 0.9, 'high', '["en"]',
        '["zh"]', null, null, '2026-11-29', 1, 0.303, 20, 1, 'risk_times_value', 'too few', '太少'
    from (values
        ('a', 'treated', date '2026-11-19'), ('b', 'held_out', date '2026-11-19'), ('c', 'treated', date '2026-11-18')
    ) as list (id, arm, day);
"""


def effect(
    campaign: str,
    verdict: str,
    *,
    primary: bool = True,
    outcome: str = "active",
    interval: str = "0.0, -0.1, 0.1",
    kind: str = "'any_day', null",
    cost: str = "100, null, null, null, 'CNY', null, null",
) -> str:
    return f"""insert into marts.action_effects values (
        '{campaign}', '{outcome}', {primary}, 'call', false, 10, 10, 0.5, 1, 0, 10, 10, 5, 5, 0.5, 0.5, {interval},
        0.2, '{verdict}', {kind}, 0.9875, 4, 10, {cost}, '2026-11-01', '2026-11-01');"""


WORKS = {"interval": "0.0464, 0.002, 0.091", "outcome": "renewed"}


def cells(page: Page) -> list[list[str]]:
    table = block_of(page, "What it costs, and what it brings")
    assert isinstance(table, Table)
    return [[getattr(cell.shown, "en", str(cell.shown)) for cell in row] for row in table.rows]


def test_the_answer_names_what_works_and_what_harms_out_of_how_many(fill: Fill) -> None:
    rows = effect("a", "works", interval="0.0464, 0.002, 0.091") + effect("b", "harms", interval="-0.1, -0.194, -0.005")
    rows += effect("c", "no_effect") + effect("d", "works", primary=False) + effect("e", "unbalanced")
    page = page_of(campaigns.page, fill(rows))
    assert page.answer.en == (
        "2 of 3 campaigns compared show an effect: a works, +4.6 points (+0.2 to +9.1); "
        "b harms, \N{MINUS SIGN}10.0 points (\N{MINUS SIGN}19.4 to \N{MINUS SIGN}0.5)."
    )
    assert page.answer.zh.startswith("在比较的 3 个运营活动中，2 个显示出效果：a 有效，+4.6 个百分点（+0.2 至 +9.1）；")


def test_nothing_shown_is_said_so_and_costs_at_least_what_the_best_case_does(fill: Fill) -> None:
    rows = effect("a", "cannot_tell", cost="100, null, 2500, null, 'CNY', null, null")
    rows += effect("b", "no_comparison", interval="null, null, null")
    page = page_of(campaigns.page, fill(rows))
    assert page.answer.en == "Of 1 campaign compared none has shown an effect so far."
    (row,) = cells(page)
    assert row[:1] + row[3:] == ["a", "at least 25.00 CNY", "–", "not known what it brings"]


def test_what_harms_gains_nothing(fill: Fill) -> None:
    rows = effect("a", "harms", interval="-0.1, -0.2, -0.01", cost="100, null, null, null, 'CNY', 9900, 'costs_more'")
    (row,) = cells(page_of(campaigns.page, fill(rows)))
    assert row[3:5] == ["no gain", "99.00 CNY"]
    assert "costs more than it brings" in row[5]


@pytest.mark.parametrize(
    ("verdict", "said"),
    [
        ("pays", "pays for itself"),
        ("costs_more", "costs more than it brings"),
        ("cannot_tell", "cannot tell whether it pays"),
    ],
)
def test_what_works_is_set_against_its_cost(fill: Fill, verdict: str, said: str) -> None:
    rows = effect("a", "works", cost=f"1304000, 52361, 26728, 1470889, 'CNY', 28471.7, '{verdict}'", **WORKS)
    page = page_of(campaigns.page, fill(rows))
    assert page.answer.en == (
        "1 of 1 campaign compared shows an effect: a works, +4.6 points (+0.2 to +9.1); one renewal more costs "
        f"523.61 CNY (267.28 to 14,708.89) and brings 284.72 CNY: {said}."
    )
    (row,) = cells(page)
    assert row[2:5] == [
        "13,040.00 CNY",
        "523.61 CNY (267.28\N{NO-BREAK SPACE}…\N{NO-BREAK SPACE}14,708.89)",
        "284.72 CNY",
    ]
    assert said in row[5]


def test_spending_is_summed_by_currency(fill: Fill) -> None:
    rows = effect("a", "cannot_tell") + effect("b", "cannot_tell", cost="250, null, null, null, 'CNY', null, null")
    rows += effect("c", "cannot_tell", cost="500, null, null, null, 'JPY', null, null")
    rows += effect("d", "cannot_tell", cost="0, null, null, null, null, null, null")
    tiles = block_of(page_of(campaigns.page, fill(rows)), "Campaigns by verdict")
    assert isinstance(tiles, Tiles)
    assert tiles.tiles[-1].value == "3.50 CNY + 500 JPY"


def test_the_chart_says_how_often_its_intervals_may_be_read(fill: Fill) -> None:
    rows = effect("a", "cannot_tell") + effect("b", "cannot_tell", kind="'fixed_day', date '2026-11-01'")
    rows += effect("c", "cannot_tell", kind="'any_day', date '2026-12-24'")
    note = block_of(page_of(campaigns.page, fill(rows)), "Effect in points, with its interval").note
    assert note is not None
    assert "may be read every day" in note.en
    assert "4 campaigns compared (98.75%)" in note.en
    assert note.en.endswith(
        "Judged once, on the day named beforehand (Newcombe): b (1 Nov 2026). "
        "Not judged before its day: c (24 Dec 2026)."
    )


def test_without_campaigns_the_page_says_what_to_deliver(fill: Fill) -> None:
    (note,) = page_of(campaigns.page, fill("")).blocks
    assert isinstance(note, Note)
    assert "campaign_id" in note.body.en


def test_the_list_of_the_last_day_says_what_to_do_and_whom_to_leave_alone(fill: Fill) -> None:
    table = page_of(risk.page, fill(LIST)).blocks[0]
    assert isinstance(table, Table)
    assert sorted((str(row[0].shown), "".join(row[2].shown.en)) for row in table.rows) == [  # type: ignore[attr-defined]
        ("a", "Call a"),
        ("b", "Leave alone."),
    ]
    assert {(row[5].shown.en, row[6].shown.en) for row in table.rows} == {("lapse", "29 Nov 2026")}  # type: ignore[attr-defined]
    assert table.note is not None
    assert "1 member to contact, 1 in the control arm" in table.note.en


@pytest.mark.parametrize(
    ("term_end", "money"), [("'2026-11-29'", ["Term ends", "Value a month"]), ("null", [])], ids=["a payer", "no payer"]
)
def test_where_nobody_pays_the_list_has_no_columns_of_money(fill: Fill, term_end: str, money: list[str]) -> None:
    table = page_of(risk.page, fill(LIST.replace("'2026-11-29'", term_end))).blocks[0]
    assert isinstance(table, Table)
    assert [column.label.en for column in table.columns] == ["Member", "Arm", "What to do", "Why", "Risk", "Of", *money]
    assert {len(row) for row in table.rows} == {6 + len(money)}


def test_a_day_without_a_list_says_why(fill: Fill) -> None:
    note = page_of(
        risk.page,
        fill(
            LIST.replace("date '2026-11-19'), ('b'", "date '2026-11-16'), ('b'").replace(
                "'held_out', date '2026-11-19'", "'held_out', date '2026-11-17'"
            )
        ),
    ).blocks[0]
    assert isinstance(note, Note)
    assert note.body.en.startswith("Nobody is on the list")


def evaluation(low: float, high: float, used: str) -> str:
    return f"""
        insert into marts.suggestion_evaluations
        select '2026-11-19', '2026-11-05', method, 3, 396, 17, 0.04, 0.03, 0.07, 6, {(low + high) / 2}, {low}, {high},
            method = '{used}'
        from (values ('neighbours'), ('popularity')) as methods (method);"""


@pytest.mark.parametrize(
    ("low", "high", "used", "words"),
    [
        (-0.014, 0.034, "popularity", "Popular pieces are suggested: with 3, pieces like those they read gain"),
        (0.021, 0.08, "neighbours", "Pieces like those they read are suggested and beat popular ones: with 3"),
        (-0.138, -0.014, "popularity", "Popular pieces are suggested, the others do worse: with 3"),
    ],
)
def test_it_is_said_whether_suggestions_beat_popularity_beyond_chance(
    fill: Fill, low: float, high: float, used: str, words: str
) -> None:
    """17 hits against 14 of 396 members are no gain."""
    page = page_of(campaigns.page, fill(effect("a", "works") + evaluation(low, high, used)))
    note = block_of(page, "Suggested pieces: do members read them?").note
    assert note is not None
    assert note.en.startswith(words)


def test_places_that_stayed_free_are_counted_and_the_floor_is_said(fill: Fill) -> None:
    note = page_of(risk.page, fill(LIST)).blocks[0].note
    assert note is not None
    assert "19 of 20 places stayed free" in note.en
    assert "at a risk of at least 30% (lapse)" in note.en
    assert "20 个名额中空出 19 个" in note.zh
