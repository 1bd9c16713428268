"""Targets that answer nonsense: each message comes once, or as often as its file allows, and no secret is told."""

from __future__ import annotations

import json
from contextlib import ExitStack
from pathlib import Path
from random import Random
from unittest import mock

from apprise.plugins.feishu import NotifyFeishu

from pipelines.sending.record import Record
from tests.support.mailroom import Mailroom, database_of
from tests.support.platforms import Asked, Reply, platform
from tests.torture.answers import ODD, damaged
from tests.torture.suite import Found, Suite

SECRETS = {"CHAT": "feishu://t0kent0ken", "FORUM": "k3yk3y"}
TARGETS = {
    "crm": "kind: post\nurl: {url}/hook\ncontent: [brief]\n",
    "forum": "kind: discourse_topic\nurl: {url}\ncategory: 5\nsecrets: {{key: FORUM}}\ncontent: [brief]\n",
    "again": "kind: apprise\nsecrets: {{url: CHAT}}\ncontent: [brief]\nif_unsure: send_again\n",
    "leave": "kind: apprise\nsecrets: {{url: CHAT}}\ncontent: [brief]\nif_unsure: leave\n",
}
GOES = 6
"""How often sending is asked for after the target answers as it should."""


class Receiver:
    """A webhook, a forum and a chat in one, which answer nonsense while ``rng`` is there.

    A message counts as taken where the answer says so, or says nothing that can be understood: who clearly refuses
    does not take it.
    """

    def __init__(self) -> None:
        self.rng: Random | None = None
        self.taken: list[str] = []

    def __call__(self, asked: Asked) -> Reply:
        if asked.path.startswith("/t/external_id/"):
            known = asked.path.split("/")[-1].removesuffix(".json") in self.taken
            there = Reply({"id": 1, "post_stream": {"posts": [{"id": 2}]}}) if known else Reply({}, 404)
            return self._spoiled(there) if self.rng else there
        good = Reply({"code": 0} if asked.path.startswith("/t0ken") else {"topic_id": 1, "id": 1})
        if asked.method == "PUT":
            return self._spoiled(good) if self.rng else good
        reply = self._spoiled(good) if self.rng else good
        if "code" in good.body and _refuses(reply):
            return reply
        if reply.status in (0, 200, 504) and (reply.status == 200 or self.rng is None or self.rng.random() < 0.5):
            return self._take(asked, reply)
        return reply

    def _take(self, asked: Asked, reply: Reply) -> Reply:
        key = self._key(asked)
        if key and key in self.taken:
            return (
                Reply({"errors": ["External ID has already been taken"]}, 422) if "Api-Key" in asked.headers else reply
            )
        self.taken.append(key or asked.path)
        return reply

    @staticmethod
    def _key(asked: Asked) -> str:
        """What a receiver knows a message again by; a chat knows none."""
        return asked.headers.get("Idempotency-Key") or (
            "guildbook-brief-2026-11-19" if "Api-Key" in asked.headers else ""
        )

    def _spoiled(self, good: Reply) -> Reply:
        assert self.rng
        way = self.rng.random()
        if way < 0.25:
            return good
        if way < 0.4:
            return Reply("", 0)
        if way < 0.6:
            return Reply(self.rng.choice(ODD), self.rng.choice([400, 401, 403, 404, 422, 429, 500, 502, 503, 504]))
        if way < 0.8:
            return Reply(
                self.rng.choice(ODD),
                429,
                {"Retry-After": self.rng.choice(["-1", "1e9", "x", "", "Fri, 31 Dec 1999 23:59:59 GMT"])},
            )
        return Reply(damaged(b'{"code": 0, "topic_id": 1, "id": 1}', self.rng), 200)


def _refuses(reply: Reply) -> bool:
    """Whether a chat's answer says by a number that the message was refused, in so many words."""
    try:
        said = json.loads(reply.body)
    except (TypeError, ValueError):
        return False
    code = said.get("code") if isinstance(said, dict) else None
    return isinstance(code, int) and bool(code) and not 200 <= code < 300


def play(seed: int, prepared: Path, own: Path) -> str:
    """Send while the target answers nonsense, then until nothing is left to send."""
    rng = Random(seed)
    name = list(TARGETS)[seed % len(TARGETS)]
    room = Mailroom.of(own / "home", prepared / "analytics.duckdb")
    (room.home.root / "settings.env").write_text("".join(f"{key}={value}\n" for key, value in SECRETS.items()), "utf-8")
    receiver = Receiver()
    said = []
    with ExitStack() as open_:
        server = open_.enter_context(platform(receiver))
        open_.enter_context(mock.patch.object(NotifyFeishu, "notify_url", server.url + "/{token}"))
        room.target(name, TARGETS[name].format(url=server.url))
        receiver.rng = rng
        for _ in range(rng.randint(1, 3)):
            said += room.send(tries=rng.randint(1, 3))
        receiver.rng = None
        for _ in range(GOES):
            said += room.send()
        assert room.send() == [], "something is still to be sent"
    last = room.states()[-1]
    n_taken = len(receiver.taken)
    least, most = {"again": (1, 10**6), "leave": (0 if last == "left" else 1, 1)}.get(name, (1, 1))
    assert least <= n_taken <= most, f"{name} took it {n_taken} times; states {room.states()}"
    assert last in ("sent", "left"), room.states()
    told = f"{said} {Record.read(room.home).rows}"
    assert not any(secret.split("//")[-1] in told for secret in SECRETS.values()), "a secret is told"
    return f"{name}: taken {n_taken} times, {last}, after {len(room.states())} notes"


SUITE = Suite(
    name="targets",
    title="Targets that answer nonsense",
    what=f"""\
A brief is due to a webhook, a forum or a chat that hangs up, refuses, asks for absurd pauses, answers with any status
and any body, whether it took the message or not. Then it answers as it should, and sending is asked for {GOES} times. A
webhook and a forum have to have it exactly once; a chat at least once, or at most once, as its file says; nothing is
left to send, no error of the program ends a go, and no secret is told.
""",
    prepare=lambda folder: database_of(folder / "analytics.duckdb"),
    play=play,
    n_seeds=500,
    n_short=4,
    found=(
        Found(
            (17,),
            "a forum that answered with a number for a topic ended a go of sending with an error of the program; "
            "the targets after it got nothing",
            "the message is noted as one that may have come, with the reason, and tried again as its file allows",
        ),
        Found(
            (179, 407),
            "a chat that answered with a code that is no number was taken for one that had refused, so a message that "
            "may only go out once went out again",
            "such a message may have come: it is left where its file says so",
        ),
    ),
    unseen=(
        "a target that says that it took a message and did not, or refuses one that it took: who sends cannot know",
    ),
)
