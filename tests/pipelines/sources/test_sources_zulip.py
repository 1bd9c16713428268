"""Zulip's exports, packed and not: topics, reactions, people that come and go, and what is not for everybody."""

from __future__ import annotations

import json
import tarfile
from pathlib import Path

import pytest

from pipelines.sources.definition import SourceError
from pipelines.sources.pull import check

T0 = 1735689600  # 2025-01-01T00:00:00Z
HELP, CHAT, STAFF = 1, 2, 3
ANN, BO, CY, DEE, BOT, NOTES, QUIET = 11, 12, 13, 14, 15, 5, 16


def user(id_: int, name: str, minutes: float, **more) -> dict:
    made = {"id": id_, "full_name": name, "delivery_email": f"{id_}@example.org", "role": 400, "is_bot": False}
    return made | {"is_active": True, "is_mirror_dummy": False, "date_joined": T0 + minutes * 60.0} | more


USERS = [
    user(ANN, "Ann 🌱", -100, role=200),
    user(BO, "Bo", -50),
    user(CY, "社长", 5, is_active=False),
    user(BOT, "CI", 0, is_bot=True),
    user(QUIET, "Bo", 20),
]
LOG = [
    {"id": 1, "event_type": 101, "event_time": T0 + 300.0, "modified_user": CY},
    {"id": 2, "event_type": 103, "event_time": T0 + 90_000.0, "modified_user": CY},
    {"id": 3, "event_type": 103, "event_time": T0 + 1800.0, "modified_user": BO},
    {"id": 4, "event_type": 104, "event_time": T0 + 3600.0, "modified_user": BO},
]


def said(id_: int, by: int, stream: int, topic: str, text: str, **more) -> dict:
    return {
        "id": id_, "sender": by, "recipient": 100 + stream, "subject": topic, "content": text, "rendered_content": "",
        "date_sent": T0 + id_ * 60.5, "last_edit_time": None, "edit_history": None, "sending_client": 1, "realm": 2,
    } | more  # fmt: skip


def reacted(message: int, by: int, name: str, code: str, kind: str = "unicode_emoji") -> dict:
    return {"user_profile": by, "message": message, "emoji_name": name, "emoji_code": code, "reaction_type": kind}


MESSAGES = [
    said(1, BO, HELP, "Sorting", "How do I sort?\nIt is slow."),
    said(2, ANN, HELP, "sorting", "Ask @**社长|13**, not @_**Bo|12** or @**Bo** or @**all**"),
    said(3, CY, HELP, "✔ Sorting", "use sorted()", last_edit_time=T0 + 400.0, edit_history="[]"),
    said(4, NOTES, HELP, "✔ Sorting", "@_**Bo|12** has marked this topic as resolved."),
    said(5, BO, HELP, "Lifetimes", ""),
    said(1440, BOT, CHAT, "builds", "passed"),
    said(1441, ANN, CHAT, "", "gm"),
    said(1442, DEE, CHAT, "builds", "from the old list"),
    said(6, ANN, STAFF, "x", "for staff"),
    said(7, ANN, 0, "", "psst"),
]
REACTIONS = [
    reacted(1, CY, "thumbs_up", "1f44d"), reacted(1, CY, "tada", "1f389"),
    reacted(1, QUIET, "party", "9", "realm_emoji"),
    reacted(3, BO, "check", "2705"), reacted(3, ANN, "check", "2705"), reacted(99, ANN, "check", "2705"),
    reacted(2, BO, "our_check", "2705", "realm_emoji"),
]  # fmt: skip
REALM = {
    "zerver_realm": [{"id": 2, "name": "Rust Club"}],
    "zerver_userprofile": USERS,
    "zerver_userprofile_mirrordummy": [user(DEE, "Dee", 2000, is_mirror_dummy=True, is_active=False)],
    "zerver_userprofile_crossrealm": [{"id": NOTES, "email": "notification-bot@zulip.com"}],
    "zerver_stream": [
        {"id": HELP, "name": "help", "invite_only": False},
        {"id": CHAT, "name": "闲聊", "invite_only": False},
        {"id": STAFF, "name": "staff", "invite_only": True},
    ],
    "zerver_recipient": [{"id": 100 + id_, "type_id": id_ or ANN, "type": 2 if id_ else 1} for id_ in range(4)],
    "zerver_reaction": REACTIONS,
    "zerver_realmauditlog": LOG,
}


def export(root: Path, realm: dict | None = None, **files) -> Path:
    """Write an export as the server unpacks it, its messages in two files."""
    found = {
        "realm.json": REALM | (realm or {}),
        "messages-000001.json": {"zerver_message": MESSAGES[:4], "zerver_usermessage": [{"id": 1, "flags_mask": 1}]},
        "messages-000002.json": {"zerver_message": MESSAGES[4:], "zerver_usermessage": []},
        "attachment.json": {"zerver_attachment": []},
        "uploads/records.json": [],
    }
    for name, content in (found | files).items():
        if content is not None:
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False, indent=4)
            (root / name).write_text(text, encoding="utf-8")
    return root


def source(connected, where: Path, more: str = "questions_in: [help]\n") -> None:
    connected.source("zulip", f"kind: zulip\nexport: {where}\n{more}")


@pytest.fixture
def pulled(connected, tmp_path):
    source(connected, export(tmp_path / "export"))
    return connected, connected.pull("zulip")


def content(connected) -> list[tuple[str, ...]]:
    keys = ("content_id", "kind", "author_id", "parent_id", "root_id", "channel", "title", "n_chars")
    rows = connected.rows("content", "zulip")
    return [tuple(row[key].removeprefix("zulip:") for key in keys) for row in rows]


def test_the_first_message_of_a_topic_opens_it_and_the_others_reply(pulled):
    connected, _ = pulled
    assert content(connected) == [
        ("1", "question", "12", "", "", "help", "Sorting", "26"),
        ("2", "answer", "11", "1", "1", "help", "", str(len("Ask @, not @ or @ or @"))),
        ("3", "answer", "13", "1", "1", "help", "", "12"),
        ("5", "question", "12", "", "", "help", "Lifetimes", "0"),
        ("1440", "comment", "15", "", "", "闲聊", "", "6"),
        ("1441", "comment", "11", "", "", "闲聊", "", "2"),
        ("1442", "comment", "14", "1440", "1440", "闲聊", "", "17"),
    ]
    rows = connected.rows("content", "zulip")
    assert rows[0]["accepted_answer_id"] == "zulip:3"
    assert rows[0]["occurred_at"] == rows[0]["published_at"] == "2025-01-01T00:01:00.5Z"


def test_reactions_mentions_and_acceptances_are_interactions_once_each(pulled):
    connected, _ = pulled
    rows = connected.rows("interactions", "zulip")
    keys = ("kind", "member_id", "target_member_id", "content_id")
    assert sorted(tuple(row[key].removeprefix("zulip:") for key in keys) for row in rows) == [
        ("accept", "12", "13", "3"),
        ("like", "11", "13", "3"),
        ("like", "12", "11", "2"),
        ("like", "13", "12", "1"),
        ("like", "16", "12", "1"),
        ("mention", "11", "13", "2"),
    ]
    assert len({row["interaction_id"] for row in rows}) == 6


def test_members_are_there_since_they_joined_or_wrote_and_leave_when_their_account_is_closed(pulled):
    connected, _ = pulled
    called = {row["member_id"]: row["display_name"] for row in connected.rows("members", "zulip")}
    assert (called["zulip:11"], called["zulip:14"]) == ("Ann 🌱", "Dee")
    keys = ("member_id", "joined_at", "occurred_at", "role", "status")
    assert [tuple(row[key][:24] for key in keys) for row in connected.rows("members", "zulip")] == [
        ("zulip:11", "2024-12-31T22:20:00Z", "2024-12-31T22:20:00Z", "moderator", "active"),
        ("zulip:12", "2024-12-31T23:10:00Z", "2024-12-31T23:10:00Z", "member", "active"),
        ("zulip:15", "2025-01-01T00:00:00Z", "2025-01-01T00:00:00Z", "bot", "active"),
        ("zulip:13", "2025-01-01T00:03:01.5Z", "2025-01-01T00:03:01.5Z", "member", "active"),
        ("zulip:16", "2025-01-01T00:20:00Z", "2025-01-01T00:20:00Z", "member", "active"),
        ("zulip:12", "2024-12-31T23:10:00Z", "2025-01-01T00:30:00Z", "member", "left"),
        ("zulip:12", "2024-12-31T23:10:00Z", "2025-01-01T01:00:00Z", "member", "active"),
        ("zulip:14", "2025-01-02T00:14:01Z", "2025-01-02T00:14:01Z", "member", "active"),
        ("zulip:13", "2025-01-01T00:03:01.5Z", "2025-01-02T01:00:00Z", "member", "left"),
    ]


def test_every_message_is_a_post_or_named(pulled):
    _, report = pulled
    assert report.tables == {"posts": 7, "interactions": 6, "members": 9}
    assert report.imported.rows_written == {"content": 7, "interactions": 6, "members": 9}
    assert report.remarks == (
        "zulip: 1 entries are no posts and left out: what Zulip notes about channels and topics",
        "zulip: 1 private channels and 1 direct messages are left out",
    )
    assert len(MESSAGES) == 7 + 1 + 1 + 1


@pytest.mark.parametrize("inside", ["zulip-export-x", "."])
def test_the_archive_gives_what_the_folder_gives(pulled, tmp_path, inside):
    connected, _ = pulled
    before = connected.files()
    with tarfile.open(tmp_path / "zulip-export.tar.gz", "w:gz") as archive:
        archive.add(tmp_path / "export", inside)
    source(connected, tmp_path / "zulip-export.tar.gz")
    connected.pull("zulip")
    assert connected.files() == before


def test_several_exports_are_one_and_the_newest_says_who_somebody_is(pulled, tmp_path):
    connected, _ = pulled
    root = tmp_path / "exports"
    root.mkdir()
    (tmp_path / "export").rename(root / "2025-01")
    renamed = [one | {"name": "questions"} if one["id"] == HELP else one for one in REALM["zerver_stream"]]
    moved = {"zerver_message": [MESSAGES[4] | {"subject": "Sorting"}]}
    newer = {"zerver_stream": renamed, "zerver_userprofile": [user(ANN, "Ann", -100)], "zerver_reaction": []}
    export(root / "2025-02", newer, **{"messages-000001.json": moved, "messages-000002.json": None})
    source(connected, root, "questions_in: [questions]\n")
    assert connected.pull("zulip").tables["posts"] == 7
    assert ("5", "answer", "12", "1", "1", "questions", "", "0") in content(connected)
    roles = {row["role"] for row in connected.rows("members", "zulip") if row["member_id"] == "zulip:11"}
    assert roles == {"member"}


def test_private_channels_are_taken_and_channels_left_out_as_the_file_says(connected, tmp_path):
    more = "leave_out: [help, 闲聊]\nprivate_channels: true\nannouncements_in: [staff, news]\n"
    source(connected, export(tmp_path / "export"), more)
    report = connected.pull("zulip")
    assert [row[:2] + row[5:7] for row in content(connected)] == [("6", "announcement", "staff", "x")]
    assert "zulip: the export has no channel news, which the source's file names" in report.remarks
    assert "zulip: 0 private channels and 1 direct messages are left out" in report.remarks


def test_an_export_of_an_old_server_is_read(connected, tmp_path):
    """Times had another name, admins a flag, emoji no code, and nothing was noted of accounts."""
    old = [
        {key: value for key, value in one.items() if key != "date_sent"} | {"pub_date": one["date_sent"]}
        for one in MESSAGES
    ]
    users = [{key: one[key] for key in one if key != "role"} | {"is_realm_admin": one["id"] == ANN} for one in USERS]
    reactions = [{"user_profile": BO, "message": 3, "emoji_name": "white_check_mark"}]
    root = export(
        tmp_path / "export",
        {"zerver_userprofile": users, "zerver_reaction": reactions, "zerver_realmauditlog": []},
        **{"messages-000001.json": {"zerver_message": old}, "messages-000002.json": None},
    )
    source(connected, root, "questions_in: [help]\naccepted_by: [white_check_mark]\n")
    report = connected.pull("zulip")
    assert report.tables["posts"] == 7
    assert connected.rows("content", "zulip")[0]["accepted_answer_id"] == "zulip:3"
    assert {row["role"] for row in connected.rows("members", "zulip") if row["member_id"][-2:] == "11"} == {"moderator"}
    assert "zulip: 1 accounts are closed, the export does not say since when: they count as active" in report.remarks


def test_a_check_says_what_is_there(connected, tmp_path):
    source(connected, export(tmp_path / "export"))
    found = check(connected.home, connected.settings, "zulip")
    assert found == f"{tmp_path / 'export'}: 10 messages in 3 channels, 7 people and bots"


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"realm.json": None}, r"^zulip: .*broken holds no realm\.json: export the organisation again$"),
        (
            {"messages-000001.json": None, "messages-000002.json": None, "messages-000001.json.partial": "{}"},
            r"^zulip: .*broken holds no messages-000001\.json: export the organisation again$",
        ),
        (
            {"realm.json": '{"zerver_realm": ['},
            r"^zulip: .*realm\.json: cannot be read as JSON \(.*\); export it again",
        ),
        ({"realm.json": {"users": []}}, r"realm\.json: is not as in an export of Zulip \(KeyError: 'zerver_stream'\)"),
        ({"messages-000002.json": []}, r"messages-000002\.json: is not as in an export of Zulip \(TypeError"),
        (
            {"messages-000002.json": {"zerver_message": [{"id": 9}]}},
            r"messages-000002\.json: is not as in .*'pub_date'",
        ),
    ],
)
def test_a_broken_export_is_one_line_and_landing_stays_as_it_was(pulled, tmp_path, files, message):
    connected, _ = pulled
    before = connected.files()
    source(connected, export(tmp_path / "broken", **files))
    with pytest.raises(SourceError, match=message):
        connected.pull("zulip")
    assert connected.files() == before
