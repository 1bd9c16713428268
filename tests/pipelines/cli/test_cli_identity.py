"""``guildbook identity``: what a preview shows is what a run then gives, and stating a link is one small file."""

import json
from datetime import timedelta

import pytest
from typer.testing import CliRunner

from pipelines.cli import app
from pipelines.home import Home
from pipelines.identity import proposals
from pipelines.identity.links import write_link
from pipelines.identity.preview import preview_all
from pipelines.identity.proposals import Proposal
from pipelines.settings import Settings
from tests.support.tiny_logs import FIRST, days_between

DAYS = days_between(FIRST, FIRST + timedelta(days=71))
LAST = DAYS[-1]


@pytest.fixture
def house(built_house, tmp_path, monkeypatch):
    monkeypatch.setenv("GUILDBOOK_HOME", str(tmp_path / "home"))
    return built_house.copy_to(tmp_path / "home")


def invoke(*words):
    result = CliRunner().invoke(app, ["identity", *words])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def files(house):
    """Every file below the home but the lock, with size and time."""
    return {
        path: (path.stat().st_size, path.stat().st_mtime_ns)
        for path in house.home.root.rglob("*")
        if path.is_file() and path != house.home.lock
    }


def figures(house):
    """A few of the preview's figures, asked of the warehouse itself."""
    active = (
        "select date_trunc('month', day)::date, count(distinct member_id) "
        "from marts.fct_member_days where is_active group by 1"
    )
    mau = "select date_trunc('month', day)::date, arg_max(mau, day) from marts.community_days group by 1"
    payers = "select month, n_payers_end from marts.revenue_months where currency = 'CNY'"
    asked = {"active members": active, "MAU at the end": mau, "paying members at the end CNY": payers}
    return {(month, figure): n for figure, sql in asked.items() for month, n in house.query(sql)}


@pytest.mark.long
def test_a_preview_shows_what_linking_then_gives_and_leaves_the_home_as_it_was(house):
    linked = {row[0] for row in house.query("select member_id from marts.member_ids")}
    payers = [
        row[0]
        for row in house.query(
            "select member_id from intermediate.int_revenue__member_months inner join marts.fct_member_days "
            "using (member_id) where end_mrr_minor > 0 group by 1 order by count(*) desc, 1"
        )
        if row[0] not in linked
    ]
    one, other, third = payers[:3]
    before, then = files(house), figures(house)

    changes = preview_all(house.home, house.settings, [(one, other), (third, other)], months=2)

    assert files(house) == before
    assert len({change.month for change in changes}) == 2
    shown = {(change.month, change.figure): (change.now, change.linked) for change in changes}
    assert any(now > afterwards for now, afterwards in shown.values())
    invoke("link", one, other)
    invoke("link", third, other)
    house.run([LAST], only=("fct_member_days", "community_days", "revenue_months"))
    afterwards = figures(house)
    compared = shown.keys() & afterwards.keys()
    assert {figure for _, figure in compared} == {figure for _, figure in afterwards}
    assert {key: shown[key] for key in compared} == {key: (then[key], afterwards[key]) for key in compared}

    again = invoke("preview", one, other)
    assert again.exit_code == 1
    assert "are one person already" in again.output


def test_what_cannot_be_previewed_is_said(house):
    for words, message in {
        ("m7", "m7"): "m7 and m7 are one id",
        ("m7", "nobody"): "no log of the lake knows nobody",
    }.items():
        result = invoke("preview", *words)
        assert result.exit_code == 1
        assert message in result.output


def test_proposed_links_are_written_all_at_once_and_only_on_command(house, monkeypatch):
    before = files(house)
    refused = invoke("link", "--proposed", "--day", str(LAST))
    assert (refused.exit_code, files(house)) == (1, before)
    assert "no link is proposed" in refused.output

    links = [Proposal(LAST, "m7", "m8"), Proposal(LAST, "m9", "m10")]
    monkeypatch.setattr(proposals, "proposed_links", lambda home, on_wait: links)
    assert invoke("link", "m7", "--proposed").exit_code == 1
    assert invoke("link", "m7").exit_code == 1
    assert files(house) == before
    written = invoke("link", "--proposed", "--day", str(LAST))
    assert written.output.count("written") == 2
    assert written.output.count("next") == 1
    found = sorted((house.home.root / "landing" / "identity_links" / str(LAST)).glob("link-*.jsonl"))
    assert sorted((rows(path)[0]["member_a"], rows(path)[0]["member_b"]) for path in found) == [
        ("m10", "m9"), ("m7", "m8"),
    ]  # fmt: skip


@pytest.fixture
def empty(tmp_path):
    return Home(tmp_path), Settings(home=tmp_path, community="forum")


def rows(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_a_link_is_one_file_whichever_id_comes_first_and_however_often(empty):
    home, settings = empty
    path = write_link(home, settings, "王小明", " 小明", LAST)
    said = path.stat().st_mtime_ns, path.read_bytes()

    assert write_link(home, settings, "小明", "王小明", LAST) == path
    assert (path.stat().st_mtime_ns, path.read_bytes()) == said
    assert [one.name for one in path.parent.iterdir()] == [path.name]
    assert rows(path) == [
        {
            "member_a": "小明", "member_b": "王小明", "occurred_at": f"{LAST}T00:00:00",
            "relation": "same_person", "source": "forum",
        }
    ]  # fmt: skip
    assert write_link(home, settings, "Jose\u0301", "x", LAST) != write_link(home, settings, "Jos\u00e9", "x", LAST)


def test_a_link_that_nobody_stated_cannot_be_taken_back(tmp_path, monkeypatch):
    monkeypatch.setenv("GUILDBOOK_HOME", str(tmp_path))
    result = invoke("unlink", "a", "b", "--day", str(LAST))
    assert result.exit_code == 1
    assert "no link joins a and b themselves" in result.output
    assert not (tmp_path / "landing").exists()

    assert invoke("link", "a", "b").exit_code == 1
    assert invoke("link", "a", "b", "--day", str(LAST)).exit_code == 0
    assert invoke("unlink", "b", "a", "--day", str(LAST)).exit_code == 0
    (path,) = (tmp_path / "landing" / "identity_links").rglob("*.jsonl")
    assert [row["revoked_at"] for row in rows(path)] == [f"{LAST}T00:00:00"]


def test_a_revocation_covers_every_source_and_outnumbers_its_versions(house):
    link = {"member_a": "m7", "member_b": "m8", "occurred_at": f"{DAYS[-3]}T12:00:00"}
    house.deliver("identity_links", DAYS[-3], [link, link | {"source": "crm", "source_seq": 7}], "of_systems.jsonl")
    house.accept([DAYS[-3]])

    path = write_link(house.home, house.settings, "m8", "m7", LAST, revoke=True)

    assert [(row["source"], row.get("source_seq")) for row in rows(path)] == [("community", None), ("crm", 8)]
    house.run([LAST], only=("member_ids",))
    assert house.query("select count(*) from marts.member_ids where member_id in ('m7', 'm8')") == [(0,)]
    assert write_link(house.home, house.settings, "m8", "m7", LAST, revoke=True) == path
    assert [(row["source"], row.get("source_seq")) for row in rows(path)] == [("community", None), ("crm", 8)]
