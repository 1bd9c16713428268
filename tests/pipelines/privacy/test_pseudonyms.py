"""Under pseudonyms no id of a member is anywhere behind the landing folder, and every figure stays as it is."""

from __future__ import annotations

import hashlib
import hmac
import re
from datetime import timedelta
from itertools import count

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from pipelines.cli import app
from pipelines.contract import INTERACTIONS, LOGS, Type
from pipelines.identity.links import write_link
from pipelines.identity.preview import preview
from pipelines.ingest import changed_days
from pipelines.lake.duck import trimmed
from pipelines.privacy import pseudonyms
from pipelines.privacy.pseudonyms import (
    LEFT_OUT,
    MEMBER_COLUMNS,
    OWN_KEYS,
    MixedPseudonymsError,
    check_alike,
    known_as,
    pseudonym,
)
from pipelines.settings import Settings
from tests.support.every_byte import holders
from tests.support.house import RECORDS, House
from tests.support.tiny_logs import FIRST, days_between, interaction, tiny_community

pytestmark = pytest.mark.slow

KEY = "a key of the test's own"
SHOWN = re.compile("p-[0-9a-f]{24}")
THINGS = {
    "source", "content_id", "parent_id", "root_id", "accepted_answer_id", "event_id", "about_id", "campaign_id",
}  # fmt: skip
"""Columns of ids of what is for many: they are kept."""
FREE_TEXT = {
    "plan", "needs", "locale", "referrer", "channel", "title", "tags", "end_reason",
}  # fmt: skip
"""Columns of text that are kept; see docs/pseudonyms.md."""


def ordered_community():
    """A community whose rows have an order: of two versions that nothing orders, the hash of the row decides."""
    counted = count(1)
    return {
        place: [row | {"source_seq": next(counted)} for row in rows]
        for place, rows in tiny_community(2, members=24, days=40).items()
    }


def renamed(rows):
    """Rows whose members, and what is theirs, have ids that no other text contains."""
    hidden = {*MEMBER_COLUMNS, *OWN_KEYS}
    return [
        {name: f"planted {value}" if name in hidden and value else value for name, value in row.items()} for row in rows
    ]


@pytest.fixture
def house(tmp_path):
    return House(tmp_path / "home", pseudonyms=True, pseudonym_key=KEY)


def test_every_column_is_known_to_name_a_member_or_not():
    columns = [column for log in LOGS.values() for column in log.own_columns]
    assert {column.name for column in columns if column.type is Type.ID} == THINGS | {*MEMBER_COLUMNS, *OWN_KEYS}
    assert {column.name for column in columns if column.type is Type.TEXT} == FREE_TEXT | set(LEFT_OUT)


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), st.binary(min_size=1, max_size=200))
def test_duckdb_makes_the_hmac_that_python_makes(member_id, key):
    settings = Settings(pseudonyms=True, pseudonym_key=key.hex())
    with duckdb.connect() as con:
        pseudonyms.staged_sql(con, settings, INTERACTIONS, "select 1")
        expression = pseudonyms.pseudonym_sql("trim(id)")
        (made,) = con.execute(f"select {expression} from (select $1::varchar as id)", [member_id]).fetchone()
    assert made == known_as(settings, member_id)
    digest = hmac.new(key.hex().encode(), trimmed(member_id).encode(), hashlib.sha256).hexdigest()
    assert made == f"p-{digest[:24]}"


def test_no_error_of_a_query_quotes_the_key():
    with duckdb.connect() as con:
        made = pseudonyms.staged_sql(con, Settings(pseudonyms=True, pseudonym_key=KEY), INTERACTIONS, "select nothing")
        with pytest.raises(duckdb.Error) as error:
            con.execute(made)
    assert KEY not in made + str(error.value)
    assert bytes(byte ^ 0x36 for byte in KEY.encode()).decode() not in made + str(error.value)


def test_without_the_setting_nothing_changes(tmp_path):
    settings = Settings(home=tmp_path)
    assert pseudonyms.staged_sql(duckdb.connect(), settings, INTERACTIONS, "select 1") == "select 1"
    assert (pseudonyms.mark(settings), known_as(settings, "m1")) == ("", "m1")
    assert pseudonyms.without_values(settings, "rename member_id: your `m1`?") == "rename member_id: your `m1`?"
    assert not (tmp_path / ".pseudonym_key").exists()


def test_what_is_refused_or_unknown_holds_no_id_either(house):
    rows = [interaction(n, FIRST, f"planted {n}") for n in range(9)]
    rows[0] |= {"kind": "planted kind"}
    rows[1] |= {"occurred_at": "planted 'time'", "user_email": "planted@example.org"}
    rows[2] |= {"user_email": "planted@example.org", "mood": "planted"}
    house.deliver("interactions", FIRST, rows)
    house.deliver("feedback", FIRST, [
        {"feedback_id": "f1", "member_id": "planted 1", "occurred_at": f"{FIRST}T10:00:00", "about_kind": "community",
         "score": 5, "scale": "csat5", "comment": "planted words"},
    ])  # fmt: skip
    house.deliver("members", FIRST, [
        {"member_id": "planted 1", "occurred_at": f"{FIRST}T10:00:00", "joined_at": f"{FIRST}T10:00:00",
         "display_name": "Ana planted", "profile_url": "https://planted.example.org/ana"},
    ])  # fmt: skip
    bare = house.home.landing_day("interactions", FIRST) / "bare.csv"
    bare.write_text("planted_kind,planted_id\nlike,m2\n")
    broken = house.home.landing_day("content", FIRST) / "broken.csv"
    broken.parent.mkdir(parents=True)
    broken.write_text("content_id,occurred_at,kind,published_at,author_id\nc1,planted,article\n")

    house.accept([FIRST])

    found = holders(house.home.root, ["planted"])
    assert found
    assert {path.split("/")[0] for path, _ in found} == {"landing"}
    with duckdb.connect() as con:
        kept = con.execute(f"from '{house.home.lake}/raw/interactions/*/*.parquet'").df()
        refused = con.execute(f"from '{house.home.lake}/quarantine/interactions/*/*.parquet' order by line").df()
    assert all(SHOWN.fullmatch(member) for member in kept["member_id"])
    assert set(kept["extra"].dropna()) == {'{"mood":null,"user_email":null}'}
    assert refused["reason"].str.startswith(("kind: …", "occurred_at: …")).all()
    assert refused["raw_text"].isna().all()


@pytest.mark.dbt
@pytest.mark.long
def test_every_figure_is_the_same_and_no_id_is_left(house, tmp_path):
    delivered = ordered_community()
    days = days_between(FIRST, max(day for _, day in delivered))
    plainly = House(tmp_path / "plain")
    plainly.deliver_all(delivered)
    plainly.run(days)
    house.deliver_all({place: renamed(rows) for place, rows in delivered.items()})
    house.run(days)

    assert {path.split("/")[0] for path, _ in holders(house.home.root, ["planted"])} == {"landing"}
    tables = [name for (name,) in house.query("select table_name from duckdb_tables() where schema_name = 'marts'")]
    for table in tables:
        if not RECORDS.fullmatch(table):
            counted = f"select count(*) from marts.{table}"
            assert house.query(counted) == plainly.query(counted), table
    for figures in ("community_days", "revenue_months", "activity_histogram", "content_days", "answer_months"):
        ordered = f"from marts.{figures} order by all"
        assert house.query(ordered) == plainly.query(ordered), figures
    members = {member for (member,) in house.query("select member_id from marts.dim_members")}
    plain = {member for (member,) in plainly.query("select member_id from marts.dim_members")}
    # Of two ids of one person the first in order stands for both: for two persons here that is another one.
    linked = {name for (name,) in plainly.query("select member_id from marts.member_ids")}
    of_plain = {member: pseudonym(KEY.encode(), f"planted {member}") for member in plain | linked}
    assert members <= set(of_plain.values())
    assert {of_plain[member] for member in plain - linked} == members - {of_plain[member] for member in linked}

    def n_linked():
        return house.query("select count(*) from marts.member_ids")[0][0]

    one, other = sorted(plain - linked)[:2]
    changes = preview(house.home, house.settings, f"planted {one}", f"planted {other}")
    assert any(change.linked != change.now for change in changes)
    day = days[-1]
    path = write_link(house.home, house.settings, f"planted {one}", f"planted {other}", day)
    house.run([day])
    assert n_linked() == len(linked) + 2
    assert write_link(house.home, house.settings, f"planted {other}", f"planted {one}", day, revoke=True) == path
    house.run([day])
    assert n_linked() == len(linked)
    assert {path.split("/")[0] for path, _ in holders(house.home.root, ["planted"])} == {"landing"}


@pytest.mark.parametrize("then", [{}, {"pseudonyms": True, "pseudonym_key": "another key"}])
def test_another_setting_makes_every_day_new_and_no_mixture_is_published(house, then):
    days = [FIRST, FIRST + timedelta(days=1)]
    for day in days:
        house.deliver("interactions", day, [interaction(n, day, f"m{n}") for n in range(9)])
    house.accept(days)
    check_alike(house.home, house.settings)
    assert changed_days(house.home, house.settings, INTERACTIONS, days) == {}

    house.settings = Settings(home=house.home.root, threads=1, **then)
    assert changed_days(house.home, house.settings, INTERACTIONS, days) == dict.fromkeys(
        days, "pseudonyms were switched on or off, or their key changed"
    )
    house.accept(days[1:])
    with pytest.raises(
        MixedPseudonymsError, match=f"first interactions {FIRST}.* guildbook run --from {FIRST} --to {FIRST}"
    ):
        check_alike(house.home, house.settings)
    house.accept(days)
    check_alike(house.home, house.settings)


def test_the_home_keeps_a_key_of_its_own(tmp_path):
    settings = Settings(home=tmp_path, pseudonyms=True)
    assert pseudonyms.mark(settings) == "p"
    first = known_as(settings, "m1")
    assert known_as(settings, " m1 ") == first != known_as(settings, "M1")
    assert first == pseudonym((tmp_path / ".pseudonym_key").read_bytes(), "m1")
    assert (tmp_path / ".pseudonym_key").stat().st_mode & 0o077 == 0
    assert re.fullmatch("p[0-9a-f]{8}", pseudonyms.mark(settings))


def test_the_command_gives_pseudonyms_for_ids(tmp_path, monkeypatch):
    monkeypatch.setenv("GUILDBOOK_HOME", str(tmp_path))
    off = CliRunner().invoke(app, ["pseudonym", "m1"])
    assert (off.exit_code, "GUILDBOOK_PSEUDONYMS is off" in off.output) == (1, True)


@pytest.mark.parametrize(("words", "typed"), [(["m1", "程序员"], ""), ([], "m1\n程序员\r\n\n")])
def test_the_command_takes_ids_as_words_or_lines(tmp_path, monkeypatch, words, typed):
    monkeypatch.setenv("GUILDBOOK_HOME", str(tmp_path))
    monkeypatch.setenv("GUILDBOOK_PSEUDONYMS", "true")
    monkeypatch.setenv("GUILDBOOK_PSEUDONYM_KEY", KEY)

    said = CliRunner().invoke(app, ["pseudonym", *words], input=typed)

    wanted = [f"{one}\t{pseudonym(KEY.encode(), one)}" for one in ("m1", "程序员")]
    assert (said.exit_code, said.output.splitlines()) == (0, wanted)
