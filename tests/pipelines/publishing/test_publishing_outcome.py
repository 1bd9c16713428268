"""After a failed or missing run: what the pages say, what the operator is told, and when."""

from __future__ import annotations

import json
import traceback
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from pipelines import clock
from pipelines.lake import ledger, versions
from pipelines.publishing.outcome import AlertError, explain_failure, note_failure, overdue_day
from pipelines.publishing.publish import publish
from tests.support.tiny_warehouse import DAY, Publisher

FACTS = {"gate": "facts", "table_name": "fct_member_days", "is_passed": False}
PREDICTIONS = {"gate": "predictions", "table_name": "churn_predictions", "is_passed": False}
DELIVERIES = {"gate": "deliveries", "table_name": "interactions", "is_passed": False}
EARLIER = {"day": DAY - timedelta(days=1)}


def keep_publication(publisher, through_day):
    """Keep a publication that is a folder and a record."""
    row = {"version": publisher.publish(), "through_day": through_day, "status": "published", "run_id": "run"}
    ledger.append(publisher.home, "publications", [row | {"published_at": datetime(2025, 3, 6, tzinfo=UTC)}])


def banner(publisher):
    text = (publisher.home.published / "site" / "status.js").read_text(encoding="utf-8")
    return json.loads(text.split("=", 1)[1].rstrip().removesuffix(";"))


@pytest.fixture
def alerted(tmp_path):
    """A publisher whose alert command keeps what it is given."""
    said = tmp_path / "said.json"
    publisher = Publisher(tmp_path / "home", alert_command=f"cat > '{said}'", community="学徒 guild")
    return publisher, said


def test_a_failure_is_said_on_the_pages_and_to_the_operator(alerted):
    publisher, said = alerted
    keep_publication(publisher, DAY)

    note_failure(publisher.home, publisher.settings, failed_gate="gate facts: x", reason="it's “off”; $HOME")

    shown = banner(publisher)
    assert (shown["runSucceeded"], shown["failedGate"], shown["throughDay"]) == (False, "gate facts: x", str(DAY))
    assert shown["publishedAt"] == "2025-03-06T00:00:00+00:00"
    assert shown["reason"] == "it's “off”; $HOME"
    assert json.loads(said.read_text(encoding="utf-8")) == {
        "community": "学徒 guild",
        "failed_gate": "gate facts: x",
        "reason": "it's “off”; $HOME",
    }


def test_the_same_failure_is_said_once_a_day_and_again_after_the_clock_was_set_back(alerted, monkeypatch):
    publisher, said = alerted
    moment = datetime(2025, 3, 6, 9, tzinfo=UTC)
    told = []
    for passed in (0, 1, 25, -72, -71):
        monkeypatch.setattr(clock, "now", lambda passed=passed: moment + timedelta(hours=passed))
        said.unlink(missing_ok=True)
        note_failure(publisher.home, publisher.settings, failed_gate="", reason=f"{passed} GB are free")
        told.append(said.exists())
    assert told == [True, False, True, True, False]


def test_a_run_is_said_once_by_several_at_once_and_after_another_was_said(tmp_path):
    said = tmp_path / "said"
    publisher = Publisher(tmp_path / "home", alert_command=f"sleep 0.3; echo . >> '{said}'")

    def note(run_id, reason="its process was killed"):
        note_failure(publisher.home, publisher.settings, failed_gate="", reason=reason, run_id=run_id)

    with ThreadPoolExecutor() as finders:
        list(finders.map(note, ["run-7"] * 3))
    assert said.read_text(encoding="utf-8") == ".\n"
    note("run-8")
    note("", "no log came")
    note("run-7")
    note("run-8")
    assert said.read_text(encoding="utf-8") == ".\n" * 3


def test_before_the_first_publication_only_the_operator_is_told(alerted):
    publisher, said = alerted
    note_failure(publisher.home, publisher.settings, failed_gate="", reason="no disk")
    assert json.loads(said.read_text(encoding="utf-8"))["reason"] == "no disk"
    assert not publisher.home.versions.exists()


REFUSED = "quarantine_share at most 0.05, found 0.5: <b>broken</b>"


def test_a_stopped_run_has_a_page_before_the_first_publication_too(publisher):
    publisher.judge(DELIVERIES, {"gate": "facts", "table_name": "fct_member_days"}, run_id="run-7")

    gate = f"gate deliveries: interactions {DAY}"
    note_failure(publisher.home, publisher.settings, failed_gate=gate, reason=REFUSED, run_id="run-7")

    html = (publisher.home.last_run / "index.html").read_text(encoding="utf-8")
    assert f"It stopped at {gate}." in html
    assert f"它停在质量门“送达”（互动 {DAY}）。" in html
    assert "&lt;b&gt;broken&lt;/b&gt;" in html
    assert "nothing yet" in html
    assert f"guildbook run --from {DAY} --to {DAY}" in html
    assert f"guildbook gate waive interactions {DAY} --reason" in html
    assert html.count('<td><span lang="en">x at most 0</span><span lang="zh-Hans">x至多 0</span></td>') == 1, (
        "what passed is not listed"
    )
    assert "src=" not in html
    assert "href=" not in html


def test_the_page_lies_beside_the_pages_that_are_up_and_goes_when_a_run_publishes(publisher):
    keep_publication(publisher, DAY)
    note_failure(publisher.home, publisher.settings, failed_gate="", reason="no disk", run_id="run-7")

    beside = publisher.home.published / "site" / banner(publisher)["page"]
    assert "no disk" in beside.read_text(encoding="utf-8")
    assert f"through {DAY}" in beside.read_text(encoding="utf-8")

    publisher.judge()
    publish(publisher.home, publisher.settings, DAY, "run")
    assert not publisher.home.last_run.exists()
    assert banner(publisher)["page"] == ""


def test_an_alert_goes_out_even_where_the_page_cannot_be_written(alerted):
    publisher, said = alerted
    publisher.home.last_run.write_text("a file where the folder should be", encoding="utf-8")
    note_failure(publisher.home, publisher.settings, failed_gate="", reason="no disk")
    reason = json.loads(said.read_text(encoding="utf-8"))["reason"]
    assert reason.startswith("no disk; besides, the pages could not be told: ")
    assert str(publisher.home.last_run) in reason


def test_after_going_back_the_pages_say_the_day_of_what_is_up(publisher):
    keep_publication(publisher, DAY)
    keep_publication(publisher, DAY + timedelta(days=1))
    versions.rollback(publisher.home)
    note_failure(publisher.home, publisher.settings, failed_gate="", reason="x")
    assert banner(publisher)["throughDay"] == str(DAY)


def test_an_alert_command_that_fails_is_an_error_and_the_pages_still_say_it(tmp_path):
    publisher = Publisher(tmp_path / "home", alert_command="token=s3cret; exit 3")
    keep_publication(publisher, DAY)
    with pytest.raises(AlertError, match="ended with exit code 3") as failed:
        note_failure(publisher.home, publisher.settings, failed_gate="", reason="x")
    assert "s3cret" not in "".join(traceback.format_exception(failed.value))
    assert banner(publisher)["runSucceeded"] is False


@pytest.mark.parametrize(
    ("verdicts", "gate"),
    [
        ([], ""),
        ([FACTS], "gate facts: fct_member_days 2025-03-05"),
        ([FACTS | {"day": None}], "gate facts: fct_member_days"),
        ([FACTS | EARLIER], "gate facts: fct_member_days 2025-03-04"),
        ([FACTS | {"is_passed": True}], ""),
        ([FACTS | {"severity": "warning"}], ""),
        ([FACTS | {"run_id": "another"}], ""),
        ([PREDICTIONS], "gate predictions: churn_predictions 2025-03-05"),
        ([DELIVERIES], "gate deliveries: interactions 2025-03-05"),
        ([DELIVERIES | EARLIER], ""),
        ([DELIVERIES, DELIVERIES | EARLIER], "gate deliveries: interactions 2025-03-05"),
        ([DELIVERIES | EARLIER, FACTS], "gate facts: fct_member_days 2025-03-05"),
    ],
    ids=[
        "no gate", "facts", "a whole table", "facts of an earlier day", "passed", "warning", "another run",
        "predictions", "the last day's delivery", "an earlier delivery is withheld and stops nothing",
        "the last day's delivery among others", "facts after a withheld delivery",
    ],
)  # fmt: skip
def test_the_gate_that_stopped_a_run_is_named(publisher, verdicts, gate):
    accepted = {"log": "interactions", "log_day": DAY, "n_rows": 1, "verdict": "passed", "recorded_at": clock.now()}
    ledger.append(publisher.home, "manifest", [accepted])
    if verdicts:
        publisher.judge(*verdicts)
    expected = (gate, "x at most 0, found 3: because") if gate else ("", "the step's own message")
    assert explain_failure(publisher.home, "run", "the step's own message", last_day=DAY) == expected


def test_any_delivery_of_interactions_stops_a_run_while_none_was_accepted(publisher):
    publisher.judge(DELIVERIES | EARLIER)
    gate, _ = explain_failure(publisher.home, "run", "the step's own message", last_day=DAY)
    assert gate == "gate deliveries: interactions 2025-03-04"


def test_a_waived_failure_stopped_nothing(publisher):
    publisher.judge(FACTS)
    publisher.waive("fct_member_days", DAY)
    assert explain_failure(publisher.home, "run", "message", last_day=DAY) == ("", "message")


@pytest.mark.parametrize(
    ("daily_hour", "now", "due"),
    [
        (6, "2025-03-10T07:59", 8),
        (6, "2025-03-10T08:00", 9),
        (6, "2025-03-10T23:59", 9),
        (6, "2025-03-11T01:00", 9),
        (0, "2025-03-10T01:59", 8),
        (0, "2025-03-10T02:00", 9),
        (23, "2025-03-10T23:30", 8),
        (23, "2025-03-11T00:59", 8),
        (23, "2025-03-11T01:00", 9),
    ],
)
@pytest.mark.parametrize("timezone", ["Asia/Shanghai", "America/New_York"])
def test_a_day_is_overdue_two_hours_after_its_run_was_due(tmp_path, timezone, daily_hour, now, due):
    publisher = Publisher(tmp_path / "home", timezone=timezone, daily_hour=daily_hour)
    instant = datetime.fromisoformat(now).replace(tzinfo=ZoneInfo(timezone)).astimezone(UTC)
    expected = date(2025, 3, due)

    keep_publication(publisher, expected - timedelta(days=1))
    assert overdue_day(publisher.home, publisher.settings, instant, grace_hours=2) == expected
    keep_publication(publisher, expected)
    assert overdue_day(publisher.home, publisher.settings, instant, grace_hours=2) is None


def test_nothing_is_overdue_before_the_first_publication(publisher):
    assert overdue_day(publisher.home, publisher.settings, datetime(2025, 3, 10, tzinfo=UTC), grace_hours=2) is None
