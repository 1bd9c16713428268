"""The pages of the marts: committed files equal their rendering, every table has one, and they say what dbt knows."""

from __future__ import annotations

import re

import pytest

from pipelines.reference.manifest import load_manifest, published_marts
from pipelines.reference.marts import MARTS_DIR, SUBJECTS, write_pages
from pipelines.reference.marts import pages as render_pages
from pipelines.settings import PROJECT_DIR


@pytest.fixture(scope="module")
def marts():
    return {mart.name: mart for mart in published_marts(load_manifest())}


@pytest.fixture(scope="module")
def pages():
    return render_pages()


def test_the_committed_pages_are_what_the_project_says(pages):
    committed = {path.name: path.read_text(encoding="utf-8") for path in MARTS_DIR.iterdir()}

    assert sorted(committed) == sorted(pages), "docs/marts is old: run make docs"
    assert [name for name, text in pages.items() if committed[name] != text] == [], "run make docs"


def test_every_model_of_the_published_folders_has_a_page(pages):
    models = PROJECT_DIR / "dbt_project" / "models"
    tables = {path.stem for folder in ("marts", "records") for path in (models / folder).rglob("*.sql")}

    assert len(tables) > 30
    assert {name.removesuffix(".md") for name in pages} == tables | {"README", "interface.yml"}


def test_pages_of_marts_that_are_gone_are_removed_and_the_others_written(tmp_path, pages):
    (tmp_path / "old_mart.md").write_text("gone")

    paths = write_pages(tmp_path)

    assert {path.name: path.read_text(encoding="utf-8") for path in tmp_path.iterdir()} == pages
    assert sorted(paths) == sorted(tmp_path.iterdir())


def test_the_index_lists_each_mart_once_under_its_subject(pages, marts):
    listed = re.findall(r"^\| \[`(\w+)`\]\((\w+)\.md\) \|", pages["README.md"], flags=re.MULTILINE)

    assert sorted(name for name, _ in listed) == sorted(marts)
    sections = dict(re.findall(r"^## (.+?)\n(.*?)(?=^## |\Z)", pages["README.md"], flags=re.MULTILINE | re.DOTALL))
    assert list(sections) == list(SUBJECTS.values())
    assert "`renewals`" in sections["Money"]
    assert "`answer_times`" in sections["Content"]


def test_every_mart_begins_with_its_key(marts):
    assert sum(bool(mart.key) for mart in marts.values()) > 35
    late = [
        name for name, mart in marts.items() if tuple(one.name for one in mart.columns[: len(mart.key)]) != mart.key
    ]
    assert late == []


def test_a_page_says_key_build_logs_columns_and_what_is_missing_without_a_log(pages, marts):
    page = pages["fct_member_days.md"]

    assert "| key | `member_id`, `day` |" in page
    assert "incremental: a run replaces the days that changed |" in page
    logs = "`content`, `event_participation`, `identity_links`, `interactions`, `members`"
    assert f"| made from the logs | {logs} |" in page
    assert "| while `interactions` is not collected | no values in `n_reads`, `n_reactions` |" in page
    assert "`member_days_match_community_days`" in page
    assert "| `member_id` | varchar | never | The member. → [`dim_members`](dim_members.md) |" in page
    assert len(re.findall(r"^\| `\w+` \| \w+ \| (?:never|can be) \|", page, re.MULTILINE)) == len(
        marts["fct_member_days"].columns
    )


def test_each_way_to_build_is_named(pages):
    assert "replaces the days that changed and the 58 after each" in pages["community_days.md"]
    assert "up to the widest engagement window" in pages["fct_member_engagement.md"]
    assert "rebuilt in each run, from the whole history" in pages["content_performance.md"]
    assert "| rebuilt in each run |" in pages["renewals.md"]
    assert "records, which are only appended to" in pages["churn_trainings.md"]
    assert "| while `subscriptions` is not collected | no rows |" in pages["renewals.md"]
    assert "Tested: `accepted_values`." in pages["subscription_terms.md"]


def test_every_column_is_described_in_a_sentence(marts):
    thin = [
        f"{mart.name}.{column.name}"
        for mart in marts.values()
        for column in mart.columns
        if not column.description.endswith(".") or len(column.description) < 8
    ]
    assert thin == []


def test_a_page_has_one_example_that_reads_its_mart(pages, marts):
    for name in marts:
        (query,) = re.findall(r"```sql\n(.*?)```", pages[f"{name}.md"], flags=re.DOTALL)
        assert f"marts.{name}" in query
