"""Discord's channels, threads and forums as DiscordChatExporter writes them: old and new, overlapping or cut."""

from __future__ import annotations

import json
import tarfile
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipelines.sources.definition import SourceError
from pipelines.sources.pull import check

NOBODY = "456226577798135808"
DAY = datetime(2025, 1, 1, tzinfo=UTC)


def id_(minutes: float, tail: int = 0) -> str:
    """An id as Discord makes it from a time."""
    at = DAY + timedelta(minutes=minutes)
    return str(((int(at.timestamp() * 1000) - 1_420_070_400_000) << 22) + tail)


def person(number: int, name: str, *, nickname: str | None = None, bot: bool = False, roles: tuple = ()) -> dict:
    return {
        "id": str(9000 + number), "name": name, "discriminator": "0000", "nickname": nickname or name, "color": None,
        "isBot": bot, "roles": [{"id": "1", "name": role, "color": None, "position": 1} for role in roles],
        "avatarUrl": f"https://cdn.discordapp.com/avatars/{number}.png",
    }  # fmt: skip


ANN = person(1, "ann", nickname="Ann 🌱", roles=("Mods", "Supporter"))
BO, CY = person(2, "bo"), person(3, "cy", nickname="社长")
BOT = person(4, "carl-bot", bot=True)
GONE = person(0, "Deleted User") | {"id": NOBODY}


def said(minutes: float, by: dict, text: str, kind: str = "Default", **more) -> dict:
    at = DAY + timedelta(minutes=minutes)
    return {
        "id": id_(minutes), "type": kind, "timestamp": at.isoformat(), "timestampEdited": None, "isPinned": False,
        "content": text, "author": by, "attachments": [], "embeds": [], "stickers": [], "reactions": [],
        "mentions": [], "inlineEmojis": [],
    } | more  # fmt: skip


def reaction(name: str, *users: dict, code: str | None = None, count: int | None = None, **emoji) -> dict:
    made = {"emoji": {"id": "", "name": name, "code": code or name, "isAnimated": False} | emoji}
    made["count"] = len(users) if count is None else count
    return made | ({"users": [{**user, "roles": None} for user in users]} if users else {})


def to(minutes: float) -> dict:
    return {"reference": {"messageId": id_(minutes), "channelId": "77", "guildId": "1"}}


def file(messages: list[dict], channel: str, kind: str = "GuildTextChat", category: str = "Community", **more) -> dict:
    made = {
        "guild": {"id": "1", "name": "Rust Club", "iconUrl": ""},
        "channel": {"id": "77", "type": kind, "categoryId": "5", "category": category, "name": channel, "topic": None},
        "dateRange": {"after": None, "before": None},
        "exportedAt": "2025-02-01T01:00:00+01:00",
        "messages": messages,
        "messageCount": len(messages),
    }
    return {key: value for key, value in (made | more).items() if value is not None}


def named(number: str, content: dict) -> dict:
    return content | {"channel": content["channel"] | {"id": number}}


def help_channel() -> dict:
    return file(
        [
            said(0, BO, "Joined the server.", "GuildMemberJoin"),
            said(10, BO, "How do I <:rust:55> sort?\nIt is slow.", reactions=[
                reaction("party_parrot", CY, BOT, id="123456"), reaction("👍", code="thumbsup", count=3)]),
            said(11, ANN, "ask @社长", "Reply", **to(10), mentions=[BO, CY]),
            said(12, CY, "use sorted()", "Reply", **to(10), mentions=[BO], timestampEdited=(DAY).isoformat(),
                 reactions=[reaction("✅", BO, code="white_check_mark"), reaction("🎉", BO, code="tada")]),
            said(13, BO, "thanks", "Reply", **to(12), reactions=[reaction("✅", BO, code="white_check_mark")]),
            said(14, ANN, "welcome!", "Reply", **to(0)),
            said(15, ANN, "Pinned a message.", "ChannelPinnedMessage"),
            said(16, ANN, "does anybody know lifetimes?"),
            said(17, CY, "Started a thread.", "ThreadCreated"),
            said(18, GONE, "me too"),
        ],
        "help",
    )  # fmt: skip


def from_message() -> dict:
    """The thread that was opened from the message of minute 16."""
    thread = [
        said(16.5, ANN, "", "21", **to(16)),
        said(30, BO, "yes", reactions=[reaction("✔️", ANN)]),
        said(31, CY, "no"),
    ]
    return named(id_(16), file(thread, "About lifetimes", "GuildPublicThread", "help"))


def forum_post(**more) -> dict:
    posts = [said(40, CY, "My borrow is refused"), said(41, BO, ""), said(42, CY, "why <@!9002>?", "Reply", **to(41))]
    return named(id_(40), file(posts, "借用检查", "GuildPublicThread", "forum", **more))


def chat_channel() -> dict:
    return named("88", file([said(1440, BOT, "build passed", "20"), said(1441, BO, "gm")], "闲聊", exportedAt=None))


EXPORT = {
    "help [77].json": help_channel(),
    "About lifetimes.json": from_message(),
    "forum.json": forum_post(),
    "chat.json": chat_channel(),
    "dm.json": named("99", file([said(5, ANN, "psst")], "Bo", "DirectTextChat")),
    "secret.json": named("98", file([said(6, ANN, "staff only")], "secret", "GuildPrivateThread", "help")),
}
FILE = "questions_in: [help, forum]\nmoderators: [Mods]\nplans: {Supporter: supporter}\n"


def export(root: Path, files: dict[str, dict] | None = None, encoding: str = "utf-8") -> Path:
    root.mkdir(parents=True, exist_ok=True)
    for name, content in (files or EXPORT).items():
        text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False, indent=2)
        (root / name).write_text(text, encoding=encoding)
    return root


def source(connected, where: Path, more: str = FILE) -> None:
    connected.source("discord", f"kind: discord\nexport: {where}\n{more}")


@pytest.fixture
def pulled(connected, tmp_path):
    source(connected, export(tmp_path / "export"))
    return connected, connected.pull("discord")


def content(connected) -> dict[str, tuple[str, ...]]:
    """Minute of a piece -> kind, author, minutes of parent and root, channel, title, length."""
    minutes = {"": ""} | {f"discord:{id_(n / 2)}": f"{n / 2:g}" for n in range(3000)}
    return {
        minutes[row["content_id"]]: (
            *(row["kind"], row["author_id"][-4:], minutes[row["parent_id"]], minutes[row["root_id"]], row["channel"]),
            *(row["title"], row["n_chars"]),
        )
        for row in connected.rows("content", "discord")
    }


def test_messages_become_content_by_channel_thread_and_reply(pulled):
    connected, _ = pulled
    assert content(connected) == {
        "10": ("question", "9002", "", "", "help", "How do I :rust: sort?", "33"),
        "11": ("answer", "9001", "10", "10", "help", "", "7"),
        "12": ("answer", "9003", "10", "10", "help", "", "12"),
        "13": ("comment", "9002", "12", "10", "help", "", "6"),
        "14": ("answer", "9001", "", "", "help", "", "8"),
        "16": ("question", "9001", "", "", "help", "About lifetimes", "28"),
        "18": ("question", "", "", "", "help", "me too", "6"),
        "30": ("answer", "9002", "16", "16", "help", "", "3"),
        "31": ("answer", "9003", "16", "16", "help", "", "2"),
        "40": ("question", "9003", "", "", "forum", "借用检查", "20"),
        "41": ("answer", "9002", "40", "40", "forum", "", "0"),
        "42": ("comment", "9003", "41", "40", "forum", "", "6"),
        "1440": ("comment", "9004", "", "", "闲聊", "", "12"),
        "1441": ("comment", "9002", "", "", "闲聊", "", "2"),
    }  # fmt: skip


def test_who_asked_accepts_by_a_reaction_and_other_reactions_are_likes(pulled):
    connected, _ = pulled
    accepted = {row["content_id"]: row["accepted_answer_id"] for row in connected.rows("content", "discord")}
    assert {question: answer for question, answer in accepted.items() if answer} == {
        f"discord:{id_(10)}": f"discord:{id_(12)}"
    }
    rows = connected.rows("interactions", "discord")
    found = {(row["kind"], row["member_id"][-4:], row["target_member_id"][-4:], row["content_id"]) for row in rows}
    assert found == {
        ("like", "9003", "9002", f"discord:{id_(10)}"),
        ("like", "9004", "9002", f"discord:{id_(10)}"),
        ("mention", "9001", "9003", f"discord:{id_(11)}"),
        ("accept", "9002", "9003", f"discord:{id_(12)}"),
        ("like", "9002", "9002", f"discord:{id_(13)}"),
        ("like", "9001", "9002", f"discord:{id_(30)}"),
    }
    assert len(rows) == len({row["interaction_id"] for row in rows}) == 6


def test_a_sign_of_another_form_accepts_where_the_file_names_it(connected, tmp_path):
    source(connected, export(tmp_path / "export"), "questions_in: [help]\naccepted_by: ['✔️']\n")
    connected.pull("discord")
    accepted = {row["content_id"]: row["accepted_answer_id"] for row in connected.rows("content", "discord")}
    assert accepted[f"discord:{id_(16)}"] == f"discord:{id_(30)}"
    assert accepted[f"discord:{id_(10)}"] == ""


def test_members_come_from_their_first_sign_with_roles_and_plan(pulled):
    connected, _ = pulled
    rows = connected.rows("members", "discord")
    keys = ("member_id", "joined_at", "occurred_at", "role", "plan")
    assert [tuple(row[key] for key in keys) for row in rows] == [
        ("discord:9002", "2025-01-01T00:00:00Z", "2025-01-01T00:00:00Z", "member", ""),
        ("discord:9004", "2025-01-01T00:10:00Z", "2025-01-01T00:10:00Z", "bot", ""),
        ("discord:9001", "2025-01-01T00:11:00Z", "2025-01-01T00:11:00Z", "moderator", ""),
        ("discord:9003", "2025-01-01T00:12:00Z", "2025-01-01T00:12:00Z", "member", ""),
        ("discord:9001", "2025-01-01T00:11:00Z", "2025-02-01T00:00:00Z", "moderator", "supporter"),
    ]
    called = {row["member_id"]: (row["display_name"], row["profile_url"]) for row in rows}
    assert called["discord:9001"] == ("Ann 🌱", "https://discord.com/users/9001")


def test_every_entry_is_a_post_or_named(pulled):
    _, report = pulled
    assert report.tables == {"posts": 14, "interactions": 6, "members": 5}
    assert report.imported.rows_written == {"content": 14, "interactions": 6, "members": 5}
    assert report.remarks == (
        "discord: 3 reactions are counted in the export without saying whose; they are left out",
        "discord: 4 entries are no posts and left out: "
        "1 21, 1 GuildMemberJoin, 1 ChannelPinnedMessage, 1 ThreadCreated",
        "discord: 2 private threads and direct messages are left out",
        "discord: 1 messages are of closed accounts, which Discord no longer tells apart",
    )  # fmt: skip


def test_a_thread_that_was_opened_from_no_message_begins_with_its_first(connected, tmp_path):
    thread = named(
        "12345", file([said(61, BO, "no"), said(60, ANN, "which editor?")], "Editors", "GuildPublicThread", "help")
    )
    source(connected, export(tmp_path / "export", {"t.json": thread}))
    connected.pull("discord")
    assert content(connected) == {
        "60": ("question", "9001", "", "", "help", "Editors", "13"),
        "61": ("answer", "9002", "60", "60", "help", "", "2"),
    }


def test_replies_whose_opener_is_not_in_the_export_have_no_parent(connected, tmp_path):
    since = {"dateRange": {"after": "2025-01-01T00:55:00+00:00", "before": None}}
    late = named(
        id_(50), file([said(60, BO, "late"), said(61, CY, "later")], "Old", "GuildPublicThread", "help", **since)
    )
    source(connected, export(tmp_path / "export", {"thread.json": from_message(), "late.json": late}))
    connected.pull("discord")
    assert {key: row[:4] for key, row in content(connected).items()} == {
        "30": ("answer", "9002", "", ""),
        "31": ("answer", "9003", "", ""),
        "60": ("answer", "9002", "", ""),
        "61": ("answer", "9003", "", ""),
    }


def test_a_chain_of_replies_has_one_opener_however_long_it_is_and_whatever_it_is_made_of(connected, tmp_path):
    chain = [said(1, BO, "why?"), *(said(n, ANN, "and?", "Reply", **to(n - 1)) for n in range(2, 1200))]
    circle = [said(1300, BO, "a", "Reply", **to(1301)), said(1301, BO, "b", "Reply", **to(1300))]
    itself = said(1302, BO, "c", "Reply", **to(1302))
    messages = [*reversed(chain), *circle, itself]
    source(connected, export(tmp_path / "export", {"help.json": file(messages, "help")}))
    connected.pull("discord")
    found = content(connected)
    assert found["2"][:4] == ("answer", "9001", "1", "1")
    assert {(found[str(n)][0], found[str(n)][2], found[str(n)][3]) for n in (700, 1199)} == {
        ("comment", "699", "1"),
        ("comment", "1198", "1"),
    }
    assert [found[str(n)][2:4] for n in (1300, 1301, 1302)] == [("1301", "1301"), ("", ""), ("", "")]


def test_of_two_overlapping_exports_the_one_written_last_counts(connected, tmp_path):
    newer = help_channel()["messages"][1:4]
    newer[0] = newer[0] | {"content": "edited", "author": BO | {"roles": [{"name": "Supporter"}]}}
    later = named("77", file(newer, "questions", exportedAt="2025-03-01T00:00:00Z"))
    source(
        connected,
        export(tmp_path / "export", EXPORT | {"a first by name.json": later}),
        FILE.replace("help", "questions"),
    )
    report = connected.pull("discord")
    assert report.tables["posts"] == 14
    question = content(connected)["10"]
    assert (question[0], question[4], question[5]) == ("question", "questions", "edited")
    plans = [
        (row["occurred_at"], row["plan"]) for row in connected.rows("members", "discord") if row["member_id"][-1] == "2"
    ]
    assert plans == [("2025-01-01T00:00:00Z", ""), ("2025-03-01T00:00:00Z", "supporter")]


@pytest.mark.parametrize("pack", ["zip", "tar.gz"])
def test_an_archive_gives_what_the_folder_gives(pulled, tmp_path, pack):
    connected, _ = pulled
    before, to = connected.files(), tmp_path / f"export.{pack}"
    if pack == "zip":
        with zipfile.ZipFile(to, "w") as archive:
            for path in (tmp_path / "export").iterdir():
                archive.write(path, f"Rust Club/{path.name}")
            archive.writestr("Rust Club/icon.png", b"png")
            archive.writestr("__MACOSX/._help.json", b"\0\0")
    else:
        with tarfile.open(to, "w:gz") as archive:
            archive.add(tmp_path / "export", "Rust Club")
    source(connected, to)
    connected.pull("discord")
    assert connected.files() == before


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_files_that_went_through_another_program_are_read(pulled, tmp_path, encoding):
    connected, _ = pulled
    before = connected.files()
    source(connected, export(tmp_path / "again", encoding=encoding))
    connected.pull("discord")
    assert connected.files() == before


def test_a_name_that_was_cut_within_a_sign_is_read(connected, tmp_path):
    cut = json.dumps(file([said(1, BO | {"nickname": "bo \ud83d"}, "half \ud83d")], "help"))
    source(connected, export(tmp_path / "export", {"a.json": cut}))
    assert connected.pull("discord").tables["posts"] == 1


def test_channels_are_left_out_and_private_threads_taken_as_the_file_says(connected, tmp_path):
    more = "leave_out: [help, 闲聊]\nprivate_threads: true\nannouncements_in: [forum, news]\n"
    source(connected, export(tmp_path / "export"), more)
    report = connected.pull("discord")
    assert {row[0] for row in content(connected).values()} == {"announcement", "comment"}
    assert len(content(connected)) == 3
    assert "discord: 1 private threads and direct messages are left out" in report.remarks
    assert "discord: the export has no channel news, which the source's file names" in report.remarks


def test_a_check_says_what_is_there(connected, tmp_path):
    source(connected, export(tmp_path / "export"))
    found = check(connected.home, connected.settings, "discord")
    assert found == f"{tmp_path / 'export'}: 20 messages in 6 channels and threads"


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"notes.txt": "hello"}, r"^discord: .*broken holds no such file as an export has: correct export in discord"),
        ({"a.json": '{"guild": {}, "messages": ['}, r"^discord: .*a\.json: cannot be read as JSON \(.*\); export"),
        ({"a.json": ""}, r"^discord: .*a\.json: cannot be read as JSON \(the file is empty\)"),
        ({"a.json": {"ok": 1}}, r"a\.json: is no channel as DiscordChatExporter writes it \(KeyError: 'channel'\)"),
        ({"a.json": [1]}, r"a\.json: is no channel as DiscordChatExporter writes it"),
        ({"a.json": file([said(1, BO, "x") | {"timestamp": "today"}], "help")}, r"a\.json: is no channel .*today"),
    ],
)  # fmt: skip
def test_a_broken_export_is_one_line_and_landing_stays_as_it_was(pulled, tmp_path, files, message):
    connected, _ = pulled
    before = connected.files()
    source(connected, export(tmp_path / "broken", files))
    with pytest.raises(SourceError, match=message):
        connected.pull("discord")
    assert connected.files() == before


@pytest.mark.parametrize("name", ["export.zip", "export.tar.gz"])
def test_a_broken_archive_is_named(connected, tmp_path, name):
    (tmp_path / name).write_bytes(b"PK nothing")
    source(connected, tmp_path / name)
    with pytest.raises(SourceError, match=rf"^discord: .*{name} cannot be read as \.(zip|tar) \(.*\)"):
        connected.pull("discord")


def test_an_archive_that_unpacks_to_far_more_than_it_is_is_refused(connected, tmp_path):
    with zipfile.ZipFile(tmp_path / "export.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.json", "[" + " " * 90_000_000 + "]")
    source(connected, tmp_path / "export.zip")
    with pytest.raises(SourceError, match=r"^discord: .*a\.json unpacks to .* times its size and more"):
        connected.pull("discord")
