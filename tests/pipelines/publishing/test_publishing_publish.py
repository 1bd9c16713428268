"""Publishing asks the stored verdicts first, and publishes all or nothing."""

from __future__ import annotations

from datetime import timedelta

import duckdb
import pytest

from pipelines import run_start
from pipelines.lake import ledger, versions
from pipelines.publishing import publish as publishing
from pipelines.publishing.publish import UnpassedGateError, check_verdicts, publish
from tests.support.tiny_warehouse import DAY, Publisher

FACTS = {"gate": "facts", "table_name": "fct_member_days"}
PREDICTIONS = {"gate": "predictions", "table_name": "churn_predictions"}
DELIVERIES = {"gate": "deliveries", "table_name": "interactions"}
FAILED = {"is_passed": False}
WARNS = {"is_passed": False, "severity": "warning"}


def publications(publisher):
    rows = ledger.read(publisher.home, "publications").to_pylist()
    return [(row["version"], row["through_day"], row["run_id"]) for row in rows]


@pytest.mark.parametrize(
    "verdicts",
    [
        [FACTS, PREDICTIONS],
        [FACTS, PREDICTIONS | WARNS],
        [FACTS | WARNS, PREDICTIONS],
        [FACTS, PREDICTIONS, DELIVERIES | FAILED],
    ],
    ids=["all passed", "predictions warn", "facts warn", "a log day is withheld"],
)
def test_what_may_be_published(publisher, verdicts):
    publisher.judge(*verdicts)
    check_verdicts(publisher.home, "run")


@pytest.mark.parametrize(
    ("verdicts", "message"),
    [
        ([DELIVERIES], "no verdict of the gate facts, predictions"),
        ([FACTS], "no verdict of the gate predictions"),
        ([PREDICTIONS], "no verdict of the gate facts"),
        ([FACTS | FAILED, PREDICTIONS], "fct_member_days 2025-03-05: x at most 0, found 3"),
        ([FACTS, PREDICTIONS | FAILED], "churn_predictions 2025-03-05: x at most 0, found 3"),
        ([FACTS | FAILED, FACTS, PREDICTIONS], "fct_member_days"),
    ],
    ids=["no gate", "no predictions", "no facts", "facts failed", "predictions failed", "one of two failed"],
)
def test_what_may_not_be_published(publisher, verdicts, message):
    publisher.judge(run_id="another run that passed")
    publisher.judge(*verdicts)
    with pytest.raises(UnpassedGateError, match=message):
        publish(publisher.home, publisher.settings, DAY, "run")
    assert versions.current(publisher.home) is None
    assert not publisher.home.versions.exists()
    assert publications(publisher) == []


def test_a_waiver_lets_its_table_and_day_through_and_no_other(publisher):
    publisher.judge(FACTS | FAILED, PREDICTIONS)
    publisher.waive("fct_member_days", DAY + timedelta(days=1))
    publisher.waive("community_days", DAY)
    with pytest.raises(UnpassedGateError):
        check_verdicts(publisher.home, "run")
    publisher.waive("fct_member_days", DAY)
    check_verdicts(publisher.home, "run")


def test_database_and_site_come_up_together_and_are_recorded(tmp_path):
    publisher = Publisher(tmp_path / "home", publications_kept=2)
    for number in (1, 2, 3):
        publisher.judge(run_id=f"run-{number}")
        day = DAY + timedelta(days=number)
        made = publish(publisher.home, publisher.settings, day, f"run-{number}")

        up = publisher.home.published
        with duckdb.connect(str(up / "analytics.duckdb"), read_only=True) as con:
            assert con.execute("from marts.publication").fetchall() == [(number, day)]
        assert (made.version, made.through_day) == (number, day)
        assert made.n_pages == len(list((up / "site").glob("*.html"))) > 1
        assert made.database_bytes == (up / "analytics.duckdb").stat().st_size
        status = (up / "site" / "status.js").read_text(encoding="utf-8")
        assert f'"throughDay": "{day}"' in status
        assert '"runSucceeded": true' in status

    assert publications(publisher) == [(n, DAY + timedelta(days=n), f"run-{n}") for n in (1, 2, 3)]
    assert versions.numbers(publisher.home) == [2, 3]


def test_a_run_that_publishes_twice_is_recorded_twice(publisher):
    publisher.judge()
    for _ in range(2):
        publish(publisher.home, publisher.settings, DAY, "run")
    assert publications(publisher) == [(n, DAY, "run") for n in (1, 2)]


def test_pages_that_cannot_be_made_leave_the_last_publication_up(publisher, monkeypatch):
    publisher.judge()
    publisher.publish()
    with monkeypatch.context() as patch:
        patch.setattr(publishing, "render_site", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            publish(publisher.home, publisher.settings, DAY, "run")
    assert (versions.current(publisher.home), versions.numbers(publisher.home)) == (1, [1])
    assert publications(publisher) == []

    assert publish(publisher.home, publisher.settings, DAY, "run").version == 2
    assert list(publisher.home.versions.glob(".draft-*")) == []


@pytest.mark.parametrize(
    ("dies_in", "up"), [("_point", 2), ("_forget_beside", 3), ("_drop", 3)], ids=["before", "as it is up", "dropping"]
)
def test_a_run_killed_as_it_puts_its_publication_up_is_made_good_as_the_next_begins(tmp_path, monkeypatch, dies_in, up):
    publisher = Publisher(tmp_path / "home", publications_kept=2, min_free_disk_gb=0)
    for run_id in ("run-1", "run-2"):
        publisher.judge(run_id=run_id)
        publish(publisher.home, publisher.settings, DAY, run_id, fingerprint="code")
    (publisher.home.published / "site" / "today.html").touch()
    publisher.judge(run_id="run-3")
    with monkeypatch.context() as patch:
        patch.setattr(versions, dies_in, lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            publish(publisher.home, publisher.settings, DAY, "run-3", fingerprint="code")
    assert versions.current(publisher.home) == up
    assert len(publications(publisher)) == 2

    for _ in range(2):
        run_start.prepare(publisher.home, publisher.settings)

    assert publications(publisher) == [(n, DAY, f"run-{n}") for n in range(1, up + 1)]
    assert [row["fingerprint"] for row in ledger.read(publisher.home, "publications").to_pylist()] == ["code"] * up
    assert versions.numbers(publisher.home) == [up - 1, up]
    assert [path.parts[-3] for path in publisher.home.versions.glob("*/site/today.html")] == (["2"] if up == 2 else [])
