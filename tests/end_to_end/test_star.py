"""The star of docs/bi.md: every key of a published table that is not null finds one row of its dimension."""

from __future__ import annotations

import re

import duckdb
import pytest

from pipelines.reference.manifest import load_manifest, published_marts
from pipelines.reference.marts import REFERENCES, dimension_of
from pipelines.settings import PROJECT_DIR

pytestmark = pytest.mark.xdist_group("job")

PAGE = (PROJECT_DIR / "docs" / "bi.md").read_text(encoding="utf-8")
DIMENSION_KEYS = {"dim_members": "member_id", "dim_content": "content_id", "dim_events": "event_id", "dim_days": "day"}
DRAWN = re.findall(r"^ +(dim_\w+) \|\|--(?:o\{|\|\|) (\w+) : (\w+)$", PAGE, flags=re.MULTILINE)


@pytest.fixture(scope="module")
def published(good_home):
    with duckdb.connect(str(good_home.home.published / "analytics.duckdb"), read_only=True) as con:
        yield con


@pytest.fixture(scope="module")
def keys():
    """Mart, column and dimension of every key."""
    found = []
    for mart in published_marts(load_manifest()):
        for column in mart.columns:
            if dimension := dimension_of(mart, column.name):
                found.append((mart.name, column.name, dimension))
    return found


def test_every_key_joins_its_dimension(published, keys):
    homeless = {}
    for mart, column, dimension in keys:
        key = DIMENSION_KEYS[dimension]
        rows = published.execute(
            f"select distinct {column} from marts.{mart} where {column} is not null "
            f"and {column} not in (select {key} from marts.{dimension})"
        ).fetchall()
        if rows:
            homeless[f"{mart}.{column}"] = rows[:3]

    assert homeless == {}


def test_the_keys_are_there_and_hold_values(published, keys):
    """Of the large facts, so that the test above compared something."""
    filled = {
        (mart, column): published.execute(f"select count({column}) from marts.{mart}").fetchall()[0][0]
        for mart, column, _ in keys
    }

    assert len(keys) > 40
    for fact in (
        ("fct_member_days", "member_id"),
        ("fct_member_days", "day"),
        ("content_performance", "content_id"),
        ("event_performance", "event_id"),
        ("answer_times", "question_id"),
        ("subscription_terms", "member_id"),
        ("points_ledger", "member_id"),
        ("member_actions", "member_id"),
        ("member_actions", "day"),
        ("churn_predictions", "member_id"),
    ):
        assert filled[fact] > 0, fact


def test_a_dimension_has_one_row_for_each_key(published):
    for dimension, key in DIMENSION_KEYS.items():
        n_rows, n_keys = published.execute(f"select count(*), count(distinct {key}) from marts.{dimension}").fetchall()[
            0
        ]
        assert n_rows == n_keys > 0, dimension


def test_the_diagram_draws_keys_that_exist(keys):
    assert len(DRAWN) == PAGE.count("||--") > 15
    assert {(mart, column, dimension) for dimension, mart, column in DRAWN} <= set(keys) | {
        ("content_performance", "content_id", "dim_content")
    }


def test_the_page_names_every_key(keys):
    for dimension, columns in REFERENCES.items():
        (row,) = re.findall(rf"^\| `{dimension}` \|.*$", PAGE, flags=re.MULTILINE)
        assert set(re.findall(r"`(\w+)`", row.split("|")[3])) == set(columns)


def test_the_query_of_the_page_runs_and_loses_no_row_in_its_joins(published):
    (query,) = re.findall(r"```sql\n(.*?)```", PAGE, flags=re.DOTALL)

    months = published.sql(query).df()

    (all_acts,) = published.execute(
        "select sum(n_contents + n_interactions) from marts.fct_member_days where is_active"
    ).fetchall()
    assert months["n_contributions"].sum() == all_acts[0] > 0
