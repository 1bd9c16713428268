"""The command line as people meet it: help, refusals in one line, exit codes. What commands do is tested elsewhere."""

import re
import shlex

import duckdb
import pytest
import typer
from typer.testing import CliRunner

from pipelines.cli import app
from pipelines.cli import run as running
from pipelines.contract import LOGS
from pipelines.home import Home
from pipelines.lake import ledger, versions
from pipelines.settings import get_settings


def commands(command, path=()):
    """Every command and group below one that help lists, with the words that lead to it."""
    yield path, command
    for name, one in getattr(command, "commands", {}).items():
        if not one.hidden:
            yield from commands(one, (*path, name))


COMMANDS = dict(commands(typer.main.get_command(app)))


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("GUILDBOOK_HOME", str(tmp_path / "home"))
    return Home(tmp_path / "home")


def invoke(*words):
    """Run a command; an error that nobody turned into words fails the test."""
    result = CliRunner().invoke(app, list(words))
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def words_of(result):
    """Output without the frames and line breaks that depend on the terminal's width."""
    return " ".join(re.sub(r"[│╭╮╰╯─]", " ", result.output).split())


def test_the_commands_are_those_that_the_guides_name():
    assert {" ".join(path) for path in COMMANDS} == {
        "", "init", "dev",
        "sources", "sources list", "sources check", "sources pull",
        "sample", "import", "import stackexchange", "import table", "import csv",
        "run", "verify", "rollback", "status",
        "unlock", "erase",
        "check", "quarantine",
        "gate", "gate waive", "identity", "identity preview", "identity link", "identity unlink",
        "open", "member", "piece", "event", "retention", "retention export", "retention segment", "pseudonym",
        "send", "send test", "send log", "send drafts",
        "export", "export metrics", "export superset", "export pdf", "mcp",
    }  # fmt: skip


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_help_says_what_a_command_and_each_option_do(path):
    result = invoke(*path, "--help")

    assert result.exit_code == 0
    assert COMMANDS[path].help.strip().splitlines()[0].split(".")[0] in words_of(result)
    for parameter in COMMANDS[path].params:
        assert getattr(parameter, "help", None), f"{parameter.name} is not explained"


@pytest.mark.parametrize("path", [path for path, one in COMMANDS.items() if not hasattr(one, "commands")], ids=" ".join)
def test_help_ends_with_an_example_that_the_command_takes(path):
    example = COMMANDS[path].epilog.removeprefix("Example: ")

    name, *words = shlex.split(example)
    assert (name, tuple(words[: len(path)])) == ("guildbook", path)
    COMMANDS[path].make_context(path[-1], words[len(path) :])
    assert example in words_of(invoke(*path, "--help"))


def test_a_cron_job_may_call_the_list_by_its_former_name_which_help_no_longer_shows(home):
    group = typer.main.get_command(app)

    assert {name for name, one in group.commands.items() if one.hidden} == {"actions"}
    assert group.commands["actions"].commands.keys() == group.commands["retention"].commands.keys()
    result = invoke("actions", "export", "--day", "2025-03-01")
    assert (result.exit_code, "nobody is listed for 2025-03-01" in words_of(result)) == (1, True)
    assert "actions" not in words_of(invoke("--help"))


REFUSED = [
    ("run --from 2025-03-02 --to 2025-03-01", 2, "--to 2025-03-01 lies before --from 2025-03-02"),
    ("run --from 2014-12-31 --to 2015-01-01 --dry-run", 2, "set GUILDBOOK_FIRST_LOG_DAY=2014-12-31"),
    ("run --from 2014-12-31 --to 2015-01-01", 2, "lies before the first log day 2015-01-01"),
    ("run --from yesterday --to 2025-03-01", 2, "'yesterday' does not match"),
    ("run --from 2025-03-01", 2, "Missing option '--to'"),
    ("rollback", 1, "no earlier publication is kept"),
    ("retention export", 1, "no list was made yet: a run makes one"),
    ("retention export --day 2025-03-01", 1, "nobody is listed for 2025-03-01"),
    ("verify --mart tables", 2, "there is no mart tables; one of: action_effects"),
    ("verify --mart gate_results", 2, "gate_results is a record of what was run"),
    ("verify", 2, "no run was completed yet"),
    ("gate waive tables 2025-03-01 --reason because", 2, f"tables has no gate; one of: {', '.join(LOGS)}"),
    ("gate waive interactions 2025-03-01", 2, "Missing option '--reason'"),
    ("import stackexchange nowhere", 1, "nowhere"),
    ("import table nowhere.yaml", 1, "nowhere.yaml"),
    ("import csv nowhere", 1, "nowhere is no folder; give the one that the exports lie in"),
    ("quarantine tables", 2, f"there is no log tables; one of: {', '.join(LOGS)}"),
    ("sample --days 30", 2, "Invalid value for '--days'"),
]


@pytest.mark.parametrize(("line", "code", "message"), REFUSED, ids=[case[0] for case in REFUSED])
def test_what_cannot_be_done_is_said_and_leaves_no_trace(home, line, code, message):
    result = invoke(*line.split())

    assert message in words_of(result)
    assert result.exit_code == code
    assert [path for path in home.root.rglob("*") if path.is_file() and not path.name.startswith(".")] == []


def test_a_wrong_mapping_is_one_clear_line(home, tmp_path):
    mapping = tmp_path / "forum.yaml"
    mapping.write_text("source: forum\noutputs:\n  - log: interactions\n    tabel: acts.csv\n", encoding="utf-8")

    result = invoke("import", "table", str(mapping))

    assert result.exit_code == 1
    lines = result.output.splitlines()
    assert len(lines) == 1, lines
    assert "forum.yaml" in lines[0]
    assert "tabel" in lines[0]
    assert not home.landing.exists()


@pytest.mark.parametrize(
    ("gate", "first", "rest"),
    [
        ("gate deliveries: interactions 2025-03-04", "2025-03-01", "guildbook run --from 2025-03-01 --to 2025-03-03"),
        ("gate deliveries: interactions 2025-03-04", "2025-03-04", None),
        ("gate deliveries: interactions 2025-03-03", "2025-03-01", None),
        ("gate facts: community_days 2025-03-04", "2025-03-01", None),
        ("", "2025-03-01", None),
    ],
)
def test_where_only_the_last_day_was_withheld_the_run_of_the_days_before_is_named(home, monkeypatch, gate, first, rest):
    outcome = running.RunOutcome(succeeded=False, run_id="r", failed_gate=gate, reason="hours_missing")
    monkeypatch.setattr(running, "execute", lambda *_, **__: outcome)

    result = invoke("run", "--from", first, "--to", "2025-03-04")

    assert result.exit_code == 1
    assert (f"to publish without that day meanwhile: {rest}" in words_of(result)) == (rest is not None)
    assert ("meanwhile" in words_of(result)) == (rest is not None)


RSVPS = """source: meetup
settings: {active_by_events: true}
outputs:
  - log: event_participation
    table: rsvps.csv
    columns: {event_id: event, member_id: member, occurred_at: at, state: {constant: registered}}
"""


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (None, "active_by_events = true, which these rows need, is now in guildbook.toml of the home"),
        ("true", None),
        ("false", "active_by_events is false, but the mapping asks for true"),
    ],
)
def test_an_import_sets_what_its_mapping_needs_unless_it_was_given(home, tmp_path, monkeypatch, given, said):
    if given:
        monkeypatch.setenv("GUILDBOOK_ACTIVE_BY_EVENTS", given)
    (tmp_path / "map.yaml").write_text(RSVPS, encoding="utf-8")
    (tmp_path / "rsvps.csv").write_text("event,member,at\ne,m,2024-01-01T10:00:00Z\n", encoding="utf-8")

    result = invoke("import", "table", str(tmp_path / "map.yaml"))

    get_settings.cache_clear()
    assert result.exit_code == 0
    assert ("active_by_events" in result.output) == (said is not None)
    assert (said or "") in words_of(result)
    assert get_settings().active_by_events == (given != "false")


def test_a_preview_shows_rows_and_what_is_left_out_and_leaves_no_trace(home, tmp_path):
    (tmp_path / "map.yaml").write_text(RSVPS, encoding="utf-8")
    (tmp_path / "rsvps.csv").write_text("event,member,at\ne,m,2024-01-01T10:00:00Z\ne,n,never\n", encoding="utf-8")

    result = invoke("import", "table", str(tmp_path / "map.yaml"), "--preview")

    assert result.exit_code == 0
    assert result.output.splitlines() == [
        "rsvps.csv becomes event_participation:",
        "  event_id,member_id,occurred_at,state,source",
        "  e,m,2024-01-01T10:00:00Z,registered,meetup",
        "not mapped         1  rsvps.csv → event_participation: occurred_at: no readable time, but required"
        " (for example row 2)",
    ]
    assert not home.root.exists()


def test_a_folder_of_exports_is_imported_and_a_smaller_one_says_what_it_removed(home, tmp_path):
    (tmp_path / "acts.csv").write_text(
        "member_id,interaction_type,interaction_time\n1,like,2025-01-03\n1,like,2025-01-04\n", encoding="utf-8"
    )
    result = invoke("import", "csv", str(tmp_path))
    assert result.exit_code == 0
    assert result.output.splitlines()[:3] == [
        "read               2  acts.csv",
        "written            2  interactions",
        "written            1  members",
    ]
    assert result.output.splitlines()[-1] == "next      guildbook run --from 2025-01-03 --to 2025-01-04"

    (tmp_path / "acts.csv").write_text("participant_id,interaction_id\n1,2\n", encoding="utf-8")
    result = invoke("import", "csv", str(tmp_path))
    assert result.exit_code == 0
    assert "removed            3  landing files of an earlier import, whose rows are not in this one" in result.output
    assert "next" not in result.output


def test_bad_settings_are_all_named_before_anything_is_done(home, monkeypatch):
    monkeypatch.setenv("GUILDBOOK_TIMEZONE", "Mars/Olympus")
    monkeypatch.setenv("GUILDBOOK_DAILY_HOUR", "24")

    for line in ("status", "run --from 2025-03-01 --to 2025-03-01", "sample", "rollback"):
        result = invoke(*line.split())
        assert result.exit_code == 2
        assert "GUILDBOOK_TIMEZONE: " in result.output
        assert "'Mars/Olympus' is no IANA time zone" in result.output
        assert "GUILDBOOK_DAILY_HOUR: " in result.output
    assert not home.root.exists()


def test_status_before_anything_says_so_and_writes_nothing(home):
    result = invoke("status")

    assert result.exit_code == 0
    assert [line.split(maxsplit=1)[0] for line in result.output.splitlines()] == ["published", "withheld", "last"]
    assert "nothing yet" in result.output
    assert "last run    none yet: guildbook run makes the first" in result.output
    assert not home.root.exists()


def test_status_lists_the_published_marts_with_their_rows(home):
    assert invoke("status", "--marts").output == "published   nothing yet\n"
    number = versions.next_number(home)
    folder = versions.draft_folder(home, number)
    with duckdb.connect(str(folder / "analytics.duckdb")) as con:
        con.execute(
            "create schema marts; create table marts.quiet (day date); create table other as select 1 as one;"
            "create table marts.busy as select unnest(range(1234)) as n"
        )
    versions.publish(home, number, kept=3)

    lines = invoke("status", "--marts").output.splitlines()

    assert [line.split() for line in lines] == [["busy", "1,234"], ["quiet", "0"]]


def test_status_says_how_much_the_last_run_rebuilt(home):
    row = {"run_id": "r", "n_days": 1415, "n_stale_days": 1, "n_stale_as_of_days": 59, "full_because": ""}
    ledger.append(home, "builds", [row | {"n_stale_days": 1415, "full_because": "asked for"}])
    assert "rebuilt     1,415 of 1,415 days and 59 as-of days (asked for)" in invoke("status").output
    ledger.append(home, "builds", [row])
    assert "rebuilt     1 of 1,415 days and 59 as-of days\n" in invoke("status").output


def test_a_full_disk_is_said_in_one_line(home, monkeypatch):
    monkeypatch.setenv("GUILDBOOK_MIN_FREE_DISK_GB", "1000000000")

    result = invoke("run", "--from", "2025-03-01", "--to", "2025-03-01")

    assert result.exit_code == 1
    assert "GUILDBOOK_MIN_FREE_DISK_GB" in result.output.splitlines()[0]
    left = [path.name for path in home.root.iterdir() if path.suffix != ".lock"]
    assert left == ["last_run"], "what stopped it is all that is written"


def test_a_waiver_is_recorded_with_who_and_why(home):
    result = invoke("gate", "waive", "interactions", "2025-03-01", "--reason", "the server was down")

    assert result.exit_code == 0
    assert "guildbook run --from 2025-03-01 --to 2025-03-01" in result.output
    (waiver,) = ledger.read(home, "waivers").to_pylist()
    assert (waiver["table_name"], str(waiver["day"])) == ("interactions", "2025-03-01")
    assert waiver["reason"] == "the server was down"
    assert waiver["waived_by"]


def test_rollback_puts_the_earlier_publication_up_until_there_is_none(home):
    for _ in range(2):
        number = versions.next_number(home)
        versions.draft_folder(home, number)
        versions.publish(home, number, kept=3)

    back = invoke("rollback")
    assert (back.exit_code, versions.current(home)) == (0, 1)
    assert "version 1 is up again" in back.output
    assert "kept        1, 2" in invoke("status").output

    again = invoke("rollback")
    assert (again.exit_code, versions.current(home)) == (1, 1)


def test_the_sample_says_how_to_go_on_and_is_not_written_over(home):
    result = invoke("sample", "--members", "20", "--days", "31")

    assert result.exit_code == 0
    first, last = re.search(r"next +guildbook run --from (\S+) --to (\S+)", result.output).groups()
    days = sorted(path.name for path in (home.landing / "interactions").iterdir())
    assert first <= days[0] <= days[-1] <= last

    again = invoke("sample", "--members", "20", "--days", "31")
    assert again.exit_code == 1
    assert "is not empty" in again.output


@pytest.mark.parametrize("words", [["--from", "2025-03-01", "--to", "2025-03-01"], ["--full"], ["--dry-run"]])
def test_a_look_at_the_running_day_takes_no_other_option(home, words):
    result = invoke("run", "--today", *words)

    assert result.exit_code == 2
    assert "--today looks at the running day alone" in words_of(result)


def test_a_look_without_a_publication_says_what_to_do(home):
    result = invoke("run", "--today")

    assert (result.exit_code, words_of(result)) == (
        1, "nothing is published that today could be compared with: run guildbook run first",
    )  # fmt: skip
