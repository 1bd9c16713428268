"""The page of actions and the day's list: names what works and what harms, never what nobody can tell."""

from report_pages import Fill, block_of, page_of

from pipelines.report import actions, risk
from pipelines.report.blocks import Note, Table

LIST = """
    insert into marts.churn_predictions
    select id, date '2026-11-19', 'inactivity', 0.9, 'v1', 'logistic', 'high', '[]', '[]', true
    from (values ('a'), ('b')) as members (id);
    insert into marts.retention_actions
    select day, 1, id, 'k', arm, 'call', 'Call ' || id, '致电 ' || id, '[]', null, 'lapse', 0.9, 'high', '["en"]',
        '["zh"]', null, null, '2026-11-29', 1, 1, 'risk_times_value', 'too few', '太少'
    from (values
        ('a', 'treated', date '2026-11-19'), ('b', 'held_out', date '2026-11-19'), ('c', 'treated', date '2026-11-18')
    ) as list (id, arm, day);
"""


def effect(campaign: str, verdict: str, *, primary: bool = True, cost: str = "null") -> str:
    return f"""insert into marts.action_effects values (
        '{campaign}', 'active', {primary}, 'call', false, 10, 10, 0.5, 1, 0, 10, 10, 5, 5, 0.5, 0.5, 0.0, -0.1, 0.1,
        0.2, '{verdict}', 10, 100, {cost}, null, null, '2026-11-01', '2026-11-01');"""


def test_the_answer_names_what_works_and_what_harms_by_the_measure_that_counts(fill: Fill) -> None:
    rows = effect("a", "works") + effect("b", "harms") + effect("c", "no_effect") + effect("d", "works", primary=False)
    page = page_of(actions.page, fill(rows))
    assert page.answer.en == "a works; b harms."
    assert page.answer.zh == "有效：a；有害：b。"


def test_nothing_shown_is_said_so_and_has_no_cost(fill: Fill) -> None:
    page = page_of(actions.page, fill(effect("a", "cannot_tell") + effect("b", "no_comparison")))
    assert page.answer.en == "Of 1 campaign with a comparison none has shown an effect so far."
    table = block_of(page, "Every campaign and outcome")
    assert isinstance(table, Table)
    assert [row[11].shown.en for row in table.rows] == ["no effect shown"] * 2  # type: ignore[attr-defined]


def test_an_extra_member_has_a_price_where_the_campaign_works(fill: Fill) -> None:
    table = block_of(page_of(actions.page, fill(effect("a", "works", cost="12345"))), "Every campaign and outcome")
    assert isinstance(table, Table)
    assert table.rows[0][11].shown == "123.45"


def test_without_campaigns_the_page_says_what_to_deliver(fill: Fill) -> None:
    (note,) = page_of(actions.page, fill("")).blocks
    assert isinstance(note, Note)
    assert "campaign_id" in note.body.en


def test_the_list_of_the_last_day_says_what_to_do_and_whom_to_leave_alone(fill: Fill) -> None:
    table = page_of(risk.page, fill(LIST)).blocks[0]
    assert isinstance(table, Table)
    assert sorted((str(row[1].shown), row[3].shown.en) for row in table.rows) == [  # type: ignore[attr-defined]
        ("a", "Call a"),
        ("b", "Leave alone."),
    ]
    assert {(row[6].shown.en, row[7].shown.en) for row in table.rows} == {("lapse", "29 Nov 2026")}  # type: ignore[attr-defined]
    assert table.note is not None
    assert "1 member to contact, 1 held out by lot" in table.note.en


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
