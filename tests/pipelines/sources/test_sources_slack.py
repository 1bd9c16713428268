"""Slack's exports, as archive and as folder: what is a post, who said it, what was removed, and what does not count."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from pipelines.settings import Settings
from pipelines.sources.configured import read
from pipelines.sources.definition import SourceError
from pipelines.sources.pull import check

USERS = [
    {"id": "UANN", "team_id": "T1", "name": "ann", "deleted": False, "real_name": "Ann Lee", "is_admin": True,
     "is_bot": False, "updated": 1700000000, "profile": {"display_name": "ann 🌱", "real_name": "Ann Lee"}},
    {"id": "UBO", "name": "bo", "deleted": True, "updated": 1735900000,
     "profile": {"display_name": "", "real_name": "Bo"}},
    {"id": "UCY", "name": "cy", "deleted": False, "profile": {"display_name": "社长"}},
    {"id": "UQUIET", "name": "quiet", "deleted": False, "profile": {}},
    {"id": "UBOT", "name": "helper", "is_bot": True, "profile": {"real_name": "Helper"}},
]  # fmt: skip
CHANNELS = [
    {"id": "CHELP", "name": "help", "created": 1700000000, "is_general": False, "members": ["UANN", "UBO"]},
    {"id": "CRAND", "name": "闲聊", "created": 1700000000, "members": []},
]
T0 = 1735689600  # 2025-01-01T00:00:00Z


def ts(minutes: float, tail: str = "000100") -> str:
    return f"{T0 + int(minutes * 60)}.{tail}"


def said(minutes: float, user: str, text: str, **more) -> dict:
    message = {"type": "message", "user": user, "text": text, "ts": ts(minutes), "team": "T1", "blocks": [{"x": 1}]}
    return {key: value for key, value in (message | more).items() if value is not None}


def asks() -> list[dict]:
    thread = {"thread_ts": ts(10)}
    return [
        said(0, "UBO", "<@UBO> has joined the channel", subtype="channel_join"),
        said(10, "UBO", "How do I &lt;sort&gt;?\nIt is slow.", **thread, reply_count=3, replies=[], reactions=[
            {"name": "+1", "users": ["UCY"], "count": 3}, {"name": "eyes", "users": ["UCY", "UANN"], "count": 2}]),
        said(11, "UANN", "Ask <@UCY>, see <https://x.org/a|the page>", **thread, parent_user_id="UBO"),
        said(12, "UCY", "use sorted()", **thread, edited={"user": "UCY", "ts": ts(13)}, reactions=[
            {"name": "white_check_mark", "users": ["UBO"], "count": 1},
            {"name": "tada", "users": ["UBO"], "count": 1}]),
        said(14, "UBO", "thanks", **thread, subtype="thread_broadcast", root={"ts": ts(10)}),
        said(15, "UANN", "pinned", subtype="pinned_item"),
        said(16, "UBO", "mine is right", **thread, reactions=[
            {"name": "white_check_mark", "users": ["UBO", "UANN"], "count": 2}]),
    ]  # fmt: skip


def chats() -> list[dict]:
    return [
        said(1440, None, "build passed", subtype="bot_message", bot_id="BCI", username="ci"),
        said(1441, "UFAR", "hello from elsewhere", user_profile={"display_name": "Far", "real_name": "Far A."}),
        said(1442, "UCY", "", subtype="file_share", files=[{"id": "F1", "name": "a.png"}]),
        said(1443, "USLACKBOT", "This message was deleted.", subtype="tombstone", thread_ts=ts(1443)),
        said(1444, "UANN", "still here", thread_ts=ts(1443)),
        said(1445, "UBOT", "at your service", bot_id="BHELP", bot_profile={"name": "Helper"}),
        said(1446, "UANN", None, subtype="message_deleted", deleted_ts=ts(1442), hidden=True),
    ]


def export(root: Path, *, days: dict[str, list[dict] | str] | None = None, **files) -> Path:
    """Write an export as Slack unpacks it."""
    found = {
        "users.json": USERS,
        "channels.json": CHANNELS,
        "groups.json": [],
        "dms.json": [{"id": "D1", "members": []}],
    }
    found |= days or {"help/2025-01-01.json": asks(), "闲聊/2025-01-02.json": chats()}
    for name, content in (found | files).items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False, indent=4)
        (root / name).write_text(text, encoding="utf-8")
    return root


def packed(folder: Path, to: Path, inside: str = "") -> Path:
    with zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*.json")):
            archive.write(path, inside + path.relative_to(folder).as_posix())
        archive.writestr(inside + "README.txt", "hello")
    return to


def source(connected, where: Path, more: str = "questions_in: [help]\n") -> None:
    connected.source("slack", f"kind: slack\nexport: {where}\n{more}")


@pytest.fixture
def pulled(connected, tmp_path):
    source(connected, export(tmp_path / "unpacked"))
    return connected, connected.pull("slack")


def test_messages_become_content_by_their_channel_and_thread(pulled):
    connected, _ = pulled
    rows = connected.rows("content", "slack")
    assert [(row["content_id"][-16:-7], row["kind"], row["author_id"], row["parent_id"][-16:-7]) for row in rows] == [
        (str(T0 + 600)[-9:], "question", "slack:UBO", ""),
        (str(T0 + 660)[-9:], "answer", "slack:UANN", str(T0 + 600)[-9:]),
        (str(T0 + 720)[-9:], "answer", "slack:UCY", str(T0 + 600)[-9:]),
        (str(T0 + 840)[-9:], "answer", "slack:UBO", str(T0 + 600)[-9:]),
        (str(T0 + 960)[-9:], "answer", "slack:UBO", str(T0 + 600)[-9:]),
        (str(T0 + 86400)[-9:], "comment", "slack:BCI", ""),
        (str(T0 + 86460)[-9:], "comment", "slack:UFAR", ""),
        (str(T0 + 86520)[-9:], "comment", "slack:UCY", ""),
        (str(T0 + 86640)[-9:], "comment", "slack:UANN", ""),
        (str(T0 + 86700)[-9:], "comment", "slack:UBOT", ""),
        (str(T0 + 86520)[-9:], "comment", "slack:UCY", ""),
    ]
    assert {row["channel"] for row in rows} == {"help", "闲聊"}
    question = rows[0]
    assert (question["title"], question["n_chars"]) == ("How do I <sort>?", str(len("How do I <sort>?\nIt is slow.")))
    assert rows[1]["n_chars"] == str(len("Ask @, see the page"))
    assert question["content_id"] == f"slack:CHELP:{ts(10)}"
    assert question["accepted_answer_id"] == f"slack:CHELP:{ts(12)}"
    assert [row["accepted_answer_id"] for row in rows[1:]] == [""] * 10


def test_a_removed_message_has_a_second_state(pulled):
    connected, _ = pulled
    first, second = [row for row in connected.rows("content", "slack") if row["content_id"].endswith(ts(1442))]
    assert (first["source_seq"], first["deleted_at"]) == ("1", "")
    assert (second["source_seq"], second["deleted_at"]) == ("2", "2025-01-02T00:06:00.0001Z")


def test_reactions_mentions_and_acceptances_are_interactions_once_each(pulled):
    connected, _ = pulled
    found = {
        (row["kind"], row["member_id"], row["target_member_id"]) for row in connected.rows("interactions", "slack")
    }
    assert found == {
        ("like", "slack:UCY", "slack:UBO"),
        ("like", "slack:UANN", "slack:UBO"),
        ("mention", "slack:UANN", "slack:UCY"),
        ("accept", "slack:UBO", "slack:UCY"),
        ("like", "slack:UBO", "slack:UBO"),
    }
    rows = connected.rows("interactions", "slack")
    assert len({row["interaction_id"] for row in rows}) == len(rows) == 6


def test_members_are_there_from_their_first_day_and_leave_when_deactivated(pulled):
    connected, _ = pulled
    rows = connected.rows("members", "slack")
    assert [(row["member_id"], row["joined_at"][:16], row["role"], row["status"]) for row in rows] == [
        ("slack:UBO", "2025-01-01T00:00", "member", "active"),
        ("slack:UANN", "2025-01-01T00:11", "moderator", "active"),
        ("slack:UCY", "2025-01-01T00:12", "member", "active"),
        ("slack:BCI", "2025-01-02T00:00", "bot", "active"),
        ("slack:UFAR", "2025-01-02T00:01", "member", "active"),
        ("slack:USLACKBOT", "2025-01-02T00:03", "bot", "active"),
        ("slack:UBOT", "2025-01-02T00:05", "bot", "active"),
        ("slack:UBO", "2025-01-01T00:00", "member", "left"),
    ]
    assert rows[-1]["occurred_at"] == "2025-01-03T10:26:40Z"
    assert [row["display_name"] for row in rows] == ["Bo", "ann 🌱", "社长", "ci", "Far", "", "Helper", "Bo"]


def test_every_entry_of_the_export_is_a_post_or_named(pulled):
    _, report = pulled
    assert report.tables == {"posts": 11, "interactions": 6, "members": 8}
    assert report.imported.rows_written == {"content": 11, "interactions": 6, "members": 8}
    assert report.remarks == (
        "slack: 2 reactions are counted in the export without saying whose; they are left out",
        "slack: 4 entries are no posts and left out: 1 channel_join, 1 pinned_item, 1 tombstone, 1 message_deleted",
        "slack: 1 private channels and direct messages are left out",
        "slack: 1 people never posted or joined a channel in the export: it has no day for them",
    )
    assert len(asks()) + len(chats()) == 10 + 4  # ten posts, one of them removed


@pytest.mark.parametrize("inside", ["", "My workspace export/"])
def test_the_archive_gives_what_the_folder_gives(pulled, tmp_path, inside):
    connected, _ = pulled
    before = connected.files()
    source(connected, packed(tmp_path / "unpacked", tmp_path / "slack.zip", inside))
    connected.pull("slack")
    assert connected.files() == before


def test_what_no_file_can_hold_is_a_question_mark_in_what_the_operator_is_told(connected, tmp_path):
    days = {"help/2025-01-01.json": json.dumps([said(1, "UBO", "moved", subtype="\ud800"), *asks()])}
    source(connected, export(tmp_path / "unpacked", days=days))
    report = connected.pull("slack")
    assert [one for one in report.remarks if "1 ?" in one]
    assert connected.pull("slack").remarks == report.remarks


def test_several_exports_are_one_and_the_newest_says_who_somebody_is(connected, tmp_path):
    root = tmp_path / "exports"
    first = export(tmp_path / "first", days={"help/2025-01-01.json": asks()})
    packed(first, (root / "2025-01.zip") if root.mkdir() is None else root)
    renamed = [CHANNELS[0] | {"name": "questions"}, CHANNELS[1]]
    days = {"questions/2025-01-01.json": asks()[:3], "闲聊/2025-01-02.json": chats()}
    export(root / "2025-02", days=days, **{"channels.json": renamed, "users.json": [USERS[0] | {"is_admin": False}]})
    source(connected, root, "questions_in: [questions]\n")
    report = connected.pull("slack")
    assert report.tables["posts"] == 11
    assert {row["role"] for row in connected.rows("members", "slack") if row["member_id"] == "slack:UANN"} == {"member"}
    assert {row["channel"] for row in connected.rows("content", "slack")} == {"questions", "闲聊"}


def test_channels_are_left_out_or_private_ones_taken_as_the_file_says(connected, tmp_path):
    groups = {"groups.json": [{"id": "GSTAFF", "name": "staff"}], "staff/2025-01-01.json": [said(5, "UANN", "psst")]}
    root = export(tmp_path / "unpacked", **groups)
    source(connected, root, "leave_out: [闲聊, help]\nprivate_channels: true\nannouncements_in: [staff, news]\n")
    report = connected.pull("slack")
    assert [(row["kind"], row["channel"], row["title"]) for row in connected.rows("content", "slack")] == [
        ("announcement", "staff", "psst")
    ]
    assert "slack: 1 private channels and direct messages are left out" in report.remarks
    assert "slack: the export has no channel news, which the source's file names" in report.remarks


def test_ids_begin_with_the_prefix(connected, tmp_path):
    source(connected, export(tmp_path / "unpacked"), 'prefix: ""\n')
    connected.pull("slack")
    assert {row["author_id"][:1] for row in connected.rows("content", "slack")} == {"U", "B"}


def test_a_check_says_what_is_there(connected, tmp_path):
    source(connected, export(tmp_path / "unpacked"))
    found = check(connected.home, connected.settings, "slack")
    assert found == f"{tmp_path / 'unpacked'}: 14 messages in 2 channels, 5 people and bots"


def write_broken(root: Path, what: str) -> Path:
    if what == "no export":
        root.mkdir()
    elif what == "no zip":
        root = root.with_suffix(".zip")
        root.write_bytes(b"PK nothing")
    elif what == "other zip":
        other = export(root)
        (other / "users.json").unlink()
        root = packed(other, root.with_suffix(".zip"))
    elif what == "cut":
        export(root, **{"help/2025-01-01.json": '[{"type": "message", "ts": '})
    elif what == "object":
        export(root, **{"help/2025-01-01.json": {"ok": False}})
    elif what == "bomb":
        root = packed(export(root, **{"help/2025-01-02.json": "[" + " " * 90_000_000 + "]"}), root.with_suffix(".zip"))
    return root


@pytest.mark.parametrize(
    ("what", "message"),
    [
        (
            "no export",
            r"^slack: .*export holds no users\.json, and no archive or folder with one: correct export in slack",
        ),
        ("gone", r"^slack: .*export holds no users\.json"),
        ("no zip", r"^slack: .*export\.zip cannot be read as \.zip \(.*\); download it again$"),
        ("other zip", r"^slack: .*export\.zip holds no users\.json: it is no export of Slack$"),
        ("cut", r"^slack: .*export, help/2025-01-01\.json: cannot be read as JSON \(.*\); export it again$"),
        ("object", r"^slack: .*help/2025-01-01\.json: is no list of objects, as in an export of Slack"),
        ("bomb", r"^slack: .*help/2025-01-02\.json unpacks to .* times its size and more: GUILDBOOK_MAX_UNPACK_RATIO"),
    ],
)
def test_a_broken_export_is_one_line_and_landing_stays_as_it_was(pulled, tmp_path, what, message):
    connected, _ = pulled
    before = connected.files()
    source(connected, write_broken(tmp_path / "broken export", what))
    with pytest.raises(SourceError, match=message):
        connected.pull("slack")
    assert connected.files() == before


def test_the_ready_file_is_a_source(connected):
    ready = Path(__file__).parents[3] / "pipelines/sources/ready/slack.yaml"
    connected.source("slack", ready.read_text(encoding="utf-8"))
    assert read(connected.home, "slack", Settings(home=connected.home.root)).source.kind == "slack"
