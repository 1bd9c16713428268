"""Stack Exchange dumps: which row becomes what, what is left out and said, what broken dumps do."""

import tarfile
import zipfile
from pathlib import Path

import pytest

from pipelines.connectors import ConnectorError, import_stackexchange
from tests.support.connector_dump import ROWS, write_dump
from tests.support.connector_reading import leftovers, read_log, snapshot

ZONE = "Asia/Shanghai"


@pytest.fixture
def landing(tmp_path):
    return tmp_path / "landing"


def rows_by(rows, key):
    return {row[key]: row for row in rows}


def test_users_become_members_and_the_community_user_a_bot(tmp_path, landing):
    import_stackexchange(write_dump(tmp_path / "se"), landing, ZONE)
    members = rows_by(read_log(landing, "members"), "member_id")
    assert members == {
        "se:u-1": {
            "log_day": "2021-04-01",
            "member_id": "se:u-1",
            "occurred_at": "2021-04-01T00:00:00Z",
            "joined_at": "2021-04-01T00:00:00Z",
            "role": "bot",
            "source": "se",
        },
        "se:u17": {
            "log_day": "2021-04-27",
            "member_id": "se:u17",
            "occurred_at": "2021-04-27T15:00:00.5Z",
            "joined_at": "2021-04-27T15:00:00.5Z",
            "role": "member",
            "display_name": "Ana, <b> & 李",
            "source": "se",
        },
        # 17:30 UTC is past midnight in Shanghai
        "se:u28": {
            "log_day": "2021-04-28",
            "member_id": "se:u28",
            "occurred_at": "2021-04-27T17:30:00Z",
            "joined_at": "2021-04-27T17:30:00Z",
            "role": "member",
            "source": "se",
        },
    }


def test_posts_and_comments_become_content(tmp_path, landing):
    import_stackexchange(write_dump(tmp_path / "se"), landing, ZONE)
    content = rows_by([row for row in read_log(landing, "content") if row.get("source_seq", "1") == "1"], "content_id")
    assert content["se:p1"] == {
        "log_day": "2021-04-27",
        "content_id": "se:p1",
        "occurred_at": "2021-04-27T15:06:44.553Z",
        "kind": "question",
        "published_at": "2021-04-27T15:06:44.553Z",
        "author_id": "se:u17",
        "root_id": "se:p1",
        "title": 'Say "hi",\nthen go',
        "n_chars": str(len("Why, &amp; how?")),
        "tags": "a-b|c#",
        "source": "se",
        "source_seq": "1",
    }
    assert content["se:p12"].items() >= {"kind": "answer", "parent_id": "se:p1", "root_id": "se:p1"}.items()
    assert "author_id" not in content["se:p13"]
    assert "parent_id" not in content["se:p14"]
    assert content["se:p16"]["tags"] == "new|form"
    assert content["se:c8"] == {
        "log_day": "2021-04-28",
        "content_id": "se:c8",
        "occurred_at": "2021-04-28T03:00:00Z",
        "kind": "comment",
        "published_at": "2021-04-28T03:00:00Z",
        "author_id": "se:u17",
        "parent_id": "se:p12",
        "root_id": "se:p1",
        "n_chars": "6",
        "source": "se",
    }
    assert "se:p15" not in content


def test_accepted_answer_is_unknown_until_the_accept_vote(tmp_path, landing):
    import_stackexchange(write_dump(tmp_path / "se"), landing, ZONE)
    versions = [row for row in read_log(landing, "content") if row["content_id"] == "se:p1"]
    assert [(row["log_day"], row["source_seq"], row.get("accepted_answer_id")) for row in versions] == [
        ("2021-04-27", "1", None),
        ("2021-05-02", "2", "se:p12"),
    ]
    assert versions[1]["published_at"] == versions[0]["published_at"]
    assert versions[1]["title"] == versions[0]["title"]


def test_votes_become_interactions(tmp_path, landing):
    import_stackexchange(write_dump(tmp_path / "se"), landing, ZONE)
    interactions = {row.pop("interaction_id"): row for row in read_log(landing, "interactions")}
    common = {"source": "se"}
    assert interactions == {
        # noon, or the post's own time where that is later
        "se:v1": common
        | {
            "log_day": "2021-04-27",
            "occurred_at": "2021-04-27T15:06:44.553Z",
            "kind": "vote",
            "content_id": "se:p1",
            "value": "1",
        },
        "se:v2": common
        | {
            "log_day": "2021-04-30",
            "occurred_at": "2021-04-30T12:00:00Z",
            "kind": "vote",
            "content_id": "se:p12",
            "value": "-1",
        },
        "se:v3": common
        | {
            "log_day": "2021-05-02",
            "occurred_at": "2021-05-02T12:00:00Z",
            "kind": "accept",
            "member_id": "se:u17",
            "content_id": "se:p12",
            "target_member_id": "se:u28",
        },
        "se:v4": common
        | {
            "log_day": "2021-05-03",
            "occurred_at": "2021-05-03T12:00:00Z",
            "kind": "bookmark",
            "member_id": "se:u28",
            "content_id": "se:p1",
        },
    }


def test_badges_become_actions(tmp_path, landing):
    import_stackexchange(write_dump(tmp_path / "se"), landing, ZONE)
    assert read_log(landing, "actions") == [
        {
            "log_day": "2021-04-28",
            "action_id": "se:b5",
            "member_id": "se:u17",
            "kind": "badge",
            "occurred_at": "2021-04-28T02:00:00Z",
            "source": "se",
        }
    ]


def test_report_accounts_for_every_row(tmp_path, landing):
    report = import_stackexchange(write_dump(tmp_path / "se"), landing, ZONE)
    assert report.rows_read == {f"{name}.xml": len(rows) for name, rows in ROWS.items()}
    assert report.rows_written == {"members": 3, "content": 8, "interactions": 4, "actions": 1}
    assert (report.first_day.isoformat(), report.last_day.isoformat()) == ("2021-04-01", "2021-05-03")
    assert {(row.file, row.reason, row.count, row.example) for row in report.not_mapped} == {
        ("Users.xml", "occurred_at: no readable time, but required", 1, "Id 29"),
        ("Posts.xml", "PostTypeId 4 (tag wiki excerpt) is not mapped", 1, "Id 15"),
        ("Posts.xml", "answer written without parent: its question is not in the dump", 1, "Id 14"),
        ("Posts.xml", "AcceptedAnswerId left out: no accept vote tells its day", 1, "Id 16"),
        (
            "Comments.xml",
            "comment written without parent: its post is no question or answer in the dump",
            1,
            "Id 9",
        ),
        ("Votes.xml", "bookmark without UserId", 1, "Id 5"),
        ("Votes.xml", "VoteTypeId 16 (edit approval) is not mapped", 1, "Id 6"),
        ("Votes.xml", "its post is no question or answer in the dump", 1, "Id 7"),
        ("Tags.xml", "tags come with the posts; their counts are as of the dump", 1, ""),
    }


def test_figures_as_of_the_dump_reach_no_file(tmp_path, landing):
    import_stackexchange(write_dump(tmp_path / "se"), landing, ZONE)
    text = b"\n".join(snapshot(landing).values()).decode()
    assert "2021-12-01" not in text
    assert "918" not in text


def _tar(mode):
    def pack(folder: Path, archive: Path):
        with tarfile.open(archive, mode) as tar:
            tar.add(folder, arcname="site")

    return pack


def _zip(folder: Path, archive: Path):
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for file in folder.iterdir():
            packed.write(file, f"site/{file.name}")


@pytest.mark.parametrize(
    ("name", "pack"),
    [("se.tar", _tar("w")), ("se.tar.xz", _tar("w:xz")), ("se.tar.gz", _tar("w:gz")), ("se.zip", _zip)],
)
def test_archive_gives_the_same_files_as_the_folder(tmp_path, landing, name, pack):
    folder = write_dump(tmp_path / "se")
    import_stackexchange(folder, landing, ZONE)
    pack(folder, tmp_path / name)
    import_stackexchange(tmp_path / name, tmp_path / "other", ZONE)
    assert snapshot(tmp_path / "other") == snapshot(landing)


def test_members_named_with_paths_write_nothing_outside(tmp_path, landing):
    folder = write_dump(tmp_path / "dump")
    archive = tmp_path / "a" / "se.tar"
    archive.parent.mkdir()
    with tarfile.open(archive, "w") as tar:
        for file in sorted(folder.iterdir()):
            tar.add(file, arcname=f"../../{file.name}")
    before = set(tmp_path.rglob("*.xml"))
    assert import_stackexchange(archive, landing, ZONE).rows_written["members"] == 3
    assert set(tmp_path.rglob("*.xml")) == before


BOMB = """<?xml version="1.0"?>
<!DOCTYPE posts [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>
<posts><row Id="1" Title="&b;"/></posts>"""
EXTERNAL = """<?xml version="1.0"?>
<!DOCTYPE posts [<!ENTITY a SYSTEM "file:///etc/hostname">]>
<posts><row Id="1" Title="&a;"/></posts>"""
CUT = '<posts>\n  <row Id="1" PostTypeId="1" CreationDate="2021-04-27T15:06:44.553" />\n  <row Id="2'


@pytest.mark.parametrize(
    ("posts", "said"),
    [
        (BOMB, r"Posts.xml, line 2: declares a document type"),
        (EXTERNAL, r"Posts.xml, line 2: declares a document type"),
        (CUT, r"Posts.xml, line 3: malformed XML"),
        ("", r"Posts.xml, line 1: malformed XML"),
    ],
)
def test_hostile_or_broken_xml_is_refused_and_landing_stays(tmp_path, landing, posts, said):
    import_stackexchange(write_dump(tmp_path / "se"), landing, ZONE)
    before = snapshot(landing)
    (tmp_path / "se" / "Posts.xml").write_text(posts)
    with pytest.raises(ConnectorError, match=said):
        import_stackexchange(tmp_path / "se", landing, ZONE)
    assert snapshot(landing) == before
    assert leftovers(landing) == []


def test_broken_archive_is_refused(tmp_path, landing):
    folder = write_dump(tmp_path / "se")
    _tar("w:xz")(folder, tmp_path / "se.tar.xz")
    whole = (tmp_path / "se.tar.xz").read_bytes()
    (tmp_path / "se.tar.xz").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ConnectorError, match="cannot be read"):
        import_stackexchange(tmp_path / "se.tar.xz", landing, ZONE)
    assert snapshot(landing) == {}


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("se.7z", "7-Zip archives are not supported; unpack it"),
        ("gone", "does not exist"),
        ("se.rar", "cannot be read as"),
    ],
)
def test_other_paths_are_refused_with_what_to_do(tmp_path, landing, name, said):
    if name != "gone":
        (tmp_path / name).write_bytes(b"not an archive")
    with pytest.raises(ConnectorError, match=said):
        import_stackexchange(tmp_path / name, landing, ZONE)


def test_dump_without_posts_is_refused_and_other_missing_files_are_said(tmp_path, landing):
    with pytest.raises(ConnectorError, match=r"holds no Posts\.xml"):
        import_stackexchange(write_dump(tmp_path / "empty", Posts=None), landing, ZONE)
    report = import_stackexchange(write_dump(tmp_path / "se", Votes=None), landing, ZONE)
    assert ("Votes.xml", "file is not in the dump", 0) in {(r.file, r.reason, r.count) for r in report.not_mapped}
    assert report.rows_written["interactions"] == 0


def test_two_dumps_in_one_archive_are_refused(tmp_path, landing):
    with tarfile.open(tmp_path / "two.tar", "w") as tar:
        tar.add(write_dump(tmp_path / "a"), arcname="a")
        tar.add(write_dump(tmp_path / "b"), arcname="b")
    with pytest.raises(ConnectorError, match="more than once"):
        import_stackexchange(tmp_path / "two.tar", landing, ZONE)
