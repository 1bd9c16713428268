"""Chats by Apprise: the payload of each Chinese chat as it documents it, lengths, refusals in words, secrets."""

from __future__ import annotations

import json

import pytest
from apprise.plugins.dingtalk import NotifyDingTalk
from apprise.plugins.discord import NotifyDiscord
from apprise.plugins.feishu import NotifyFeishu
from apprise.plugins.lark import NotifyLark
from apprise.plugins.wecombot import NotifyWeComBot

from pipelines.sending.message import Letter
from pipelines.sending.ways import NotSentError
from pipelines.sending.ways.chat import ChatWay
from tests.support.platforms import Reply, platform

pytestmark = pytest.mark.slow

CHATS = {
    "feishu": (NotifyFeishu, "/open-apis/bot/v2/hook/{token}/"),
    "lark": (NotifyLark, "/open-apis/bot/v2/hook/"),
    "wecombot": (NotifyWeComBot, "/cgi-bin/webhook/send?key={key}"),
    "dingtalk": (NotifyDingTalk, "/robot/send?access_token={token}"),
    "discord": (NotifyDiscord, "/api/webhooks"),
}
GOOD = {
    "feishu": {"code": 0, "msg": "success", "data": {}},
    "lark": {"StatusCode": 0, "StatusMessage": "success", "code": 0, "msg": "success"},
    "wecombot": {"errcode": 0, "errmsg": "ok"},
    "dingtalk": {"errcode": 0, "errmsg": "ok"},
}
REFUSED = {
    "feishu": {"code": 19024, "msg": "Key Words Not Found", "data": {}},
    "lark": {"code": 19001, "msg": "param invalid: incoming webhook access token invalid"},
    "wecombot": {"errcode": 93000, "errmsg": "invalid webhook url"},
    "dingtalk": {"errcode": 310000, "errmsg": "sign not match"},
}
CHINESE = tuple(GOOD)


@pytest.fixture
def chat(room, monkeypatch):
    """All chats on one server on loopback, each taking everything."""
    name = [""]
    with platform(lambda _: Reply(GOOD.get(name[0], {}))) as running:
        for plugin, path in CHATS.values():
            monkeypatch.setattr(plugin, "notify_url", running.url + path)

        def use(schema, content="brief", more="", address="{schema}://t0kenabc"):
            name[0] = schema
            (room.home.root / "settings.env").write_text(f"CHAT={address.format(schema=schema)}\n")
            room.target("team", f"kind: apprise\nsecrets: {{url: CHAT}}\ncontent: [{content}]\n{more}")
            return running

        yield use


def text_of(schema, body):
    """The text of a message, by the form that the chat documents; any other form is an error."""
    if schema in ("feishu", "lark"):
        assert set(body) == {"msg_type", "content"}
        assert body["msg_type"] == "text"
        assert set(body["content"]) == {"text"}
        return body["content"]["text"]
    assert body["msgtype"] == "text"
    assert set(body) <= {"msgtype", "text", "at"}
    return body["text"]["content"]


@pytest.mark.parametrize("schema", CHINESE)
def test_a_chinese_chat_gets_the_brief_in_its_own_form(room, chat, schema):
    running = chat(schema, more="language: zh\n")

    (sent,) = room.send()

    assert sent.what == "sent"
    (asked,) = running.asked
    assert asked.method == "POST"
    assert "t0kenabc" in str(asked)
    text = text_of(schema, json.loads(asked.body))
    assert text.startswith("Gophers晨报：2026年11月19日（周四）")
    assert text.splitlines()[-1].endswith("index.html")
    assert "今天要做的事" in text


@pytest.mark.parametrize("schema", CHINESE)
def test_a_refusal_with_status_200_is_one(room, chat, schema):
    running = chat(schema)
    running.answer = lambda _: Reply(REFUSED[schema])

    (failed,) = room.send()

    assert failed.what == "failed"
    code = REFUSED[schema].get("code") or REFUSED[schema].get("errcode")
    assert f"number {code}: " in failed.said
    assert room.states() == ["intended", "failed"]


@pytest.mark.parametrize("schema", CHINESE)
def test_what_a_chat_answers_is_told_in_a_line_without_its_token(room, chat, schema):
    running = chat(schema)
    running.answer = lambda _: Reply("gone", 404)

    (failed,) = room.send()

    assert "127.0.0.1 says 404" in failed.said
    assert "t0kenabc" not in str(failed)
    assert "t0kenabc" not in json.dumps([row["reply"] for row in record_of(room)])


def record_of(room):
    from pipelines.sending.record import Record  # noqa: PLC0415

    return Record.read(room.home).rows


@pytest.mark.parametrize(
    ("pasted", "schema"),
    [
        ("https://open.feishu.cn/open-apis/bot/v2/hook/t0kenabc", "feishu"),
        ("https://open.larksuite.com/open-apis/bot/v2/hook/t0kenabc", "lark"),
        ("https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=t0kenabc", "wecombot"),
        ("https://oapi.dingtalk.com/robot/send?access_token=t0kenabc", "dingtalk"),
    ],
)
def test_the_address_that_a_chat_shows_can_be_pasted(room, chat, pasted, schema):
    running = chat(schema, address=pasted)
    assert [one.what for one in room.send()] == ["sent"]
    assert "t0kenabc" in str(running.asked[0])


def long_letter(n_lines):
    lines = tuple(f"- {n}. 很长的一行，说明一名成员为何值得联系" for n in range(n_lines))
    return Letter(
        kind="brief",
        key="k",
        language="zh",
        title="晨报",
        lead="开头。",
        sections=(("名单", lines),),
        link="https://x/y",
    )


@pytest.mark.parametrize(
    ("schema", "most", "size"),
    [
        ("wecombot", 2048, lambda body: len(text_of("wecombot", body).encode())),
        ("feishu", 20_000, lambda body: len(json.dumps(body).encode())),
        ("lark", 20_000, lambda body: len(json.dumps(body).encode())),
        ("dingtalk", 20_000, lambda body: len(json.dumps(body).encode())),
    ],
)
def test_a_long_message_is_cut_at_a_line_and_keeps_its_link(chat, schema, most, size):
    from pydantic import SecretStr  # noqa: PLC0415

    running = chat(schema)
    ChatWay(SecretStr(f"{schema}://t0kenabc"), "CHAT").send(long_letter(2000))

    (asked,) = running.asked
    body = json.loads(asked.body)
    assert most * 0.8 < size(body) <= most
    *_, last, empty, more, link = text_of(schema, body).splitlines()
    assert last.endswith("值得联系")
    assert (empty, more, link) == ("", "……更多：", "https://x/y")


def test_discord_counts_characters(chat):
    from pydantic import SecretStr  # noqa: PLC0415

    running = chat("discord")
    ChatWay(SecretStr("discord://1234567890/t0kenabc"), "CHAT").send(long_letter(2000))
    assert len(running.asked) == 1
    assert 1800 < len(json.loads(running.asked[0].body)["content"]) <= 2000


def test_nobody_is_called_by_somebody_elses_words(room, chat):
    room.change("""update marts.dim_content set title = '@everyone <at user_id="all">all</at> <!channel>'""")
    running = chat("feishu")
    room.send()
    text = text_of("feishu", json.loads(running.asked[0].body))
    assert '@\u200beveryone <\u200bat user_id="all">all<\u200b/at> <\u200b!channel>' in text


def test_an_address_that_is_none_is_told_without_it(room, chat, caplog):
    chat("feishu", address="feishu//t0kenabc s3cret")
    (failed,) = room.send()
    assert failed.said == "the value of CHAT is no address that Apprise knows: see docs/send.md"
    assert "t0kenabc" not in caplog.text


def test_a_mailbox_that_cannot_be_reached_is_told_without_its_password(room, chat, caplog):
    chat("mailto", address="mailto://ana:passw0rd@127.0.0.1:9?to=ana@example.org&smtp=127.0.0.1")
    (failed,) = room.send()
    assert failed.what == "failed"
    assert "passw0rd" not in str(failed) + caplog.text


def test_without_the_package_the_line_says_what_to_install(room, chat, monkeypatch):
    chat("feishu")
    monkeypatch.setitem(__import__("sys").modules, "apprise", None)
    (failed,) = room.send()
    assert "pip install 'guildbook[send]'" in failed.said


def test_answers_to_others_are_not_taken_for_the_chats(chat):
    import threading  # noqa: PLC0415

    import requests  # noqa: PLC0415
    from pydantic import SecretStr  # noqa: PLC0415

    running = chat("feishu")

    def answer(asked):
        if asked.path == "/other":
            return Reply("no", 500)
        other = threading.Thread(target=lambda: requests.get(f"{running.url}/other", timeout=5))
        other.start()
        other.join()
        return Reply(GOOD["feishu"])

    running.answer = answer
    assert ChatWay(SecretStr("feishu://t0kenabc"), "CHAT").send(long_letter(1)) == ""
    assert [one.path for one in running.asked if one.path == "/other"] == ["/other"]


def test_a_chat_that_breaks_off_may_have_got_it(chat):
    from pydantic import SecretStr  # noqa: PLC0415

    running = chat("feishu")
    running.answer = lambda _: Reply("busy", 504)
    with pytest.raises(NotSentError, match="says 504") as caught:
        ChatWay(SecretStr("feishu://t0kenabc"), "CHAT").send(long_letter(1))
    assert caught.value.may_have_come


@pytest.mark.parametrize(
    ("answer", "may_have_come"), [({"code": "x"}, True), ({"code": [0]}, True), ({"code": 9499}, False)]
)
def test_a_chat_whose_answer_cannot_be_understood_may_have_got_it(chat, answer, may_have_come):
    from pydantic import SecretStr  # noqa: PLC0415

    chat("feishu").answer = lambda _: Reply(answer)
    with pytest.raises(NotSentError) as caught:
        ChatWay(SecretStr("feishu://t0kenabc"), "CHAT").send(long_letter(1))
    assert caught.value.may_have_come is may_have_come
