"""The generated reference pages: committed files equal their rendering, and nothing that they should say is missing."""

from itertools import groupby

import pytest

from pipelines.contract import LOGS, Type
from pipelines.reference import pages
from pipelines.settings import Settings


@pytest.mark.parametrize("name", pages.PAGES)
def test_the_committed_page_is_what_the_code_renders(name):
    committed = (pages.DOCS_DIR / name).read_bytes()

    assert committed == pages.PAGES[name]().encode(), f"docs/{name} is old: run make docs"


def test_pages_are_written_whole(tmp_path):
    paths = pages.write_pages(tmp_path)

    assert [path.name for path in paths] == list(pages.PAGES)
    assert all(path.read_text(encoding="utf-8") == pages.PAGES[path.name]() for path in paths)


def test_the_log_contract_names_every_log_column_type_and_kind():
    page = pages.log_contract_page()

    sections = {part.partition("`")[0]: part for part in page.split("\n## `")[1:]}
    assert list(sections) == list(LOGS)
    for log in LOGS.values():
        for column in log.columns:
            (row,) = [line for line in sections[log.name].splitlines() if line.startswith(f"| `{column.name}` |")]
            assert f"`{column.type}`" in row
            assert all(kind in row for kind in column.kinds)
            assert ("| key |" in row) == (column.name in log.key)
    assert all(f"\n| `{type_}` | " in page for type_ in Type)


def test_the_settings_page_names_every_variable_with_its_default():
    page = pages.settings_page()

    rows = [line.split(" | ") for line in page.splitlines() if line.startswith("| `GUILDBOOK_")]
    assert sorted(row[0] for row in rows) == sorted(f"| `GUILDBOOK_{name.upper()}`" for name in Settings.model_fields)
    assert rows[0][0] == "| `GUILDBOOK_HOME`"
    defaults = {row[0].strip("| `"): row[1] for row in rows}
    assert defaults["GUILDBOOK_FIRST_LOG_DAY"] == "`2015-01-01`"
    assert defaults["GUILDBOOK_ENGAGEMENT_WINDOWS"] == "`30`"
    assert defaults["GUILDBOOK_ALERT_COMMAND"] == "none; a secret"


def test_limits_are_those_of_the_fields():
    rows = {line.split(" | ")[0]: line.split(" | ")[2] for line in pages.settings_page().splitlines() if " | " in line}

    assert rows["| `GUILDBOOK_CHURN_HORIZON_DAYS`"] == "≥ 7, ≤ 365"
    assert rows["| `GUILDBOOK_MAX_CALIBRATION_ERROR`"] == "> 0, ≤ 1"


def test_no_bar_of_a_description_breaks_a_table():
    for render in pages.PAGES.values():
        for kind, lines in groupby(render().splitlines(), key=lambda line: line.startswith("|")):
            widths = {line.replace(r"\|", "").count("|") for line in lines} if kind else {0}
            assert len(widths) == 1
