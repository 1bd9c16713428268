"""``guildbook check``: a file is judged before it is delivered, as a run would judge it."""

from __future__ import annotations

import json
import re

import pytest
from typer.testing import CliRunner

from pipelines.cli import app

pytestmark = pytest.mark.slow

HEADER = "interaction_id,occurred_at,kind,member_id\n"
ROWS = [f"{n},2026-02-04T08:{n:02}:00,like,m{n}\n" for n in range(40)]
GOOD = HEADER + "".join(ROWS)
ONE_BAD_IN_THREE = HEADER + "".join(ROWS[:2]) + "3,04/02/2026 10:00,like,m3\n"


@pytest.fixture(autouse=True)
def _no_home(tmp_path, monkeypatch):
    monkeypatch.setenv("GUILDBOOK_HOME", str(tmp_path / "no" / "home"))
    monkeypatch.setenv("GUILDBOOK_TIMEZONE", "UTC")


def check(*words):
    result = CliRunner().invoke(app, ["check", *map(str, words)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, [" ".join(line.split()) for line in result.output.splitlines()]


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_a_good_file_passes_and_nothing_is_written(tmp_path):
    path = write(tmp_path / "landing" / "interactions" / "2026-02-04" / "acts.csv", GOOD)
    before = sorted(tmp_path.rglob("*"))

    assert check(path) == (0, [f"{path} as interactions of 2026-02-04: 40 of 40 rows accepted"])
    assert sorted(tmp_path.rglob("*")) == before


def test_a_bad_row_is_named_by_the_files_own_path_and_line(tmp_path):
    path = write(tmp_path / "acts.csv", ONE_BAD_IN_THREE)

    code, (head, line, *_) = check(path)

    assert code == 1
    assert head == f"{path} as interactions of 2026-02-04: 2 of 3 rows accepted"
    assert line.startswith(f"{path}:4 occurred_at '04/02/2026 10:00' is no ISO 8601 time")


def test_odd_values_are_named_and_refuse_nothing(tmp_path):
    columns = "payment_id,member_id,occurred_at,amount_minor,currency"
    path = write(tmp_path / "payments.csv", f"{columns}\np1,m1,2026-02-04,3900,RMB\np2,7.0,2026-02-04,3900,CNY\n")

    code, (head, *lines) = check(path)

    assert code == 0
    assert head == f"{path} as payments of 2026-02-04: 2 of 2 rows accepted"
    assert sorted(line.split(" (")[0] for line in lines) == [
        "look at: currency 'RMB' is no code of ISO 4217: 1 row",
        "look at: member_id '7.0' looks like an id that was made a decimal number: 1 row",
    ]


def test_what_a_member_is_called_is_quoted_by_no_finding(tmp_path):
    columns = "member_id,occurred_at,joined_at,display_name,profile_url"
    path = write(tmp_path / "members.csv", f"{columns}\nm1,2026-02-04,2026-02-04,JosÃ© Kim,forum/jose\n")

    code, lines = check(path)

    assert code == 0
    assert any("display_name looks like text that was read in another encoding: 1 row" in line for line in lines)
    assert any("profile_url is no address of a page" in line for line in lines)
    assert not any("Kim" in line or "forum/jose" in line for line in lines)


def test_a_wrong_header_is_answered_in_pairs(tmp_path):
    path = write(tmp_path / "acts.csv", "id,time,kind\n1,2026-02-04,like\n")

    code, lines = check(path, "--log", "interactions", "--day", "2026-02-04")

    assert code == 1
    assert lines[0] == f"{path} as interactions of 2026-02-04: refused"
    assert lines[1].startswith(f"{path} the header lacks interaction_id, occurred_at; rename interaction_id: your")
    assert lines[2].startswith("the day would be withheld")


def test_a_workbook_is_answered_with_how_to_save_it(tmp_path):
    path = write(tmp_path / "interactions.xlsx", "PK")
    code, lines = check(path)
    assert code == 1
    assert "save its sheet as CSV in UTF-8" in lines[1]


@pytest.mark.parametrize(
    ("name", "options", "told"),
    [
        ("interactions/2026-02-05/a.csv", [], "interactions of 2026-02-05"),
        ("interactions-2026-02-05.csv", [], "interactions of 2026-02-05"),
        ("2026-02-05/a.csv", [], "interactions of 2026-02-05"),
        ("a.csv", [], "interactions of 2026-02-04"),
        ("a.csv", ["--day", "2026-02-06"], "interactions of 2026-02-06"),
        ("interactions/2026-02-05/a.csv", ["--day", "2026-02-06"], "interactions of 2026-02-06"),
        ("content/2026-02-05/a.csv", ["--log", "interactions"], "interactions of 2026-02-05"),
    ],
)
def test_log_and_day_are_told_by_option_path_name_or_content(tmp_path, name, options, told):
    path = write(tmp_path / name, GOOD)
    assert check(path, *options) == (0, [f"{path} as {told}: 40 of 40 rows accepted"])


def test_many_files_are_judged_each_by_itself(tmp_path):
    good, bad = write(tmp_path / "a" / "acts.csv", GOOD), write(tmp_path / "b" / "acts.csv", ONE_BAD_IN_THREE)

    code, lines = check(good, bad, good)

    assert code == 1
    assert [line.split()[0] for line in lines if re.search(r" as \w+ of ", line)] == [str(good), str(bad), str(good)]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("acts.csv", "colour,weight\n", "which log is it? its columns fit none; say it with --log"),
        ("acts.jsonl", json.dumps({"interaction_id": "1"}), "which log is it?"),
        (None, "", "there is no such file"),
    ],
)
def test_what_cannot_be_told_is_asked_for(tmp_path, name, text, said):
    path = write(tmp_path / name, text) if name else tmp_path / "nowhere.csv"
    code, lines = check(path)
    assert code == 2
    assert said in " ".join(lines)
