"""Members on the page of the running day: erased, under pseudonyms, and too few to be told."""

from __future__ import annotations

import duckdb
import pytest

from pipelines import lock
from pipelines.erasure.run import erase
from pipelines.report.parts.few_columns import COUNTS, OF_COUNTS, OTHER_NUMBERS, VALUES
from pipelines.today import kept
from tests.support.running_day import TODAY

pytestmark = pytest.mark.slow

QUESTION = {
    "content_id": "q-new", "occurred_at": f"{TODAY}T09:00:00", "published_at": f"{TODAY}T09:00:00", "kind": "question",
    "author_id": "zenobia", "title": "How do I leave the quagmire?", "channel": "help",
}  # fmt: skip
ANSWER = QUESTION | {"content_id": "a-new", "kind": "answer", "author_id": "m2", "parent_id": "q-new", "title": None}


def everything(running_day) -> str:
    """What the look left, in one text."""
    return "".join(path.read_text(encoding="utf-8") for path in running_day.site.rglob("*today*") if path.is_file())


WAITING = [
    ("nobody responded", [QUESTION], True),
    ("another member answered", [QUESTION, ANSWER], False),
    ("the asker answered", [QUESTION, ANSWER | {"author_id": "zenobia"}], True),
    ("the answer was deleted", [QUESTION, ANSWER | {"deleted_at": f"{TODAY}T10:00:00"}], True),
    ("the answer names the thread", [QUESTION, ANSWER | {"parent_id": "c-other", "root_id": "q-new"}], False),
    ("the question was deleted", [QUESTION | {"deleted_at": f"{TODAY}T10:00:00"}], False),
    ("it was only edited today", [QUESTION | {"published_at": "2025-05-01T09:00:00"}], False),
]


@pytest.mark.parametrize(("rows", "waits"), [case[1:] for case in WAITING], ids=[case[0] for case in WAITING])
def test_a_question_of_today_waits_until_somebody_else_responds(running_day, rows, waits):
    before = running_day.look("08:00").today
    running_day.deliver("content", TODAY, rows)

    today = running_day.look("15:00").today

    assert (today.n_new_questions, today.n_questions) == (int(waits), before.n_questions + waits)
    assert ("quagmire" in running_day.html()) is waits


def test_an_answer_of_today_ends_the_waiting_of_a_published_question(running_day):
    waiting = running_day.look("08:00").today.n_questions
    question = running_day.told("today_questions")[0]
    row = ANSWER | {"parent_id": question["question_id"], "author_id": "somebody"}
    running_day.deliver("content", TODAY, [row])

    assert waiting > 3
    assert running_day.look("15:00").today.n_questions == waiting - 1


def test_an_erasure_takes_a_member_from_the_page_and_the_next_look_does_not_bring_it_back(running_day):
    running_day.deliver("content", TODAY, [QUESTION])
    running_day.deliver("interactions", TODAY, [
        {"interaction_id": "z1", "occurred_at": f"{TODAY}T09:00:00", "kind": "like", "member_id": "zenobia"}
    ])  # fmt: skip
    running_day.look("15:00")
    assert "zenobia" in everything(running_day)

    with lock.hold(running_day.home):
        erase(running_day.home, running_day.settings, [["zenobia"]], asked_by="test")
    assert "zenobia" not in everything(running_day)
    assert "quagmire" not in everything(running_day)

    running_day.deliver("content", TODAY, [QUESTION])
    assert "zenobia" in (running_day.home.landing_day("content", TODAY) / "rows.jsonl").read_text(encoding="utf-8")
    running_day.look("16:00")
    assert "zenobia" not in everything(running_day)
    assert "quagmire" not in everything(running_day)


def test_a_member_who_is_to_be_erased_is_not_quoted(running_day):
    state = {
        "member_id": "zenobia",
        "occurred_at": f"{TODAY}T10:00:00",
        "joined_at": "2025-01-01T00:00:00",
        "status": "erased",
    }
    running_day.deliver("members", TODAY, [state])
    running_day.deliver("content", TODAY, [QUESTION])

    assert running_day.look("15:00").today.n_new_questions == 0
    assert "quagmire" not in everything(running_day)


def test_under_pseudonyms_no_id_is_on_the_page(running_day):
    running_day.settings = running_day.settings.model_copy(update={"pseudonyms": True})
    running_day.deliver("content", TODAY, [QUESTION])

    running_day.look("15:00")

    assert "quagmire" in everything(running_day)
    assert "zenobia" not in everything(running_day)
    assert {len(row["asker_id"]) for row in running_day.told("today_questions") if row["is_new"] == "true"} != {7}


def test_small_counts_of_members_are_not_told(running_day):
    running_day.settings = running_day.settings.model_copy(update={"least_shown_count": 10})
    running_day.deliver("interactions", TODAY, [
        {"interaction_id": f"l{n}", "occurred_at": f"{TODAY}T09:00:00", "kind": "like", "member_id": f"m{n}"}
        for n in (1, 2, 3)
    ])  # fmt: skip
    paid = {"payment_id": "p-new", "occurred_at": f"{TODAY}T09:00:00", "member_id": "m1"}
    running_day.deliver("payments", TODAY, [paid | {"amount_minor": 4242, "currency": "CNY"}])

    today = running_day.look("15:00").today

    amounts = {one.measure: one.amount for one in today.figures}
    assert (amounts["dau"], amounts["n_payments"]) == ("<10", "<10")
    assert {row["measure"]: row["amount"] for row in running_day.told("today_figures")}["dau"] == "<10"
    assert "42.42" not in everything(running_day)
    assert "4242" not in everything(running_day)
    assert kept.last(running_day.home) == today
    assert {row["asker_id"] for row in running_day.told("today_questions")} == {"–"}


def test_a_bot_is_no_member_today_either(running_day):
    bot = {
        "member_id": "zenobia",
        "occurred_at": f"{TODAY}T10:00:00",
        "joined_at": "2025-01-01T00:00:00",
        "role": "bot",
    }
    like = {"interaction_id": "z1", "occurred_at": f"{TODAY}T09:00:00", "kind": "like", "member_id": "zenobia"}
    running_day.deliver("interactions", TODAY, [like])
    assert {one.measure: one.amount for one in running_day.look("15:00").today.figures}["dau"] == "1"

    running_day.deliver("members", TODAY, [bot])

    assert {one.measure: one.amount for one in running_day.look("15:00").today.figures}["dau"] == "0"


def test_every_whole_number_of_the_look_is_known_to_count_members_or_not(running_day):
    running_day.come()
    running_day.look("15:00")
    seen = set()
    for path in (running_day.site / "data").glob("today_*.csv"):
        with duckdb.connect() as con:
            described = con.execute(f"select column_name, column_type from (describe from '{path}')").fetchall()
        seen |= {name for name, type_ in described if type_ == "BIGINT"}

    assert {"amount", "n_rows", "n_payers"} < seen
    assert seen - COUNTS - OTHER_NUMBERS - OF_COUNTS - {*VALUES} == set()
