"""知识星球 as zsxq-cli prints it: bare, in the envelope of the API, page over page, with what such files get wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipelines.sources.definition import SourceError
from pipelines.sources.pull import check

TOPIC, ASKED, TASK, ANONYMOUS = "55522441448144114", "14422552284111482", "82255885512252512", "55522112288555454"


def user(id_: int, name: str, **more) -> dict:
    return {"user_id": str(id_), "name": name, "avatar_url": "https://images.zsxq.com/x", "alias": None} | more


ANN, BO, CY = user(101, "Pigrun", alias="安 🌱"), user(102, "花火"), user(103, "Cy")
GROUP = {"group_id": "758421284", "name": "猿圈"}


def topic(id_: str, kind: str, at: str, by: dict | None, text: str, **more) -> dict:
    """A topic as ``group +topics`` prints it."""
    return {
        "topic_id": id_, "type": kind, "title": "", "content": text, "create_time": f"2026-01-{at}+0800", "owner": by,
        "counts": {"comments": 0, "likes": 0, "readers": 2, "reading": 1}, "group": GROUP, "modify_time": "",
        "annotation": "", "files": [], "images": [], "digested": False,
    } | more  # fmt: skip


def comment(id_: str, at: str, by: dict, text: str, **more) -> dict:
    made = {"comment_id": id_, "create_time": f"2026-01-{at}+0800", "owner": by, "text": text, "likes_count": 0}
    return made | {"rewards_count": 0, "sticky": False} | more


HASHTAG = '<e type="hashtag" hid="1" title="%23%E7%AE%97%E6%B3%95%23" />'
TALK = topic(
    TOPIC, "talk", "01T10:00:00.239", ANN, f"{HASHTAG} sort it", title="排序",
    counts={"comments": 4, "likes": 10, "readers": 200},
)  # fmt: skip
PAGES = {
    "topics-001.json": {
        "count": 2, "has_more": True, "next_end_time": "2026-01-01T10:00:00.239+0800", "success": True,
        "topics_brief": [topic(ASKED, "q&a", "02T10:00:00.000", BO, "问题：why?", title="why..."), TALK],
    },
    "topics-002.json": {
        "success": True, "has_more": False,
        "topics_brief": [TALK, topic(TASK, "task", "01T00:30:00.000", ANN, "")],
    },
    f"comments-{TOPIC}.json": {
        "success": True,
        "comments": [
            comment("1521255452254812", "01T11:00:00.000", BO, 'ask <e type="mention" uid="103" title="%40Cy" />',
                    likes_count=2, replied_comments=[
                        comment("4842488584482548", "01T11:01:00.000", CY, "yes", parent_comment_id="1521255452254812",
                                repliee=BO)]),
            comment("4842488584482549", "01T11:02:00.000", ANN, "", parent_comment_id="999999999999"),
        ],
    },
    "members-001.json": {
        "body": {"resp_data": {"members": [
            {"user_id": 101, "name": "Pigrun", "join_time": "2025-01-01T00:00:00.000+0800", "status": "joined"},
            {"user_id": 102, "name": "花火", "join_time": "2025-02-01T00:00:00.000+0800", "status": "exited",
             "expired_time": "2026-02-01T00:00:00.000+0800", "update_time": "2026-02-01T00:00:00.000+0800"},
            {"user_id": 104, "name": "Spam", "join_time": "2025-03-01T00:00:00.000+0800", "status": "joined",
             "isolated": True, "update_time": "2025-03-02T00:00:00.000+0800"},
        ]}, "succeeded": True},
        "status_code": 200, "success": True,
    },
}  # fmt: skip


def export(root: Path, files: dict | None = None, encoding: str = "utf-8") -> Path:
    root.mkdir(parents=True, exist_ok=True)
    for name, content in (PAGES if files is None else files).items():
        text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False, indent=2)
        (root / name).write_text(text, encoding=encoding)
    return root


def source(connected, where: Path, more: str = 'hosts: ["101"]\n') -> None:
    connected.source("zsxq", f"kind: zsxq\nexport: {where}\n{more}")


@pytest.fixture
def pulled(connected, tmp_path):
    source(connected, export(tmp_path / "printed"))
    return connected, connected.pull("zsxq")


def content(connected) -> dict[str, tuple[str, ...]]:
    keys = ("kind", "author_id", "parent_id", "root_id", "channel", "title", "n_chars", "tags")
    rows = connected.rows("content", "zsxq")
    return {
        row["content_id"].removeprefix("zsxq:"): tuple(row[key].removeprefix("zsxq:") for key in keys) for row in rows
    }


def test_topics_become_content_by_their_type_with_comments_under_them(pulled):
    connected, _ = pulled
    assert content(connected) == {
        TASK: ("course", "101", "", "", "猿圈", "", "0", ""),
        TOPIC: ("article", "101", "", "", "猿圈", "排序", str(len("#算法# sort it")), "算法"),
        ASKED: ("question", "102", "", "", "猿圈", "why...", "7", ""),
        "c1521255452254812": ("comment", "102", TOPIC, TOPIC, "猿圈", "", "7", ""),
        "c4842488584482548": ("comment", "103", "c1521255452254812", TOPIC, "猿圈", "", "3", ""),
        "c4842488584482549": ("comment", "101", TOPIC, TOPIC, "猿圈", "", "0", ""),
    }
    assert connected.rows("content", "zsxq")[0]["published_at"] == "2025-12-31T16:30:00Z"
    (mention,) = connected.rows("interactions", "zsxq")
    assert (mention["kind"], mention["member_id"], mention["target_member_id"]) == ("mention", "zsxq:102", "zsxq:103")


def test_members_come_from_their_list_and_from_what_they_wrote(pulled):
    connected, _ = pulled
    keys = ("member_id", "joined_at", "occurred_at", "role", "status", "display_name")
    assert [tuple(row[key] for key in keys) for row in connected.rows("members", "zsxq")] == [
        ("zsxq:101", "2024-12-31T16:00:00Z", "2024-12-31T16:00:00Z", "host", "active", "Pigrun"),
        ("zsxq:102", "2025-01-31T16:00:00Z", "2025-01-31T16:00:00Z", "member", "active", "花火"),
        ("zsxq:104", "2025-02-28T16:00:00Z", "2025-02-28T16:00:00Z", "member", "active", "Spam"),
        ("zsxq:104", "2025-02-28T16:00:00Z", "2025-03-01T16:00:00Z", "member", "banned", "Spam"),
        ("zsxq:103", "2026-01-01T03:01:00Z", "2026-01-01T03:01:00Z", "member", "active", "Cy"),
        ("zsxq:102", "2025-01-31T16:00:00Z", "2026-01-31T16:00:00Z", "member", "left", "花火"),
    ]


def test_what_is_missing_is_said(pulled):
    _, report = pulled
    assert report.tables == {"posts": 6, "interactions": 1, "members": 6}
    assert report.imported.rows_written == {"content": 6, "interactions": 1, "members": 6}
    assert report.remarks == (
        "zsxq: 12 reactions are counted in the export without saying whose; they are left out",
        "zsxq: topics have 1 comments more than the files hold: print the comments of each topic",
    )


def raw_topics() -> dict:
    """Topics as ``api raw`` prints them: each with what its type is made of."""
    asked = {
        "topic_id": int(ASKED), "type": "q&a", "create_time": "2026-01-02T10:00:00.000+0800", "group": GROUP,
        "modify_time": "2026-01-03T10:00:00.000+0800", "likes_count": 3, "comments_count": 1, "answered": True,
        "question": {"owner": BO, "questionee": ANN, "text": "why?", "anonymous": False},
        "answer": {"owner": ANN, "text": "because"},
        "latest_likes": [{"create_time": "2026-01-04T10:00:00.000+0800", "owner": CY}],
        "show_comments": [comment("4842488584482550", "02T12:00:00.000", CY, "same")],
    }  # fmt: skip
    hidden = {
        "topic_id": int(ANONYMOUS), "type": "q&a", "create_time": "2026-01-02T11:00:00.000+0800", "group": GROUP,
        "question": {"text": "who am I?", "anonymous": True}, "answer": {"owner": ANN, "text": "a friend"},
    }  # fmt: skip
    return {"success": True, "status_code": 200, "body": {"succeeded": True, "resp_data": {"topics": [asked, hidden]}}}


def test_raw_topics_have_answers_likes_and_comments(connected, tmp_path):
    source(connected, export(tmp_path / "printed", {"a.json": PAGES["topics-001.json"], "b.json": raw_topics()}))
    report = connected.pull("zsxq")
    found = content(connected)
    assert found[ASKED][:2] == ("question", "102")
    assert found[f"a{ASKED}"] == ("answer", "101", ASKED, ASKED, "猿圈", "", "7", "")
    assert found["c4842488584482550"][:4] == ("comment", "103", ASKED, ASKED)
    assert found[ANONYMOUS][:2] == ("question", "")
    assert f"a{ANONYMOUS}" not in found
    times = {row["content_id"]: row["occurred_at"] for row in connected.rows("content", "zsxq")}
    assert times[f"zsxq:a{ASKED}"] == "2026-01-03T02:00:00Z"
    (like,) = connected.rows("interactions", "zsxq")
    assert (like["kind"], like["member_id"], like["occurred_at"]) == ("like", "zsxq:103", "2026-01-04T02:00:00Z")
    assert report.remarks == (
        "zsxq: 12 reactions are counted in the export without saying whose; they are left out",
        "zsxq: 1 answers to questions bear no time and are left out",
        "zsxq: topics have 4 comments more than the files hold: print the comments of each topic",
    )


@pytest.mark.parametrize(
    ("files", "encoding"),
    [
        ({"all.json": "\n".join(json.dumps(page) for name, page in PAGES.items() if "comments" not in name)}, "utf-8"),
        ({name: page for name, page in PAGES.items() if "comments" not in name}, "utf-16"),
        ({name: page for name, page in PAGES.items() if "comments" not in name}, "gb18030"),
    ],
)
def test_pages_behind_one_another_and_encodings_of_windows_are_read(connected, tmp_path, files, encoding):
    source(connected, export(tmp_path / "printed", files, encoding))
    assert connected.pull("zsxq").tables == {"posts": 3, "interactions": 0, "members": 5}
    assert content(connected)[TOPIC][4:6] == ("猿圈", "排序")


def test_talks_are_what_the_file_says(connected, tmp_path):
    source(connected, export(tmp_path / "printed"), "talks_are: comment\n")
    connected.pull("zsxq")
    assert content(connected)[TOPIC][0] == "comment"
    assert content(connected)[TOPIC][5] == ""


def test_a_check_says_what_is_there(connected, tmp_path):
    source(connected, export(tmp_path / "printed"))
    found = check(connected.home, connected.settings, "zsxq")
    assert found == f"{tmp_path / 'printed'}: 3 topics, 3 comments, 3 members"


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({}, r"broken holds no such file as an export has: correct export in zsxq\.yaml"),
        ({"a.json": {"success": False, "message": "未登录"}}, r"a\.json: .* \(the command failed: 未登录\)"),
        ({"a.json": {"body": {"succeeded": False, "code": 401}}}, r"a\.json: .*the command failed: 401"),
        ({"a.json": {"groups": []}}, r"a\.json: .*\(it has groups\)"),
        ({"a.json": [{"note_id": 1}]}, r"a\.json: .*\(an entry has note_id\)"),
        ({"comments.json": PAGES[f"comments-{TOPIC}.json"]}, r"comments\.json: .*name the file after it"),
        ({"a.json": [topic("1", "talk", "99T", ANN, "x")]}, r"a\.json: .*Invalid isoformat"),
        ({"a.json": "TOPIC ID | TYPE\n1 | talk\n"}, r"a\.json: cannot be read as JSON"),
    ],
)  # fmt: skip
def test_what_is_nothing_of_a_group_is_one_line_and_landing_stays_as_it_was(pulled, tmp_path, files, message):
    connected, _ = pulled
    before = connected.files()
    source(connected, export(tmp_path / "broken", files))
    with pytest.raises(SourceError, match=rf"^zsxq: .*{message}"):
        connected.pull("zsxq")
    assert connected.files() == before
