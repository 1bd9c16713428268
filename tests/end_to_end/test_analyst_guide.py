"""Every query of the analyst guide runs as it is printed there, on a database that the real job published."""

import re

import duckdb
import pytest

from pipelines.settings import PROJECT_DIR

pytestmark = pytest.mark.xdist_group("job")

GUIDE = (PROJECT_DIR / "docs" / "analyst-guide.md").read_text(encoding="utf-8")
QUERIES = re.findall(r"^([^\n]+)\n\n```sql\n(.*?)```", GUIDE, flags=re.MULTILINE | re.DOTALL)
TABLES = re.findall(r"^\| `(\w+)` \|", GUIDE, flags=re.MULTILINE)

WITHOUT_ANSWER = (
    "Which pieces made readers",  # no piece has twenty readers
    "until the outcome of a month is known",  # its days end before the next month does
    "`churn_trainings.reason` says why",
    "What did the gates find",
    "Which files were refused",
    "Which published figures has a later publication changed",
)
"""Questions that find nothing in a community as small and well-behaved as this one."""


@pytest.fixture(scope="module")
def published(good_home):
    with duckdb.connect(str(good_home.home.published / "analytics.duckdb"), read_only=True) as con:
        yield con


def test_the_guide_has_queries_and_none_is_passed_over():
    assert len(QUERIES) == GUIDE.count("```sql") >= 10


@pytest.mark.parametrize("query", [query for _, query in QUERIES], ids=[question for question, _ in QUERIES])
def test_a_query_runs_as_printed_and_answers(published, query, request):
    rows = published.execute(query).fetchall()

    assert rows or any(question in request.node.name for question in WITHOUT_ANSWER)


def test_mau_moves_by_nothing_but_what_the_guide_says(published):
    (query,) = [query for _, query in QUERIES if "as unexplained" in query]

    unexplained = published.sql(query).df()["unexplained"].dropna()

    assert len(unexplained) > 3
    assert set(unexplained) == {0}


def test_recurring_revenue_moves_by_nothing_but_what_the_guide_says(published):
    (query,) = [query for _, query in QUERIES if "as quick_ratio" in query]

    assert set(published.sql(query).df()["gap"]) == {0}


def test_the_guides_tables_are_those_that_are_published(published):
    tables = published.execute("select table_name from duckdb_tables() where schema_name = 'marts'").fetchall()

    assert sorted(TABLES) == sorted(name for (name,) in tables)


def test_every_table_and_column_is_described(published):
    undescribed = published.execute(
        "select table_name, column_name from duckdb_columns() "
        "where schema_name = 'marts' and coalesce(trim(comment), '') = ''"
        " union all "
        "select table_name, null from duckdb_tables() where schema_name = 'marts' and coalesce(trim(comment), '') = ''"
    ).fetchall()

    assert undescribed == []


def test_comments_are_those_of_the_project_and_the_publication_says_which_it_is(published):
    comments = dict(
        published.execute(
            "select table_name || '.' || column_name, comment from duckdb_columns() where schema_name = 'marts'"
        ).fetchall()
    )

    assert comments["publication.through_day"].startswith("Last day of the data")
    assert comments["churn_predictions.probability"] == "Probability of churn within the horizon."
    assert comments["fct_member_days.member_id"] == "The member."


def test_the_example_on_each_page_of_the_marts_runs(published):
    """Those of the guide and the cookbook are run by their own tests too; the rest were written by `make docs`."""
    pages = [page for page in (PROJECT_DIR / "docs" / "marts").glob("*.md") if page.name != "README.md"]

    assert len(pages) > 30
    for page in pages:
        (query,) = re.findall(r"```sql\n(.*?)```", page.read_text(encoding="utf-8"), flags=re.DOTALL)
        published.execute(query).fetchall()
