"""Case studies: every figure is in an answer, no answer names a member, and the real data still gives each of them."""

import re

import duckdb
import pytest

from .answers import QUERY, answered, queries
from .communities import CASES, PAGES

EVERY_CASE = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)


def text_of(case):
    return case.page.read_text(encoding="utf-8")


def test_each_page_is_of_a_community_that_the_tests_know():
    assert {path.stem for path in PAGES.glob("*.md")} - {"README"} == {case.name for case in CASES}


@EVERY_CASE
def test_no_answer_names_a_member_a_piece_or_a_title(case):
    answers = [match[0].partition("```\n\n| ")[2].splitlines()[0] for match in QUERY.finditer(text_of(case))]
    columns = [column.strip() for header in answers for column in header.strip("|").split("|")]

    assert len(answers) == len(queries(text_of(case))) > 0
    assert [one for one in columns if re.search(r"_id$|display_name|profile_url|title", one)] == []


@EVERY_CASE
def test_every_figure_of_the_text_is_in_an_answer(case):
    """Numbers of three digits or with a fraction; years and the names of windows are no figures."""
    text = text_of(case)
    answers = " ".join(re.findall(r"^\|.*$", text, flags=re.MULTILINE)).replace(",", "")
    told = QUERY.sub("", re.sub(r"```.*?```", lambda m: m[0] if "```sql" in m[0] else "", text, flags=re.DOTALL))
    told = re.sub(r"^\|.*$", "", told, flags=re.MULTILINE)
    figures = set(re.findall(r"(?<![\w.,-])\d{1,3}(?:,\d{3})+|\d+\.\d+|(?<![\w.,-])\d{3,}(?![\w-])", told))
    figures = {one.replace(",", "") for one in figures if not re.fullmatch(r"(?:19|20)\d\d", one)}

    assert figures, "a case without figures tells nothing"
    assert sorted(one for one in figures if not re.search(rf"(?<![\d.]){re.escape(one)}(?![\d]|\.\d)", answers)) == []


def test_an_answer_is_put_under_its_query_and_replaces_the_one_before():
    page = "Before.\n\n```sql\nselect 1 as a, null as b\n```\n\nAfter.\n"
    with duckdb.connect() as connection:
        once = answered(page, connection)

        assert (
            once
            == "Before.\n\n```sql\nselect 1 as a, null as b\n```\n\n| a | b |\n| --- | --- |\n| 1 | – |\n\nAfter.\n"
        )
        assert answered(once.replace("| 1 |", "| 2 |"), connection) == once


@pytest.mark.long
@pytest.mark.job
@EVERY_CASE
def test_the_real_community_gives_every_answer(case, tmp_path):
    if not case.is_here:
        pytest.skip(f"../shared/data/{case.data} is not here")
    with duckdb.connect(case.publish(tmp_path / "home"), read_only=True) as connection:
        assert answered(text_of(case), connection) == text_of(case)
