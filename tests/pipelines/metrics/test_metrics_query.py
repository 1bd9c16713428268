"""A metric asked by period: what adds up how, what is not complete, what nobody collects, what is refused."""

from __future__ import annotations

from datetime import date

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.metrics.answer import ask, find
from pipelines.metrics.metric import Grain
from pipelines.metrics.query import Question, QuestionError
from tests.support.metric_marts import LOGS_OF_ACTIVITY, Marts


@pytest.fixture(scope="module")
def module_marts():
    with duckdb.connect() as con:
        yield Marts(con)


@pytest.fixture
def marts():
    with duckdb.connect() as con:
        yield Marts(con)


def day(text: str) -> date:
    return date.fromisoformat(text)


TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=6)
JANUARY, FEBRUARY = {"first": day("2026-01-01"), "last": day("2026-01-31")}, {"first": day("2026-02-01")}


def test_days_add_up_as_the_catalogue_says(marts):
    days = [("2026-01-30", 10, 20, 1), ("2026-01-31", 20, 30, 2), ("2026-02-01", 40, 50, 4)]
    for on, dau, mau, new in days:
        marts.insert("community_days", day=on, dau=dau, mau=mau, new_members=new, mau_days_missing=0)

    january = (day("2026-01-01"), day("2026-01-31"))
    assert marts.ask("dau", by=Grain.MONTH, **JANUARY) == [(*january, 15.0, None, True)]
    assert marts.ask("mau", by=Grain.MONTH, **JANUARY) == [(*january, 30, None, True)]
    assert marts.ask("new_members", by=Grain.MONTH, **JANUARY) == [(*january, 3, None, True)]
    assert marts.ask("new_members", by=Grain.WEEK, first=day("2026-01-26"), last=day("2026-02-01")) == [
        (day("2026-01-26"), day("2026-02-01"), 7, None, True)
    ]
    assert [row[2] for row in marts.ask("new_members", by=Grain.MONTH, first=day("2026-01-01"))] == [3, 4]


def test_without_days_the_newest_period_is_given(marts):
    marts.insert("community_days", day="2026-02-09", dau=1)
    marts.insert("community_days", day="2026-02-10", dau=2)

    assert marts.ask("dau") == [(day("2026-02-10"), day("2026-02-10"), 2.0, None, True)]


def test_a_rate_is_the_sum_of_parts_divided_and_knows_its_n(marts):
    for month, plan, due, renewed in [
        ("2026-01-01", "pro", 10, 5),
        ("2026-01-01", "team", 30, 27),
        ("2026-02-01", "pro", 4, 4),
    ]:
        marts.insert("renewals", month=month, plan=plan, n_due=due, n_renewed=renewed)

    assert marts.ask("renewal_rate", by=Grain.MONTH, **JANUARY)[0][2:4] == (0.8, 40)
    by_plan = marts.ask("renewal_rate", by=Grain.MONTH, dimensions=["plan"], **JANUARY)
    assert [row[2:5] for row in by_plan] == [("pro", 0.5, 10), ("team", 0.9, 30)]
    assert marts.ask("renewal_rate", by=Grain.QUARTER, first=day("2026-01-01"))[0][2:4] == (36 / 44, 44)
    assert marts.ask("renewal_rate", only={"plan": ["team"]}, **JANUARY)[0][2:4] == (0.9, 30)


def test_amounts_of_two_currencies_are_never_added(marts):
    for month, currency, amount in [("2026-01-01", "CNY", 100), ("2026-01-01", "USD", 7), ("2026-02-01", "CNY", 120)]:
        marts.insert(
            "revenue_months", month=month, currency=currency, mrr_end_minor=amount, mrr_new_minor=1, is_complete=True
        )

    quarter = {"by": Grain.QUARTER, "first": day("2026-01-01")}
    assert [row[2:4] for row in marts.ask("mrr", **quarter)] == [("CNY", 120), ("USD", 7)]
    assert [row[2:4] for row in marts.ask("mrr_new_minor", **quarter)] == [("CNY", 2), ("USD", 1)]


def test_a_share_of_the_last_day_is_of_the_last_day_even_if_it_is_nobodys(marts):
    for on, member, level in [("2026-01-31", "a", "silent"), ("2026-02-10", "a", "low"), ("2026-02-10", "b", "high")]:
        marts.insert("member_segments", day=on, member_id=member, activity_level=level, is_complete=on < "2026-02")
    marts.insert(
        "member_segments", day="2026-02-10", member_id="c", activity_level=None, move="left", is_complete=False
    )

    assert [row[2:] for row in marts.ask("silent_share", by=Grain.MONTH, first=day("2026-01-01"))] == [
        (1.0, 1, True),
        (0.0, 2, False),
    ]
    assert marts.ask("silent_members")[0][2] == 0
    assert marts.ask("members_left")[0][2] == 1
    assert marts.ask("members_by_segment")[0][2] == 2


def test_each_responder_counts_once(marts):
    for number, (on, who) in enumerate(
        [("2026-01-02", "a"), ("2026-01-03", "a"), ("2026-01-03", "b"), ("2026-01-04", None)]
    ):
        marts.insert("answer_times", question_id=str(number), asked_day=on, first_responder_id=who)

    assert marts.ask("first_responders", by=Grain.MONTH, **JANUARY)[0][2] == 2
    assert marts.ask("first_responders", by=Grain.ALL)[0][2] == 2
    assert marts.ask("questions", by=Grain.MONTH, **JANUARY)[0][2] == 4


def test_what_does_not_add_up_is_given_by_its_own_span_and_for_all_time(marts):
    marts.insert("answer_months", period="month", month="2026-01-01", median_hours=3.0, n_questions=9)
    marts.insert("answer_months", period="all", median_hours=5.0, n_questions=99)

    assert marts.ask("median_response_hours", by=Grain.MONTH)[0][2:4] == (3.0, 9)
    assert marts.ask("median_response_hours", by=Grain.ALL) == [(None, day("2026-02-10"), 5.0, 99, True)]
    with pytest.raises(QuestionError, match="do not add up"):
        marts.ask("median_response_hours", by=Grain.QUARTER)


def test_where_there_is_nothing_to_count_the_figure_of_the_last_day_is_zero(marts):
    assert marts.ask("payments_failed") == [(day("2026-02-10"), day("2026-02-10"), 0, None, True)]
    assert marts.ask("payments_failed", dimensions=["plan"]) == []
    assert marts.ask("questions", by=Grain.ALL)[0][2] == 0


@pytest.mark.parametrize(
    ("first", "last", "gap", "is_complete"),
    [
        ("2026-01-01", "2026-01-31", None, True),
        ("2025-12-01", "2025-12-31", None, False),  # before the first log day
        ("2026-02-01", "2026-02-28", None, False),  # not over
        ("2026-01-01", "2026-01-31", ("interactions", "2026-01-31", "is_held_out"), False),
        ("2026-01-01", "2026-01-31", ("content", "2026-01-01", "is_outage"), False),
        ("2026-01-01", "2026-01-31", ("interactions", "2026-02-01", "is_outage"), True),
        ("2026-01-01", "2026-01-31", ("payments", "2026-01-15", "is_outage"), True),
    ],
)
def test_a_period_is_complete_that_is_over_and_lacks_no_day(marts, first, last, gap, is_complete):
    marts.insert("community_days", day=first, new_members=1)
    if gap:
        marts.insert("data_completeness", log=gap[0], day=gap[1], **{gap[2]: True})

    (row,) = marts.ask("new_members", by=Grain.MONTH, first=day(first), last=day(last))
    assert row[-1] is is_complete


def test_a_count_of_30_days_that_counts_fewer_is_not_complete(marts):
    marts.insert("community_days", day="2026-02-10", mau=5, mau_days_missing=1)
    marts.insert("community_days", day="2026-02-09", mau=5, mau_days_missing=0)

    assert [row[-1] for row in marts.ask("mau", first=day("2026-02-09"))] == [True, False]


def test_a_period_whose_questions_may_still_be_answered_in_time_is_not_complete(marts):
    for number, on in enumerate(["2026-02-02", "2026-02-03", "2026-02-04"]):
        marts.insert(
            "answer_times", question_id=str(number), asked_day=on, is_judged=True, is_answered_within_7_days=True
        )

    assert [row[-1] for row in marts.ask("answered_rate", **FEBRUARY)] == [True, True, False]


def test_a_month_with_a_term_that_may_still_be_renewed_is_not_complete(marts):
    marts.insert("renewals", month="2026-01-01", n_due=5, n_renewed=5)
    term = {"source": "s", "is_paid": True, "outcome": "in_grace", "term_end": "2026-01-31"}
    marts.insert("subscription_terms", subscription_id="a", is_due=True, **term)
    assert marts.ask("renewal_rate")[0][-1] is True

    marts.insert("subscription_terms", subscription_id="b", is_due=False, **term)
    assert marts.ask("renewal_rate")[0][-1] is False


def test_what_nobody_delivers_is_not_collected_and_never_zero(marts):
    marts.con.execute("update marts.log_coverage set is_collected = false where log in ('subscriptions', 'content')")
    marts.insert("collected_facts", fact="reads", log="interactions", is_collected=False)

    def asked(key):
        return ask(marts.con, key, Question(), LOGS_OF_ACTIVITY)

    assert (asked("mrr").missing, asked("mrr").rows, asked("mrr").is_collected) == (["subscriptions"], [], False)
    assert asked("n_reads").missing == ["reads"]
    assert asked("dau").missing == []  # interactions make members active too
    marts.con.execute("update marts.log_coverage set is_collected = false where log = 'interactions'")
    assert asked("dau").missing == ["interactions or content"]
    assert asked("n_reads").missing == ["interactions"]


@pytest.mark.parametrize(
    ("key", "question", "said"),
    [
        ("no_such", {}, "there is no metric no_such"),
        ("mauu", {}, "did you mean mau"),
        ("mrr", {"by": Grain.DAY}, "ask by month, quarter, year, all"),
        ("members", {"by": Grain.DAY}, "of the last day: ask by now"),
        ("members", {"first": day("2026-01-01")}, "leave out first and last day"),
        ("dau", {"dimensions": ["plan"]}, "it can be by nothing"),
        ("renewal_rate", {"dimensions": ["n_due"]}, "by plan, cohort_month"),
        ("renewal_rate", {"only": {"1=1; drop table x": ["a"]}}, "can't be divided"),
        ("dau", {"first": day("2026-02-02"), "last": day("2026-02-01")}, "comes after the last"),
    ],
)
def test_what_can_not_be_asked_is_refused_with_what_can(marts, key, question, said):
    with pytest.raises(QuestionError, match=said):
        ask(marts.con, key, Question(**question), LOGS_OF_ACTIVITY)


def test_a_key_that_is_unlike_any_other_is_refused_without_a_guess():
    with pytest.raises(QuestionError, match=r"there is no metric xyzzy$"):
        find("xyzzy")


@given(
    plans=st.lists(TEXTS, min_size=1, max_size=5, unique=True),
    wanted=st.lists(TEXTS, max_size=3),
)
def test_any_text_chooses_the_rows_that_hold_it_and_nothing_else(module_marts, plans, wanted):
    module_marts.con.execute("delete from marts.renewals")
    for plan in plans:
        module_marts.insert("renewals", month="2026-02-01", plan=plan, n_due=1, n_renewed=0)

    rows = module_marts.ask("renewals_due", dimensions=["plan"], only={"plan": [*wanted, plans[0]]})

    assert {row[2] for row in rows} == {plan for plan in plans if plan in {*wanted, plans[0]}}
