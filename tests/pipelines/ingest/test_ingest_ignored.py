"""Nothing in the landing folder is ignored in silence: each entry that nothing reads has its reason and cure."""

from __future__ import annotations

from datetime import date

import pytest

from pipelines.ingest import delivered_days
from pipelines.ingest.findings import standing
from pipelines.ingest.ignored import ignored_entries, note_ignored
from tests.support.ingest_community import DAY, HEADER

FIRST_LOG_DAY = date(2020, 1, 1)


@pytest.mark.parametrize(
    ("path", "why", "cure"),
    [
        ("interaction/2024-03-05/a.csv", "no log is called that", "rename it to interactions"),
        ("Interactions/2024-03-05/a.csv", "no log is called that", "rename it to interactions"),
        ("clicks/a.csv", "no log is called that", "the logs are members, content, "),
        ("a.csv", "a file outside the folder of a log", "move it to landing/<log>/<YYYY-MM-DD>/"),
        ("content/a.csv", "a file outside the folder of a log day", "move it to landing/content/<YYYY-MM-DD>/"),
        ("content/2024-2-15/a.csv", "its name is no day", "rename it to 2024-02-15"),
        ("content/20240215/a.csv", "its name is no day", "rename it to 2024-02-15"),
        ("content/2024_02_15/a.csv", "its name is no day", "rename it to 2024-02-15"),
        ("content/2024-02-30/a.csv", "its name is no day", "rename it to its log day, as 2024-02-15"),
        ("content/latest/a.csv", "its name is no day", "rename it to its log day, as 2024-02-15"),
        ("content/2024-02-15/new/a.csv", "a folder inside a log day", "move its files up"),
        ("content/2024-02-15/a.xls", "nothing reads files with its ending", "a workbook cannot be read: save"),
        ("content/2024-02-15/a.csv.bz2", "nothing reads files with its ending", "unknown file type; deliver .csv"),
        ("content/2019-12-31/a.csv", "it lies before the first log day 2020-01-01", "set GUILDBOOK_FIRST_LOG_DAY=2019"),
    ],
)
def test_an_entry_that_nothing_reads_has_its_reason_and_cure(community, path, why, cure):
    file = community.home.landing / path
    file.parent.mkdir(parents=True)
    file.write_text("a")
    (found,) = ignored_entries(community.home, FIRST_LOG_DAY)
    assert path.startswith(found.path)
    assert found.why.startswith(why)
    assert found.cure.startswith(cure)
    assert str(found) == f"landing/{found.path}: {found.why}; {found.cure}"


@pytest.mark.parametrize(
    "path",
    ["interactions/2024-03-05/a.csv.gz", "interactions/2024-03-05/.a.xls", "interactions/_old/a", ".trash/a", "_b"],
)
def test_what_is_read_or_hidden_on_purpose_is_not_listed(community, path):
    file = community.home.landing / path
    file.parent.mkdir(parents=True)
    file.write_text("a")
    assert ignored_entries(community.home, FIRST_LOG_DAY) == []


def test_many_days_before_the_first_are_one_entry(community):
    for day in ("2019-12-30", "2019-12-31", "2018-01-01"):
        (community.home.landing / "interactions" / day).mkdir(parents=True)
    (found,) = ignored_entries(community.home, FIRST_LOG_DAY)
    assert str(found) == (
        "landing/interactions/2018-01-01: it lies before the first log day 2020-01-01, as 2 more; "
        "set GUILDBOOK_FIRST_LOG_DAY=2018-01-01"
    )


def test_it_stands_until_it_is_gone(community):
    community.deliver("a.csv", HEADER)
    wrong = community.home.landing / "interactions" / "2024-3-5"
    wrong.mkdir()
    for run_id in ("first", "again"):
        note_ignored(community.home, ignored_entries(community.home, FIRST_LOG_DAY), run_id)
    (row,) = standing(community.home)
    assert (row["name"], row["log"], row["cure"], row["run_id"]) == (
        "interactions/2024-3-5",
        "interactions",
        "rename it to 2024-03-05",
        "first",
    )
    wrong.rename(community.home.landing / "interactions" / "2024-03-06")
    note_ignored(community.home, ignored_entries(community.home, FIRST_LOG_DAY), "later")
    assert standing(community.home) == []
    assert delivered_days(community.home, community.log) == [DAY, date(2024, 3, 6)]
