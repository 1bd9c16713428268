"""What goes over the wire to webhooks and forums, and what each thing that goes wrong is called."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json

import pytest

from pipelines.sending.ways.post import Payload
from tests.support.platforms import Reply, platform

pytestmark = pytest.mark.slow

SECRETS = "HOOK_URL={url}/hook?token=s3cret\nHOOK_KEY=whsec_{key}\nFORUM_KEY=f0rum\n"
KEY = b"thirty-two bytes of a shared key"
WEBHOOK = "kind: post\nsecrets: {url: HOOK_URL, key: HOOK_KEY}\ncontent: [brief]\n"
TOPIC = "/t/external_id/guildbook-brief-2026-11-19.json"


def taken(_):
    return Reply({"id": "m-1"})


def secrets(room, url):
    text = SECRETS.format(url=url, key=base64.b64encode(KEY).decode())
    (room.home.root / "settings.env").write_text(text, encoding="utf-8")


@pytest.fixture
def hook(room):
    """A webhook that takes everything, and a target that it is."""
    with platform(taken) as running:
        secrets(room, running.url)
        room.target("crm", WEBHOOK)
        yield running


def test_a_webhook_gets_a_document_that_its_schema_describes(room, hook):
    (sent,) = room.send()

    assert (sent.what, sent.said) == ("sent", "m-1")
    (asked,) = hook.asked
    assert (asked.method, asked.path, asked.query) == ("POST", "/hook", {"token": "s3cret"})
    assert asked.headers["Content-Type"] == "application/json"
    made = Payload.model_validate_json(asked.body)
    assert (made.kind, made.key, made.community) == ("brief", "brief:2026-11-19", "Gophers")
    assert made.text.endswith(made.link)
    assert made.sections[0].title == "For today"
    assert json.loads(asked.body)["day"] == "2026-11-19"


def test_a_webhook_can_prove_who_sent_it_and_knows_it_again(room, hook):
    room.send()

    (asked,) = hook.asked
    key, moment = asked.headers["webhook-id"], asked.headers["webhook-timestamp"]
    assert asked.headers["Idempotency-Key"] == key == "brief:2026-11-19"
    digest = hmac.new(KEY, f"{key}.{moment}.".encode() + asked.body, hashlib.sha256).digest()
    assert asked.headers["webhook-signature"] == f"v1,{base64.b64encode(digest).decode()}"


def test_a_header_of_authorization_may_be_asked_for(room, hook):
    room.target("crm", WEBHOOK.replace("key: HOOK_KEY", "authorization: FORUM_KEY"))
    room.send()
    assert hook.asked[0].headers["Authorization"] == "f0rum"
    assert "webhook-signature" not in hook.asked[0].headers


def test_a_file_of_a_target_has_the_same_document(room):
    room.target("archive", "kind: file\nform: json\ncontent: [brief]\n")
    room.send()
    (text,) = room.files("archive").values()
    assert Payload.model_validate_json(text).key == "brief:2026-11-19"


def test_what_a_killed_process_left_beside_a_file_goes_with_the_next_try(room):
    room.target("archive", "kind: file\ncontent: [brief]\n")
    left = room.home.messages / "archive" / ".brief-2026-11-19.txt.1.tmp"
    left.parent.mkdir(parents=True)
    left.write_text("half a let", encoding="utf-8")
    room.send()
    assert [path.name for path in left.parent.iterdir()] == ["brief-2026-11-19.txt"]


WRONG = [
    (Reply({"message": "no such user"}, 401), "says 401: the key or token is wrong or has expired"),
    (Reply({"errors": ["not yours"]}, 403), "says 403: this key may not do that"),
    (Reply("<html>gone</html>", 404, {"Content-Type": "text/html"}), "says 404: there is nothing at this address"),
    (Reply("", 302, {"Location": "https://new.example.org/x?token=s3cret"}), "it moved (new.example.org)"),
    (Reply({"error": "too big"}, 413), "says 413: the message is too long for it"),
    (Reply("x" * 10_000_000, 500), "says 500: look at its log"),
    (Reply({"error": "title is bad"}, 422), "says 422: title is bad"),
    (Reply("<html>log in</html>", 200, {"Content-Type": "text/html; charset=utf-8"}), "answered with a page"),
]


@pytest.mark.parametrize(("reply", "said"), WRONG, ids=[said for _, said in WRONG])
def test_what_is_wrong_is_one_line_with_the_target_and_no_secret(room, hook, reply, said):
    hook.answer = lambda _: reply

    (failed,) = room.send()

    assert failed.what == "failed"
    assert str(failed).startswith("crm: brief:2026-11-19 failed, 127.0.0.1 ")
    assert said in str(failed)
    assert "\n" not in str(failed)
    assert "s3cret" not in str(failed)
    assert room.states() == ["intended", "failed"]


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://127.0.0.1:9", "127.0.0.1 cannot be reached"),
        ("example", "the address is none"),
        ("http://", "the address is none"),
    ],
)
def test_an_address_that_is_none_or_answers_nothing_is_told(room, url, said):
    secrets(room, url)
    room.target("crm", WEBHOOK)
    (failed,) = room.send()
    assert said in failed.said


@pytest.fixture
def discourse(room):
    """A forum that knows topics by their external id, as Discourse answers."""
    topics: dict[str, dict] = {}

    def answer(asked):
        if asked.path.startswith("/t/external_id/"):
            known = asked.path.removeprefix("/t/external_id/").removesuffix(".json")
            if known not in topics:
                return Reply({"errors": ["not found"], "error_type": "not_found"}, 404)
            return Reply("", 301, {"Location": f"/t/a-slug/{topics[known]['id']}.json"})
        if asked.path == "/posts.json":
            made = json.loads(asked.body)
            if made["external_id"] in topics:
                return Reply({"errors": ["External has already been taken"]}, 422)
            topics[made["external_id"]] = {"id": 70 + len(topics), **made}
            return Reply({"id": 900, "topic_id": topics[made["external_id"]]["id"]})
        if asked.path.startswith("/posts/"):
            return Reply({"post": {"id": int(asked.path.removeprefix("/posts/").removesuffix(".json"))}})
        return Reply({"id": int(asked.path.split("/")[-1].split(".")[0]), "post_stream": {"posts": [{"id": 901}]}})

    with platform(answer) as running:
        secrets(room, running.url)
        yield running


def to_forum(room, discourse, more):
    room.target(
        "forum",
        f"kind: discourse_topic\nurl: {discourse.url}/\nsecrets: {{key: FORUM_KEY}}\nusername: robot\n"
        f"content: [brief]\n{more}",
    )


def test_a_forum_gets_a_topic_that_it_can_know_again(room, discourse):
    to_forum(room, discourse, "category: 5\ntags: [pulse]\n")

    (sent,) = room.send()

    assert sent.said == f"{discourse.url}/p/900"
    looked, made = discourse.asked
    assert looked.path == TOPIC
    assert (made.headers["Api-Key"], made.headers["Api-Username"]) == ("f0rum", "robot")
    body = json.loads(made.body)
    assert (body["category"], body["tags"]) == (5, ["pulse"])
    assert body["external_id"] == "guildbook-brief-2026-11-19"
    assert body["title"] == "Gophers: morning brief, Thursday, 19 Nov 2026"
    assert "**For today**\n\n1. " in body["raw"]


def test_a_forum_is_told_no_member_unless_the_file_says_so(room, discourse):
    to_forum(room, discourse, "category: 5\n")
    room.send()
    unnamed = json.loads(discourse.asked[1].body)["raw"]
    assert "guildbook retention export" in unnamed
    assert "active" in unnamed

    room.home.targets.joinpath("forum.yaml").unlink()
    room.target(
        "other",
        (
            f"kind: discourse_topic\nurl: {discourse.url}\nsecrets: {{key: FORUM_KEY}}\n"
            "content: [brief]\ntopic: 12\nmembers: yes\n"
        ),
    )
    room.send()
    named = json.loads(discourse.asked[-1].body)["post"]["raw"]
    assert len(named) > len(unnamed)


def test_a_topic_that_is_there_is_brought_up_to_date(room, discourse):
    to_forum(room, discourse, "topic: 12\n")

    (sent,) = room.send()

    assert sent.said == f"{discourse.url}/p/901"
    read, written = discourse.asked
    assert read.path == "/t/12.json"
    assert (written.method, written.path) == ("PUT", "/posts/901.json")


def test_the_key_of_a_forum_follows_it_to_no_other_place(room, discourse):
    with platform(taken) as elsewhere:
        discourse.answer = lambda _: Reply("", 301, {"Location": f"{elsewhere.url}/t/1.json"})
        to_forum(room, discourse, "topic: 12\n")
        (failed,) = room.send()
    assert "it moved" in failed.said
    assert elsewhere.asked == []


@pytest.mark.parametrize(
    "reply", [Reply("<html>x</html>", 200, {"Content-Type": "text/html"}), Reply("ok", 200), Reply([], 200)]
)
def test_a_forum_that_is_none_is_told(room, discourse, reply):
    discourse.answer = lambda _: reply
    to_forum(room, discourse, "topic: 12\n")
    (failed,) = room.send()
    assert "127.0.0.1" in failed.said
    assert "address" in failed.said


def test_nobodys_words_are_markup_or_calls_in_a_topic(room, discourse):
    room.change("update marts.dim_content set title = '@all **now** <b>x</b> [a](http://b) `c` # d'")
    to_forum(room, discourse, "category: 5\n")
    room.send()
    raw = json.loads(discourse.asked[1].body)["raw"]
    assert "@\u200ball \\*\\*now\\*\\* <\u200bb\\>x<\u200b/b\\> \\[a\\]" in raw
