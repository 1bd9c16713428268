"""A folder of exports: files are recognised by their columns, what can be taken is taken, and what cannot is said."""

from pathlib import Path

import pytest

from pipelines.connectors import ConnectorError, import_folder
from tests.pipelines.connectors.test_ready_money import said
from tests.support import exports
from tests.support.connector_reading import assert_good, read_log, snapshot

FILES = {
    "member_interactions.csv": "member_id,interaction_type,interaction_time\n1,like,2025-01-03 09:05:00\n"
    "1, Comment,2025/1/4 9:05\n007,clap,2025-01-03\n007,点赞,2025-01-05\n,view,2025-01-06\n",
    "activity_data.csv": "participant_id,interaction_id\n1,7\n2,8\n",
    "community_data.csv": "member_id,active_days,content_count,interaction_count,post_date\n1,20,3,9,2025-01-02\n"
    "3,1,1,0,2025-01-06\n",
    "member_data.csv": "member_id,is_lost\n1,0\n007,1\n",
}


def run(tmp_path: Path, files: dict[str, str], encoding: str = "utf-8"):
    folder = tmp_path / "in"
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / name).write_bytes(text.encode(encoding))
    return import_folder(folder, tmp_path / "landing", "Asia/Shanghai")


def read(tmp_path: Path, log: str) -> list[dict[str, str]]:
    return read_log(tmp_path / "landing", log)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk"])
def test_the_four_plain_tables(tmp_path, encoding):
    (report,) = run(tmp_path, {name: text.replace("\n", "\r\n") for name, text in FILES.items()}, encoding)
    assert report.rows_read == {
        "community_data.csv": 2,
        "member_interactions.csv": 5,
        "activity_data.csv": 2,
        "member_data.csv": 2,
    }
    assert report.rows_written == {"interactions": 3, "members": 3, "content": 2}
    acts = [(row["log_day"], row.get("member_id"), row["kind"]) for row in read(tmp_path, "interactions")]
    assert acts == [
        ("2025-01-03", "1", "like"),
        ("2025-01-04", "1", "comment"),
        ("2025-01-05", "007", "like"),
    ]
    assert [(row["log_day"], row["author_id"], row["kind"]) for row in read(tmp_path, "content")] == [
        ("2025-01-02", "1", "article"),
        ("2025-01-06", "3", "article"),
    ]
    joined = [(row["member_id"], row["log_day"]) for row in read(tmp_path, "members")]
    assert joined == [("1", "2025-01-02"), ("007", "2025-01-03"), ("3", "2025-01-06")]
    assert_good(tmp_path)


def test_what_cannot_be_taken_is_said_with_its_file_and_rows(tmp_path):
    (report,) = run(tmp_path, FILES)
    about = {(row.file, row.reason.split(":")[0], row.count) for row in report.not_mapped if not row.output}
    assert about == {
        ("activity_data.csv", "participant_id, interaction_id", 2),
        ("community_data.csv", "active_days, content_count, interaction_count", 2),
        ("member_data.csv", "is_lost", 2),
    }
    assert said([report])["interactions", "kind: 'clap' is not among values"] == 1
    assert said([report])["interactions", "interaction_id: empty, but required"] == 1
    assert ("members", "it has no column joined_at") in said([report])


def test_members_with_a_day_of_joining_keep_it(tmp_path):
    run(tmp_path, FILES | {"member_data.csv": "member_id,昵称,加入时间,is_lost\n1,安娜,2024/12/1,0\n007,,,1\n"})
    assert [row.get("display_name") for row in read(tmp_path, "members")] == ["安娜", None, None]
    joined = {row["member_id"]: row["log_day"] for row in read(tmp_path, "members")}
    assert joined == {"1": "2024-12-01", "007": "2025-01-03", "3": "2025-01-06"}


def test_systems_in_one_folder_are_one_import_each_and_strangers_are_named(tmp_path):
    ghost = exports.table(exports.GHOST, [{"id": "g", "created_at": "2025-01-01T00:00:00Z"}])
    files = FILES | {
        "members.csv": ghost,
        "other.csv": "a,b\n1,2\n",
        "bill.xlsx": "PK",
        "notes.txt": "x",
        ".hidden": "",
    }
    first, second = run(tmp_path, files)
    assert (first.source, second.source) == ("csv", "ghost")
    strange = {
        row.file: row.reason for row in (*first.not_mapped, *second.not_mapped) if row.count == 0 and not row.output
    }
    assert strange == {
        "other.csv": "no known export has the columns a, b; a mapping of your own can read it",
        "bill.xlsx": "a workbook is not read; save its sheet as CSV in UTF-8",
        "notes.txt": "it is no CSV file",
    }


def test_tables_with_chinese_names_are_known(tmp_path):
    run(
        tmp_path,
        {"互动.csv": "会员ID,互动类型,互动时间\n1,评论,2025/1/3 9:05\n", "帖子.csv": "会员ID,发布日期\n1,2025/1/2\n"},
    )
    assert [row["kind"] for row in read(tmp_path, "interactions")] == ["comment"]
    assert [row["content_id"] for row in read(tmp_path, "content")] == ["1:2025/1/2"]


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("bill.zip", "PK", "an archive is not opened; unpack it into the folder"),
        ("acts.csv", "member_id;interaction_type;interaction_time\n1;like;2025-01-03\n",
         "its columns are separated by ';'; save it with commas"),
        ("acts.csv", "member_id,interaction_type,moment\n1,like,2025-01-03\n",
         "no known export has the columns member_id, interaction_type, moment; csv's member_interactions would need "
         "interaction_time too; a mapping of your own can read it"),
        ("page.csv", "<!DOCTYPE html>\n<html></html>\n",
         "no known export has the columns <!DOCTYPE html>; a mapping of your own can read it"),
        ("empty.csv", "", "it is empty"),
    ],
)  # fmt: skip
def test_a_stranger_is_told_what_it_lacks(tmp_path, name, text, reason):
    (report,) = run(tmp_path, FILES | {name: text})
    assert [row.reason for row in report.not_mapped if row.file == name] == [reason]


def test_a_table_of_which_nothing_can_be_taken_is_read_and_said(tmp_path):
    (report,) = run(tmp_path, {"activity_data.csv": FILES["activity_data.csv"]})
    assert (report.rows_read, report.rows_written, report.first_day) == ({"activity_data.csv": 2}, {}, None)


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({}, "holds no export that is known: it is empty"),
        ({"a.csv": "x,y\n1,2\n"}, "holds no export that is known: a.csv: no known export has the columns x, y"),
    ],
)
def test_a_folder_without_anything_known_is_refused(tmp_path, files, message):
    with pytest.raises(ConnectorError, match=message):
        run(tmp_path, files)
    assert snapshot(tmp_path / "landing") == {}


def test_a_file_instead_of_a_folder_is_refused(tmp_path):
    (tmp_path / "a.csv").write_text("x\n")
    with pytest.raises(ConnectorError, match=r"a\.csv is no folder; give the one that the exports lie in"):
        import_folder(tmp_path / "a.csv", tmp_path / "landing", "UTC")
