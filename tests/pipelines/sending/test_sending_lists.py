"""Members by name for other tools: drawn and logged first, nobody of a control arm, once to each target."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta

import pytest
from typer.testing import CliRunner

from models.retention.arms import CONTROL
from pipelines import clock
from pipelines.cli import app
from pipelines.lake import ledger
from pipelines.retention import store
from pipelines.retention.segments import SegmentError, draw_segment, read_traits
from pipelines.sending.ways.post import Payload
from tests.support.mailroom import MORNING, ZONE
from tests.support.platforms import Reply, platform
from tests.support.report_marts import DAY

pytestmark = pytest.mark.slow

CAMPAIGN = "winback"


def drawn(room, campaign=CAMPAIGN):
    return {row["member_id"]: row["arm"] for row in store.draws(room.home) if row["campaign_id"] == campaign}


def draw(room, traits=("lifecycle=at_risk",), campaign=CAMPAIGN, share=0.5):
    return draw_segment(room.home, room.settings, read_traits(traits), campaign, share)


def log_draws(room, *rows):
    common = {"day": DAY, "kind": "message", "held_out_share": 0.3, "hash_version": "v", "key_id": "k", "run_id": "r"}
    ledger.append(room.home, "action_assignments", [common | {"drawn_at": clock.now()} | row for row in rows])


def test_a_segment_is_drawn_and_logged_and_its_control_arm_is_left_out(room):
    found = draw(room)

    arms = drawn(room)
    assert {"treated", CONTROL} == set(arms.values())
    assert {row["member_id"] for row in found.rows} == {name for name, arm in arms.items() if arm == "treated"}
    assert (len(found.rows), found.n_control) == tuple(list(arms.values()).count(arm) for arm in ("treated", CONTROL))
    assert {row["lifecycle"] for row in found.rows} == {"at_risk"}
    assert {row["day"] for row in found.rows} == {DAY}


def test_a_list_has_the_names_that_are_shown(room):
    member = draw(room, share=0.0).rows[0]["member_id"]
    room.change(
        f"update marts.dim_members set display_name = 'Ana', profile_url = 'https://x' where member_id = '{member}'"
    )
    first = draw(room, share=0.0).rows[0]
    assert (first["display_name"], first["profile_url"]) == ("Ana", "https://x")


def test_the_log_comes_before_the_list(room, monkeypatch):
    def refuse(*_, **__):
        raise OSError("the disk is full")

    monkeypatch.setattr(store.ledger, "append", refuse)
    with pytest.raises(OSError, match="disk"):
        draw(room)


def test_who_was_drawn_keeps_the_arm_and_is_logged_once(room):
    first = draw(room)
    again = draw(room, share=0.0)

    assert again.rows == first.rows
    assert len(store.draws(room.home)) == len(drawn(room))


def test_the_control_arm_of_another_campaign_is_neither_drawn_nor_named(room):
    everyone = {row["member_id"] for row in draw(room, campaign="other", share=0.0).rows}
    controls = sorted(everyone)[:3]
    log_draws(room, *({"member_id": name, "campaign_id": "retention-1-call", "arm": CONTROL} for name in controls))

    found = draw(room, share=0.0)

    assert found.n_of_others == 3
    assert {row["member_id"] for row in found.rows} == everyone - set(controls)
    assert not set(controls) & drawn(room).keys()


def test_a_control_arm_of_long_ago_is_free_again(room):
    name = draw(room, campaign="other", share=0.0).rows[0]["member_id"]
    cool_down = timedelta(days=room.settings.retention_cool_down_days)
    log_draws(room, {"member_id": name, "campaign_id": "old", "arm": CONTROL, "day": DAY - cool_down})
    assert draw(room).n_of_others == 0


@pytest.mark.parametrize(
    ("traits", "campaign", "said"),
    [
        (["lifecycle=gone"], CAMPAIGN, "nobody's lifecycle is gone: there are active, at_risk, dormant"),
        (["colour=red"], CAMPAIGN, "traits: role, need, activity_level, lifecycle"),
        (["lifecycle"], CAMPAIGN, "write a trait and its value"),
        (["lifecycle=at_risk", "activity_level=high"], CAMPAIGN, "nobody has all of these traits"),
        (["lifecycle=at_risk"], "retention-1-x", "the daily list's own"),
        (["lifecycle=at_risk"], "a b", "letters, digits"),
    ],
)
def test_a_segment_that_is_none_is_told_and_nobody_is_drawn(room, traits, campaign, said):
    with pytest.raises(SegmentError) as caught:
        draw(room, traits, campaign)
    assert said in str(caught.value)
    assert store.draws(room.home) == []


@pytest.fixture
def listed(room, monkeypatch):
    """The home of a process, with a list of the last day: one member to contact and one in the control arm."""
    monkeypatch.setenv("GUILDBOOK_HOME", str(room.home.root))
    monkeypatch.setenv("GUILDBOOK_TIMEZONE", ZONE)
    monkeypatch.setenv("GUILDBOOK_SEND_ENABLED", "true")
    arms = {"m007": "treated", "m008": CONTROL}
    log_draws(room, *({"member_id": name, "campaign_id": "retention-1-call", "arm": arm} for name, arm in arms.items()))
    row = {
        "campaign_id": "retention-1-call", "kind": "call", "definition": "lapse", "risk_band": "high", "rank": 1,
        "reasons_en": '["quiet", "=1+1"]', "reasons_zh": '["安静"]', "content_ids": '["c1"]', "term_end": DAY,
        "suggestion_en": "Call.", "suggestion_zh": "打电话。",
    }  # fmt: skip
    store.keep_list(room.home, DAY, [row | {"member_id": name} for name in arms], "run")
    return room


def run(*words):
    return CliRunner().invoke(app, ["retention", *words])


def test_the_day_s_list_goes_to_a_file_in_either_form(listed):
    table, records = (run("export", "--form", form).stdout.strip().replace("\n", "") for form in ("csv", "json"))

    with open(table, encoding="utf-8-sig", newline="") as file:  # noqa: PTH123
        (row,) = csv.DictReader(file)
    assert (row["member_id"], row["reasons_en"]) == ("m007", "quiet;' =1+1")
    with open(records, encoding="utf-8") as file:  # noqa: PTH123
        (record,) = json.load(file)
    assert (record["member_id"], record["reasons_en"], record["term_end"]) == ("m007", ["quiet", "=1+1"], str(DAY))


def test_the_day_s_list_is_posted_once_with_its_rows(listed):
    with platform(lambda _: Reply({})) as running:
        listed.target("crm", f"kind: post\nurl: {running.url}\ncontent: [failures]\n")
        first, second = run("export", "--to", "crm"), run("export", "--to", "crm")

    assert "crm: list:contacts:2026-11-19 sent" in first.output
    assert "already" in second.output
    (asked,) = running.asked
    made = Payload.model_validate_json(asked.body)
    assert (made.kind, made.title) == ("list", "community: 1 member to contact, 19 Nov 2026")
    assert [row["member_id"] for row in made.rows] == ["m007"]
    assert made.rows[0]["reasons_zh"] == ["安静"]


def test_a_target_may_get_the_list_every_morning(listed):
    listed.target("crm", "kind: file\ncontent: [list]\nhour: 6\n")

    assert [(one.key, one.what) for one in listed.send(MORNING)] == [("list:contacts:2026-11-19", "sent")]
    assert listed.send(MORNING) == []

    (text,) = listed.files("crm").values()
    (row,) = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    assert row["member_id"] == "m007"


def test_a_segment_is_posted_with_its_campaign(listed):
    with platform(lambda _: Reply({})) as running:
        listed.target("crm", f"kind: post\nurl: {running.url}\n")
        result = run("segment", "lifecycle=at_risk", "--campaign", CAMPAIGN, "--to", "crm", "--held-out-share", "0.5")

    assert "in the control arm" in result.stderr
    rows = Payload.model_validate_json(running.asked[0].body).rows
    assert {row["campaign_id"] for row in rows} == {CAMPAIGN}
    assert {row["member_id"] for row in rows} == {name for name, arm in drawn(listed).items() if arm == "treated"}


def test_a_list_goes_to_no_chat(listed):
    listed.target("team", "kind: apprise\nsecrets: {url: X}\ncontent: [list]\n")
    (failed,) = listed.send()
    assert "a list is members by name, for targets of the kinds post and file alone" in failed.said
