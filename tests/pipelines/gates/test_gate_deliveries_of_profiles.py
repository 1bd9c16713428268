"""Gate 1 on deliveries put there by hand: what each rule is shown of a profile, which days move, and what is told."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from expectations.runner import validate_few
from expectations.shape_rules import OF_WHOLE_DAYS
from pipelines.files import write_text
from pipelines.gates import deliveries, verdicts
from pipelines.gates.shapes.shape import Seen
from pipelines.home import Home
from pipelines.ingest.findings import SHARED_KEY
from pipelines.ingest.unknown import MISSPELT, UNKNOWN
from pipelines.lake import ledger, manifest
from pipelines.lake.delivery import DELIVERY, delivery_text, read_delivery, remove_delivery
from pipelines.settings import Settings

DAY = date(2025, 3, 31)
WHOLE = {
    "delivered": 100, "accepted": 100, "quarantined": 0, "rejected_files": 0, "duplicates": 0, "shared_key_rows": 0,
    "max_lateness_days": 0, "null_members": 0,
}  # fmt: skip


@pytest.fixture
def home(tmp_path):
    return Home(tmp_path)


def put(home, day=DAY, log="interactions", findings=None, **profile):
    """Put a candidate with a profile of a whole day but for what is named."""
    folder = home.lake / "candidates" / log / f"log_day={day}"
    folder.mkdir(parents=True)
    said = {
        "fingerprint": f"{log} {day}",
        "event_days": [{"event_day": str(day), "rows": (WHOLE | profile)["accepted"], "checksum": "1"}],
        "profile": WHOLE | profile,
    }
    said |= {} if findings is None else {"findings": findings}
    (folder / "part-0.parquet").write_bytes(b"a part that nobody reads here")
    write_text(folder / DELIVERY, delivery_text(said))


def accept(home, n_days, *, log="interactions", last=DAY - timedelta(days=1), **profile):
    """Put deliveries of days in a row into the lake, the last of them on ``last``."""
    days = [last - timedelta(days=n) for n in reversed(range(n_days))]
    for day in days:
        put(home, day, log, **profile)
    waiting = manifest.candidates(home, log, days)
    manifest.decide(home, [(one, manifest.PASSED) for one in waiting], "past")


def judged(home, *, log="interactions", settings=None, days=None):
    waiting = manifest.candidates(home, log, days)
    return deliveries.judge_part_of_day(home, settings or Settings(), waiting)


def broken_rules(outcome):
    return [said.split()[0] for said in (*outcome.reasons, *outcome.warnings)]


def test_the_past_is_put_down_as_ingestion_does_it(home):
    accept(home, 2)

    assert manifest.rows_accepted(home, "interactions") == {DAY - timedelta(days=n): 100 for n in (1, 2)}
    assert read_delivery(home.raw_part("interactions", DAY - timedelta(days=1)))["profile"] == WHOLE
    assert manifest.candidates(home, "interactions") == []


def broken(quarantined, accepted):
    return {"delivered": quarantined + accepted, "accepted": accepted, "quarantined": quarantined}


@pytest.mark.parametrize(
    ("profile", "rules"),
    [
        ({}, []),
        (broken(5, 95), []),
        (broken(6, 94), ["quarantine_share"]),
        (broken(5, 5), ["quarantine_share"]),
        (broken(4, 4), ["quarantine_share_of_few"]),
        (broken(4, 3), ["quarantine_share"]),
        (broken(4, 5), ["quarantine_share_of_few"]),
        (broken(1, 19), []),
        ({"delivered": 101}, ["unaccounted"]),
        ({"delivered": 99}, ["unaccounted"]),
        ({"delivered": 101, "quarantined": 1}, []),
        ({"rejected_files": 1}, ["rejected_files"]),
        ({"rejected_files": 1, "accepted": 1, "delivered": 1}, ["rejected_files"]),
        ({"rejected_files": 1, "accepted": 0, "delivered": 0}, ["rejected_without_rows", "rejected_files"]),
        ({"rejected_files": 2, "accepted": 0, "delivered": 0}, ["rejected_without_rows", "rejected_files"]),
        ({"accepted": 0, "delivered": 0}, []),
        ({"duplicates": 25}, []),
        ({"duplicates": 26}, ["duplicate_share"]),
        ({"shared_key_rows": 1}, ["shared_key_rows"]),
        ({"shared_key_rows": None}, []),
        ({"max_lateness_days": 180}, []),
        ({"max_lateness_days": 181}, ["max_lateness_days"]),
        ({"null_members": 99}, []),
        ({"null_members": 100}, ["null_member_share"]),
        ({"null_members": 80, "duplicates": 20}, ["null_member_share"]),
        ({"null_members": 85, "duplicates": 10}, []),
        ({"null_members": None}, []),
    ],
    ids=str,
)  # fmt: skip
def test_what_a_profile_breaks(home, profile, rules):
    put(home, **profile)

    assert broken_rules(judged(home)) == rules


def test_a_profile_of_a_version_that_did_not_count_shared_keys_or_names_breaks_nothing(home):
    put(home)
    (waiting,) = manifest.candidates(home, "interactions")
    for name in ("shared_key_rows", "null_members", "duplicates"):
        waiting.delivery["profile"].pop(name, None)
    waiting.delivery["profile"]["duplicates"] = 0

    assert broken_rules(deliveries.judge_part_of_day(home, Settings(), [waiting])) == []


@pytest.mark.parametrize(
    ("settings", "profile"),
    [
        ({"max_quarantine_share": 0.5}, broken(50, 50)),
        ({"max_null_member_share": 1.0}, {"null_members": 100}),
    ],
)
def test_limits_are_settings(home, settings, profile):
    put(home, **profile)

    assert broken_rules(judged(home)) != []
    assert broken_rules(judged(home, settings=Settings(**settings))) == []


class TestRowsThatNameNobody:
    """A rise is judged against days in the lake; for content one that erasures explain only warns."""

    def test_a_rise_above_the_days_before_withholds(self, home):
        accept(home, 7)
        put(home, null_members=50)

        outcome = judged(home)
        assert (outcome.withheld, broken_rules(outcome)) == ((DAY,), ["null_member_rise"])
        assert broken_rules(judged(home, settings=Settings(max_null_member_rise=0.5))) == []

    def test_what_is_usual_breaks_nothing(self, home):
        accept(home, 7, null_members=50)
        put(home, null_members=50)

        assert broken_rules(judged(home)) == []

    def test_days_of_the_lake_without_rows_are_no_past(self, home):
        accept(home, 6)
        accept(home, 3, last=DAY - timedelta(days=7), accepted=0, delivered=0)
        put(home, null_members=50)

        assert broken_rules(judged(home)) == []

    def test_days_without_rows_take_no_place_among_the_28(self, home):
        accept(home, 7, last=DAY - timedelta(days=29))
        accept(home, 28, accepted=0, delivered=0)
        put(home, null_members=50)

        assert broken_rules(judged(home)) == ["null_member_rise"]

    def test_a_day_is_held_against_those_before_it_however_many_came_after(self, home):
        accept(home, 7)
        accept(home, 30, last=DAY + timedelta(days=30))
        put(home, null_members=50)

        assert broken_rules(judged(home)) == ["null_member_rise"]

    def test_a_part_that_nothing_lies_beside_is_no_past(self, home):
        accept(home, 7)
        remove_delivery(home.raw_part("interactions", DAY - timedelta(days=1)))
        put(home, null_members=50)

        assert broken_rules(judged(home)) == []

    def test_a_past_in_which_repeats_were_not_counted_had_none(self, home, monkeypatch):
        monkeypatch.delitem(WHOLE, "duplicates")
        accept(home, 7, null_members=50)
        monkeypatch.setitem(WHOLE, "duplicates", 0)
        put(home, null_members=76)

        assert judged(home).reasons[0].split(" (")[0].endswith("found 0.26")

    def test_28_days_of_the_past_count(self, home):
        accept(home, 15)
        accept(home, 14, last=DAY - timedelta(days=16), null_members=50)
        put(home, null_members=90)

        assert judged(home).reasons[0].split(" (")[0].endswith("found 0.9")

    def test_a_day_delivered_again_is_no_past_of_its_own(self, home):
        accept(home, 7)
        put(home, DAY - timedelta(days=1), null_members=50)

        assert broken_rules(judged(home)) == []

    def test_a_past_that_nobody_counted_is_none(self, home):
        accept(home, 7, null_members=None)
        put(home, null_members=50)

        assert broken_rules(judged(home)) == []

    @pytest.mark.parametrize(
        ("log", "null_members", "rule", "withholds"),
        [
            ("content", 50, "null_member_rise_in_part", False),
            ("content", 99, "null_member_rise_in_part", False),
            ("content", 100, "null_member_rise", True),
            ("interactions", 50, "null_member_rise", True),
        ],
    )
    def test_pieces_without_an_author_may_be_those_of_erased_members(self, home, log, null_members, rule, withholds):
        accept(home, 7, log=log)
        put(home, log=log, null_members=null_members)

        outcome = judged(home, log=log)
        assert broken_rules(outcome) == [rule]
        assert outcome.withheld == ((DAY,) if withholds else ())

    def test_content_without_rows_breaks_nothing(self, home):
        accept(home, 7, log="content")
        put(home, log="content", accepted=0, delivered=0)

        assert broken_rules(judged(home, log="content")) == []


def finding(kind, n):
    return {"finding": kind, "said": f"{kind} {n}"}


class TestExamples:
    """What was found in the files stands behind the count of the rule that it explains."""

    def told(self, home, *findings, **profile):
        put(home, findings=list(findings), **profile)
        outcome = judged(home)
        (said,) = (*outcome.reasons, *outcome.warnings)
        return said.partition(", found ")[2]

    def test_three_are_shown_and_the_others_counted(self, home):
        told = self.told(home, *(finding(SHARED_KEY, n) for n in range(5)), shared_key_rows=9)
        assert told.startswith(f"9 ({SHARED_KEY} 0; {SHARED_KEY} 1; {SHARED_KEY} 2; and 2 more) (")

    def test_three_alone_leave_no_more(self, home):
        told = self.told(home, *(finding(SHARED_KEY, n) for n in range(3)), shared_key_rows=9)
        assert told.startswith(f"9 ({SHARED_KEY} 0; {SHARED_KEY} 1; {SHARED_KEY} 2) (")

    def test_the_likeliest_stand_first(self, home):
        put(home, findings=[finding(UNKNOWN, 1), finding(MISSPELT, 1)], null_members=100)
        (said,) = judged(home).reasons
        assert said.partition(", found ")[2].startswith(f"1 ({MISSPELT} 1; {UNKNOWN} 1) (")

    def test_misspelt_columns_are_counted_and_named(self, home):
        told = self.told(home, finding(UNKNOWN, 1), finding(MISSPELT, 1), finding(MISSPELT, 2))
        assert told.startswith(f"2 ({MISSPELT} 1; {MISSPELT} 2) (")

    def test_findings_of_another_kind_are_left_out(self, home):
        assert self.told(home, finding(UNKNOWN, 1), shared_key_rows=9).startswith("9 (of rows")


def volumes(home, days=None):
    return {
        verdict.day: verdict.is_passed
        for verdict in deliveries._verdicts(
            home, Settings(), manifest.candidates(home, "interactions", days), validate_few
        )
        if verdict.expectation.startswith("volume_ratio")
    }


class TestVolume:
    """Rows against the median of the log days of the four weeks before, from seven of them on."""

    @pytest.mark.parametrize(
        ("n_past", "accepted", "is_usual"), [(7, 1000, True), (7, 1001, False), (7, 10, True), (7, 9, False)]
    )
    def test_a_day_far_from_the_usual_warns(self, home, n_past, accepted, is_usual):
        accept(home, n_past)
        put(home, accepted=accepted, delivered=accepted)

        assert volumes(home) == {DAY: is_usual}

    def test_six_days_are_too_few(self, home):
        accept(home, 6)
        put(home, accepted=5000, delivered=5000)

        assert volumes(home)[DAY]

    def test_days_before_the_four_weeks_do_not_count(self, home):
        accept(home, 1, last=DAY - timedelta(days=29))
        accept(home, 6)
        put(home, accepted=5000, delivered=5000)

        assert volumes(home)[DAY]

    def test_the_first_day_of_the_four_weeks_does(self, home):
        accept(home, 1, last=DAY - timedelta(days=28))
        accept(home, 6)
        put(home, accepted=5000, delivered=5000)

        assert not volumes(home)[DAY]

    def test_days_that_wait_beside_it_count_as_they_wait(self, home):
        accept(home, 6)
        put(home, DAY - timedelta(days=7))
        put(home, accepted=5000, delivered=5000)

        assert volumes(home)[DAY - timedelta(days=7)]
        assert not volumes(home)[DAY]

    def test_the_median_of_days_without_rows_is_no_measure(self, home):
        accept(home, 7, accepted=0, delivered=0)
        put(home)

        assert volumes(home)[DAY]


class TestShapes:
    """What the shapes of the days say becomes verdicts with its words, for the rules that were broken alone."""

    @pytest.fixture
    def shapes(self, monkeypatch):
        """What is found in the days' shapes, and the days said to be unfit as a past."""
        said = {"seen": {}, "unfit": None}

        def shapes_seen(_home, _settings, _waiting, unfit, in_lake):
            said.update(unfit=unfit, in_lake=in_lake)
            return said["seen"]

        monkeypatch.setattr(deliveries, "shapes_seen", shapes_seen)
        return said

    def test_a_broken_one_withholds_and_says_what_was_found(self, home, shapes):
        put(home)
        put(home, DAY - timedelta(days=1))
        shapes["seen"] = {
            DAY - timedelta(days=1): {"day_again": Seen(said="nothing")},
            DAY: {
                "day_again": Seen(1.0, is_certain=True, said="as on Monday"),
                "strangers": Seen(2.0, said="hardly one"),
                "rows_ahead": Seen(said="nothing"),
            },
        }

        outcome = judged(home)

        assert (outcome.withheld, outcome.warned) == ((DAY,), ())
        assert [one.split(" (")[:2] for one in outcome.reasons] == [["day_again at most 0, found 1", "as on Monday)"]]
        assert [one.split(" (")[:2] for one in outcome.warnings] == [
            ["strangers_unsure at most 0, found 2", "hardly one)"]
        ]
        kept = deliveries._verdicts(home, Settings(), manifest.candidates(home, "interactions"), validate_few)
        assert [one.expectation.split()[0] for one in kept if not one.is_passed] == ["day_again", "strangers_unsure"]
        assert "rows_ahead" not in {one.expectation.split()[0] for one in kept}

    def test_no_finding_leaves_no_verdict(self, home, shapes):
        put(home)
        shapes["seen"] = {DAY: {"rows_ahead": Seen(said="nothing")}}

        assert judged(home).n_days == 1
        kept = deliveries._verdicts(home, Settings(), manifest.candidates(home, "interactions"), validate_few)
        assert {one.expectation.split()[0] for one in kept} == {rule.column for rule in rules()}

    def test_a_day_that_breaks_a_critical_rule_is_no_past(self, home, shapes):
        accept(home, 1)
        put(home, delivered=101)
        put(home, DAY + timedelta(days=1), shared_key_rows=3)

        judged(home)

        assert shapes["unfit"] == {DAY}
        assert shapes["in_lake"] == {DAY - timedelta(days=1): 100}

    @pytest.mark.parametrize("rule", [*OF_WHOLE_DAYS, "day_again"])
    def test_of_a_part_of_a_day_what_needs_a_whole_one_is_not_asked(self, home, shapes, rule):
        put(home)
        shapes["seen"] = {DAY: {rule: Seen(1.0, is_certain=True, said="found")}}

        assert broken_rules(judged(home)) == ([] if rule in OF_WHOLE_DAYS else [rule])
        assert deliveries.judge(home, Settings(), "interactions", [DAY], "night").withheld == (DAY,)


def rules():
    return deliveries._rules(Settings())


class TestNight:
    """Verdicts are recorded, parts that pass move into the lake, the others wait."""

    def test_nothing_waits(self, home):
        put(home, DAY + timedelta(days=1))

        outcome = deliveries.judge(home, Settings(), "interactions", [DAY], "run")

        assert outcome == verdicts.GateOutcome("deliveries", "interactions", 0)
        assert ledger.read(home, "gate_results").num_rows == 0

    def test_passed_withheld_and_waived(self, home):
        before, after = DAY - timedelta(days=1), DAY + timedelta(days=1)
        put(home, before)
        put(home, DAY, delivered=101)
        put(home, after, delivered=101)
        verdicts.waive(home, "interactions", after, reason="known", waived_by="me")

        outcome = deliveries.judge(home, Settings(), "interactions", [before, DAY, after], "run")

        assert (outcome.gate, outcome.table_name, outcome.n_days) == ("deliveries", "interactions", 3)
        assert (outcome.withheld, outcome.warned) == ((DAY,), (after,))
        recorded = list(ledger.rows(home, "manifest", run_id="run"))
        assert {one["log_day"]: one["verdict"] for one in recorded} == {
            before: manifest.PASSED, DAY: manifest.WITHHELD, after: manifest.WAIVED
        }  # fmt: skip
        assert [one.log_day for one in manifest.candidates(home, "interactions")] == [DAY]
        assert {day: home.raw_part("interactions", day).is_file() for day in (before, DAY, after)} == {
            before: True, DAY: False, after: True
        }  # fmt: skip
        found = list(ledger.rows(home, "gate_results", run_id="run"))
        assert {one["gate"] for one in found} == {"deliveries"}
        assert [(one["day"], one["expectation"].split()[0]) for one in found if not one["is_passed"]] == [
            (DAY, "unaccounted"), (after, "unaccounted")
        ]  # fmt: skip

    def test_a_part_of_a_day_knows_waivers_and_moves_nothing(self, home):
        put(home, delivered=101)
        verdicts.waive(home, "interactions", DAY, reason="known", waived_by="me")

        outcome = judged(home)

        assert (outcome.gate, outcome.table_name) == ("deliveries", "interactions")
        assert (outcome.withheld, outcome.warned) == ((), (DAY,))
        assert manifest.candidates(home, "interactions")
        assert ledger.read(home, "manifest").num_rows == ledger.read(home, "gate_results").num_rows == 0


@pytest.mark.parametrize(
    ("log", "withheld", "n_accepted", "is_all"),
    [
        ("interactions", (DAY,), 0, True),
        ("interactions", (), 0, False),
        ("interactions", (DAY,), 1, False),
        ("members", (DAY,), 0, False),
    ],
)
def test_a_log_about_people_may_be_withheld_as_a_whole(home, log, withheld, n_accepted, is_all):
    accept(home, n_accepted, log=log)
    outcome = verdicts.GateOutcome("deliveries", log, 1, withheld)

    assert deliveries.is_all_withheld(home, outcome) is is_all
