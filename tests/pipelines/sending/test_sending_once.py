"""Each message once: tries and pauses, processes that die between sending and noting, targets that fail."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import timedelta

import pytest
from apprise.plugins.feishu import NotifyFeishu
from filelock import FileLock

from pipelines import clock
from pipelines.lake import ledger
from pipelines.sending.one import SendingError
from pipelines.sending.ways.post import PostWay
from tests.support.mailroom import MORNING
from tests.support.platforms import Reply, platform

pytestmark = pytest.mark.slow

KEY = "brief:2026-11-19"
WEBHOOK = "kind: post\nurl: {url}/hook\ncontent: [brief]\n"
CHAT = "kind: apprise\nsecrets: {{url: CHAT}}\ncontent: [brief]\nif_unsure: {if_unsure}\n"


class Hook:
    """A receiver that takes a key once, as its sender may repeat it."""

    def __init__(self):
        self.replies = []
        self.taken = []

    def __call__(self, asked):
        reply = self.replies.pop(0) if self.replies else Reply({})
        if reply.status == 200 and asked.headers["Idempotency-Key"] not in self.taken:
            self.taken.append(asked.headers["Idempotency-Key"])
        return reply


@pytest.fixture
def hook(room):
    with platform(Hook()) as running:
        room.target("crm", WEBHOOK.format(url=running.url))
        yield running


def test_what_fails_for_a_moment_is_tried_again_after_a_pause(room, hook):
    hook.answer.replies = [Reply("", 503), Reply("", 429, {"Retry-After": "20"})]

    (sent,) = room.send(tries=3)

    assert sent.what == "sent"
    assert room.states() == ["intended", "failed", "intended", "failed", "intended", "sent"]
    assert len(room.slept) == 2
    assert 20 <= room.slept[1] <= 30


def test_who_asks_for_a_long_pause_is_left_alone_until_the_next_go(room, hook):
    hook.answer.replies = [Reply("", 429, {"Retry-After": "3600"})]
    assert [one.what for one in room.send(tries=3)] == ["failed"]
    assert room.slept == []


def test_what_will_never_work_is_tried_once_a_go(room, hook):
    hook.answer.replies = [Reply("", 404)]
    assert [one.what for one in room.send(tries=3)] == ["failed"]
    assert len(hook.asked) == 1


def test_a_target_that_fails_rests_longer_each_time_unless_somebody_asks(room, hook):
    hook.answer.replies = [Reply("", 404)] * 3
    room.send()
    rows = ledger.read(room.home, "messages").to_pylist()
    first = rows[-1]["noted_at"]

    def goes(minutes, **pace):
        moment = first + timedelta(minutes=minutes)
        return [one.what for one in room.send(moment, old_too=True, **pace)]

    assert goes(4, by_hand=False) == ["rests"]
    assert goes(6, by_hand=False) == ["failed"]
    assert goes(9, by_hand=False) == ["rests"]
    assert goes(9) == ["failed"]
    assert goes(9) == ["sent"]


def test_a_target_that_failed_before_the_clock_was_set_back_does_not_rest_until_then(room, hook, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: MORNING + timedelta(days=1))
    hook.answer.replies = [Reply("", 404)]
    assert [one.what for one in room.send()] == ["failed"]
    assert [one.what for one in room.send(MORNING, by_hand=False)] == ["sent"]
    assert room.send(MORNING) == []


def test_one_broken_target_keeps_no_other_from_its_message(room, hook):
    room.target("a-broken-file", "kind: file\ncontents: [brief]\n")
    room.target("b-no-secret", "kind: apprise\nsecrets: {url: NO_SUCH_CHAT}\ncontent: [brief]\n")
    room.target("c-no-kind", "content: [brief]\n")
    hook.answer.replies = [Reply("", 500)]
    room.target("z-good", "kind: file\ncontent: [brief]\n")

    said = {one.target: (one.what, str(one)) for one in room.send()}

    assert [what for what, _ in said.values()] == ["failed", "failed", "failed", "failed", "sent"]
    assert "a-broken-file.yaml: contents (line 2): no such key; did you mean content?" in said["a-broken-file"][1]
    assert "b-no-secret.yaml: NO_SUCH_CHAT has no value" in said["b-no-secret"][1]
    assert "c-no-kind.yaml: kind: is required" in said["c-no-kind"][1]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("kind: pigeon\n", "kind (line 1): Input should be 'apprise', 'post', 'discourse_topic' or 'file'"),
        ("kind: file\nhour: 24\n", "hour (line 2)"),
        ("kind: file\nweekday: mon\n", "weekday (line 2)"),
        ("kind: file\ncontent: [briefs]\n", "content[0] (line 2)"),
        ("kind: file\nmembers: perhaps\n", "members (line 2)"),
        ("kind: post\ncontent: [brief]\n", "give the address once"),
        ("kind: discourse_topic\nurl: https://f\nsecrets: {key: K}\n", "give either category"),
        ("kind: discourse_topic\nurl: f.example.org\ncategory: 1\nsecrets: {key: K}\n", "url (line 2)"),
    ],
)
def test_a_file_that_breaks_a_rule_is_named_with_its_line(room, text, said):
    room.target("team", text)
    (failed,) = room.send()
    assert failed.said.startswith("team.yaml: ")
    assert said in failed.said


def test_a_name_that_is_no_word_is_refused(room):
    room.target("My Team", "kind: file\n")
    (failed,) = room.send()
    assert "My Team.yaml: name a target with lower-case letters" in failed.said


def test_two_processes_do_not_send_at_the_same_time(room, hook):
    with FileLock(room.home.ledger / ".messages.sending.lock"), pytest.raises(SendingError, match="another process"):
        room.send()
    assert hook.asked == []


def died_while_sending(room, monkeypatch, way=PostWay):
    """Send, and die once the other side has it."""
    real = way.send

    def send(self, letter):
        real(self, letter)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(way, "send", send)
        with pytest.raises(KeyboardInterrupt):
            room.send()
    assert room.states() == ["intended"]


def test_a_webhook_gets_it_again_under_the_same_key_and_takes_it_once(room, hook, monkeypatch):
    died_while_sending(room, monkeypatch)

    assert [one.what for one in room.send()] == ["sent"]
    assert room.send() == []

    assert [asked.headers["Idempotency-Key"] for asked in hook.asked] == [KEY, KEY]
    assert hook.answer.taken == [KEY]


def test_a_webhook_that_did_not_answer_in_time_is_unsure_and_gets_it_again(room, hook):
    hook.answer.replies = [Reply("", 504)]
    assert [one.what for one in room.send()] == ["failed"]
    assert room.states() == ["intended", "unsure"]
    assert [one.what for one in room.send()] == ["sent"]
    assert hook.answer.taken == [KEY]


@pytest.fixture
def chat(room, monkeypatch):
    with platform(lambda _: Reply({"code": 0})) as running:
        monkeypatch.setattr(NotifyFeishu, "notify_url", running.url + "/{token}")
        (room.home.root / "settings.env").write_text("CHAT=feishu://t0ken\n")
        yield running


@pytest.mark.parametrize(("if_unsure", "n_came", "then"), [("send_again", 2, "sent"), ("leave", 1, "failed")])
def test_a_chat_gets_it_at_least_or_at_most_once_as_its_file_says(room, chat, monkeypatch, if_unsure, n_came, then):
    from pipelines.sending.ways.chat import ChatWay  # noqa: PLC0415

    room.target("team", CHAT.format(if_unsure=if_unsure))
    died_while_sending(room, monkeypatch, ChatWay)

    (again,) = room.send()

    assert again.what == then
    assert len(chat.asked) == n_came
    assert room.send() == []
    assert room.states()[-1] == ("sent" if if_unsure == "send_again" else "left")


def test_a_chat_without_an_answer_that_is_to_be_left_is_left(room, chat):
    room.target("team", CHAT.format(if_unsure="leave"))
    chat.answer = lambda _: Reply("", 504)
    assert [one.what for one in room.send(tries=3)] == ["failed"]
    assert room.states() == ["intended", "left"]
    assert room.send() == []


def test_alarms_that_may_have_come_and_are_left_are_not_said_again(room, chat):
    room.target("team", CHAT.format(if_unsure="leave").replace("brief", "alarms"))
    room.change("update marts.alert_days set is_judged = true, is_alarm = true where day = date '2026-11-19'")
    chat.answer = lambda _: Reply("", 504)
    room.send()
    assert room.states() == ["intended", "left"]
    assert room.send() == []


def test_an_answer_that_nobody_can_read_is_told_and_keeps_no_other_target_waiting(room):
    (room.home.root / "settings.env").write_text("CHAT=key\n")
    with platform(lambda _: Reply(7)) as forum, platform(Hook()) as hook:
        room.target("a-forum", KILLS["discourse"].format(url=forum.url))
        room.target("b-crm", WEBHOOK.format(url=hook.url))

        first, second = room.send()

        assert (first.what, second.what) == ("failed", "sent")
        assert "is none that is known (AttributeError at discourse.py:" in first.said
        assert room.states() == ["intended", "unsure", "intended", "sent"]
        forum.answer = lambda asked: Reply({}, 404) if asked.method == "GET" else Reply({"id": 1})
        assert [one.what for one in room.send()] == ["sent"]


KILLS = {
    "post": "kind: post\nurl: {url}/hook\ncontent: [brief]\n",
    "discourse": "kind: discourse_topic\nurl: {url}\ncategory: 5\nsecrets: {{key: CHAT}}\ncontent: [brief]\n",
}


@pytest.mark.parametrize("kind", KILLS)
def test_a_process_that_is_killed_between_sending_and_noting_leaves_one_message(room, kind):
    killed, topics = [], {}

    def answer(asked):
        known = asked.headers.get("Idempotency-Key")
        if asked.path.startswith("/t/external_id/"):
            known = asked.path.split("/")[-1].removesuffix(".json")
            return Reply({"id": 1, "post_stream": {"posts": [{"id": 2}]}}) if known in topics else Reply({}, 404)
        if asked.method == "POST":
            topics.setdefault(known or "guildbook-brief-2026-11-19", asked)
            if not killed:
                killed.append(True)
                os.kill(process.pid, signal.SIGKILL)
        return Reply({"topic_id": 1})

    with platform(answer) as running:
        (room.home.root / "settings.env").write_text("CHAT=key\n")
        room.target("place", KILLS[kind].format(url=running.url))
        settings = {
            "GUILDBOOK_HOME": str(room.home.root),
            "GUILDBOOK_SEND_ENABLED": "true",
            "GUILDBOOK_TIMEZONE": "Asia/Shanghai",
        }
        command = [sys.executable, "-c", "from pipelines.cli import app; app()", "send", "--old"]
        process = subprocess.Popen(command, env=os.environ | settings)
        assert process.wait() == -signal.SIGKILL
        assert room.states() == ["intended"]

        assert [one.what for one in room.send(MORNING)] == ["sent"]

    assert len(topics) == 1
    assert room.states() == ["intended", "intended", "sent"]
