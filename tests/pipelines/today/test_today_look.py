"""What one look does and leaves alone: the gate, clocks that run ahead, kills, locks, what is not there yet."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipelines import lock
from pipelines.gates import verdicts
from pipelines.lake import versions
from pipelines.today import kept
from pipelines.today.look import GaveWayError, NoLookError, _as_of, due_sources
from pipelines.today.rows import Moment, usual_days
from tests.support.running_day import LAST, TODAY, WEEK_BEFORE, RunningDay

pytestmark = pytest.mark.slow


def state(running_day: RunningDay) -> dict[str, str]:
    """Digest of every file of the home but those that a look writes."""
    root = running_day.home.root
    return {
        str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(root.rglob("*"))
        if path.is_file() and "today" not in path.name and not path.name.startswith(".") and not path.is_symlink()
    }


def like(number: object, time: str, day=TODAY, **more: object) -> dict[str, object]:
    return {"interaction_id": f"n{number}", "occurred_at": f"{day}T{time}", "kind": "like", "member_id": "m1"} | more


def test_a_look_changes_nothing_of_past_days(running_day):
    running_day.come()
    before = state(running_day)

    running_day.look("15:00")

    assert state(running_day) == before
    assert not list(running_day.home.staging.glob("*day*"))
    assert {path.name for path in running_day.site.iterdir()} == {"data", "today.js", "today.html"}
    assert "guildbookToday" in (running_day.site / "today.js").read_text(encoding="utf-8")


NEXT_DAYS = TODAY + timedelta(days=3)
BROKEN = [
    ("no times", [like(n, "10:00:00" if n % 2 else "nonsense") for n in range(20)], "rows.jsonl:1"),
    ("rows of another day", [like(n, "10:00:00", NEXT_DAYS) for n in range(20)], "is after its log day"),
    ("nobody is named", [like(n, "10:00:00", member_id=None) for n in range(60)], "share of rows that name nobody"),
]


@pytest.mark.parametrize(("rows", "said"), [case[1:] for case in BROKEN], ids=[case[0] for case in BROKEN])
def test_the_gate_keeps_a_broken_file_from_the_page_and_says_where_and_what_to_do(running_day, rows, said):
    running_day.come()
    running_day.deliver("interactions", TODAY, rows)

    looked = running_day.look("15:00")

    assert looked.today.withheld == ("interactions",)
    figures = {row["measure"]: row["amount"] for row in running_day.told("today_figures")}
    assert figures["n_interactions"] == figures["dau"] == figures["n_reads"] == ""
    assert figures["n_contents"] != ""
    html = running_day.html()
    assert said in html
    assert "landing/interactions" in html or "name nobody" in said
    assert f"guildbook gate waive interactions {TODAY}" in html
    assert "已扣留：互动" in html
    assert not {alarm.series for alarm in looked.today.alarms} & {"n_interactions", "dau", "interactions"}


def test_what_is_mended_or_waived_is_on_the_page_at_the_next_look(running_day):
    running_day.come()
    running_day.deliver("interactions", TODAY, [like(n, "nonsense") for n in range(20)], name="broken.jsonl")
    assert running_day.look("15:00").today.withheld == ("interactions",)

    verdicts.waive(running_day.home, "interactions", TODAY, reason="a try", waived_by="me")
    assert running_day.look("15:10").today.withheld == ()
    assert {row["measure"]: row["amount"] for row in running_day.told("today_figures")}["dau"] != ""


def test_rows_after_now_are_counted_nowhere_and_said(running_day):
    running_day.deliver("interactions", TODAY, [like(1, "09:00:00"), like(2, "15:01:00"), like(3, "23:00:00")])

    running_day.look("15:00")

    logs = {row["log"]: row for row in running_day.told("today_logs")}["interactions"]
    assert (logs["n_rows"], logs["n_ahead"], logs["last_at"]) == ("1", "2", f"{TODAY} 09:00:00")
    assert {row["measure"]: row["amount"] for row in running_day.told("today_figures")}["n_interactions"] == "1"
    assert "2 rows lie after now" in running_day.html()
    assert "2 行的时间晚于现在" in running_day.html()


def test_a_day_without_a_file_says_so_and_rings_nothing(running_day):
    looked = running_day.look("15:00")

    assert looked.today.answer.en.startswith("Nothing of ")
    assert "尚未送达任何数据" in looked.today.answer.zh
    assert looked.today.alarms == ()
    assert "No log has a file of the day yet" in running_day.html()


def test_a_file_of_the_day_without_a_row_is_a_day_at_zero(running_day):
    folder = running_day.home.landing_day("interactions", TODAY)
    folder.mkdir(parents=True)
    (folder / "rows.csv").write_text("interaction_id,occurred_at,kind,member_id\n", encoding="utf-8")

    figures = {one.measure: one.amount for one in running_day.look("00:05").today.figures}

    assert figures["n_interactions"] == "0"


def test_a_look_gives_way_to_whoever_holds_the_home(running_day):
    running_day.come()
    running_day.at("15:00")
    with lock.hold(running_day.home, what="guildbook run"):
        import multiprocessing  # noqa: PLC0415

        context = multiprocessing.get_context("fork")
        answers = context.Queue()
        other = context.Process(target=_try, args=(running_day, answers))
        other.start()
        assert "guildbook run" in answers.get(timeout=60)
        other.join()
    assert not (running_day.site / "today.html").exists()


def _try(running_day: RunningDay, answers) -> None:
    try:
        running_day.look("15:00")
    except GaveWayError as error:
        answers.put(str(error))
    else:
        answers.put("it did not give way")


def test_without_a_publication_there_is_nothing_to_compare_with(tmp_path, monkeypatch):
    with pytest.raises(NoLookError, match="guildbook run first"):
        RunningDay(tmp_path, monkeypatch).look("15:00")


def test_a_day_that_is_published_is_no_running_day(running_day):
    with pytest.raises(NoLookError, match=f"{LAST} is published already"):
        running_day.look("15:00", day=LAST)


def test_a_kill_at_any_moment_of_writing_leaves_whole_files_and_the_next_look_mends_the_rest(running_day, monkeypatch):
    running_day.come(until="11:00")
    running_day.look("11:30")
    whole = {path: path.read_bytes() for path in running_day.site.rglob("today*")}
    running_day.come(until="20:00")
    write, written = kept.write_text, 0

    def killed(path: Path, text: str) -> None:
        nonlocal written
        if path.name == "today.html":
            raise KeyboardInterrupt
        written += 1
        write(path, text)

    monkeypatch.setattr(kept, "write_text", killed)
    with pytest.raises(KeyboardInterrupt):
        running_day.look("20:30")
    assert written > 5
    assert (running_day.site / "today.html").read_bytes() == whole[running_day.site / "today.html"]
    assert not list(running_day.home.root.rglob("*.tmp"))

    monkeypatch.setattr(kept, "write_text", write)
    assert "20:30" in running_day.html() or running_day.look("20:30")
    assert "20:30" in running_day.html()


def test_the_next_publication_has_nothing_of_the_look(running_day):
    running_day.come()
    said = running_day.look("15:00").today
    assert kept.last(running_day.home) == said

    running_day.publish()

    assert kept.last(running_day.home) is None
    assert [path.name for path in running_day.home.versions.rglob("today*")] == ["today.js", "today.js"]
    assert {path.read_text(encoding="utf-8") for path in running_day.home.versions.rglob("today.js")} == {""}
    assert versions.numbers(running_day.home) == [1, 2]


def test_the_page_speaks_both_languages_and_is_marked_as_partial(running_day):
    running_day.come()
    running_day.look("15:00")

    html = running_day.html()

    for english, chinese in (("Today so far", "今日至今"), ("Questions waiting now", "当前等待回应的提问"),
                             ("What has come", "已送达"), ("Not whole", "数据不完整")):  # fmt: skip
        assert english in html
        assert chinese in html
    assert html.count('<span lang="en">') == html.count('<span lang="zh-Hans">')


UNTIL = [
    ("Asia/Shanghai", "2025-05-12T07:30:05", "2025-05-12 15:30:05"),
    ("Europe/Berlin", "2025-10-26T00:30:00", "2025-10-26 02:30:00"),
    ("Europe/Berlin", "2025-10-26T01:10:00", "2025-10-26 02:59:59"),  # 2 o'clock comes for the second time
    ("Europe/Berlin", "2025-10-26T02:10:00", "2025-10-26 03:10:00"),
    ("Europe/Berlin", "2025-03-30T01:10:00", "2025-03-30 03:10:00"),  # there is no 2 o'clock
]


@pytest.mark.parametrize(("timezone", "now", "expected"), UNTIL)
def test_a_day_has_come_until_the_time_on_the_wall(running_day, timezone, now, expected):
    settings = running_day.settings.model_copy(update={"timezone": timezone})
    moment = datetime.fromisoformat(now)
    day = datetime.fromisoformat(expected).date()
    midnight = datetime.combine(day, datetime.min.time())

    until, now_seconds = _as_of(settings, {}, Moment(day, moment, midnight, ()), moment)

    assert str(until.as_of) == expected
    assert until.seconds == now_seconds == (datetime.fromisoformat(expected) - midnight).seconds


def test_usual_days_are_the_same_weekdays_that_are_published():
    assert usual_days(TODAY, LAST, WEEK_BEFORE - timedelta(days=8)) == (WEEK_BEFORE, WEEK_BEFORE - timedelta(days=7))
    assert usual_days(TODAY, WEEK_BEFORE - timedelta(days=1), WEEK_BEFORE) == ()


SCHEDULES = [
    ("0 5 * * *", "2025-05-12T02:00:00", None, True),
    ("0 5 * * *", "2025-05-12T02:00:00", "2025-05-11T20:59:00", True),  # five o'clock in Shanghai is 21:00 UTC
    ("0 5 * * *", "2025-05-12T02:00:00", "2025-05-11T21:00:30", False),
    ("*/30 * * * *", "2025-05-12T02:20:00", "2025-05-12T02:01:00", False),
    ("*/30 * * * *", "2025-05-12T02:31:00", "2025-05-12T02:01:00", True),
]


@pytest.mark.parametrize(("schedule", "now", "pulled", "is_due"), SCHEDULES)
def test_a_source_is_due_once_its_hour_came(tmp_path, monkeypatch, schedule, now, pulled, is_due):
    from pipelines.lake import ledger  # noqa: PLC0415

    running_day = RunningDay(tmp_path, monkeypatch)
    running_day.home.sources.mkdir()
    text = f"kind: discourse\nfolder: saved\nschedule: '{schedule}'\n"
    (running_day.home.sources / "forum.yaml").write_text(text, encoding="utf-8")
    if pulled:
        started = datetime.fromisoformat(pulled).replace(tzinfo=UTC)
        row = {
            "source": "forum",
            "kind": "discourse",
            "started_at": started,
            "ended_at": started,
            "outcome": "completed",
        }
        ledger.append(running_day.home, "pulls", [row])

    due = due_sources(running_day.home, running_day.settings, datetime.fromisoformat(now).replace(tzinfo=UTC))

    assert due == (["forum"] if is_due else [])


def test_a_source_that_cannot_be_pulled_is_said_and_the_look_goes_on(running_day):
    running_day.come()
    running_day.home.sources.mkdir()
    (running_day.home.sources / "forum.yaml").write_text("kind: nonsense\n", encoding="utf-8")

    assert running_day.look("15:00").today.figures

    assert "kind &#39;nonsense&#39; in forum.yaml is none of" in running_day.html()


def test_a_community_without_content_is_told_nothing_of_questions(running_day):
    running_day.change("update marts.log_coverage set is_collected = false where log = 'content'")
    running_day.publish()
    running_day.deliver("interactions", TODAY, [like(1, "09:00:00")])
    running_day.look("15:00")
    assert "Questions waiting now" not in running_day.html()

    running_day.come()
    running_day.look("15:00")
    assert "Questions waiting now" in running_day.html()
