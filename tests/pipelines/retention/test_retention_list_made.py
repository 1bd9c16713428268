"""The day's list: logged before it is kept or exported, never made twice, never of those contacted before."""

from __future__ import annotations

import csv
import json
import shutil
import stat
from datetime import UTC, date, datetime, timedelta

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from jinja2 import Environment

from models.retention.arms import draw_arm
from pipelines.home import Home
from pipelines.lake import ledger
from pipelines.lake.duck import open_warehouse
from pipelines.lake.schemas import PREDICTIONS
from pipelines.lake.sources import EMPTY_DAY
from pipelines.retention import lists, store
from pipelines.retention.export import NoListError, export_list
from pipelines.settings import PROJECT_DIR, Settings

pytestmark = pytest.mark.slow

DAY = date(2025, 6, 30)
N = 60


@pytest.fixture
def home(tmp_path):
    made = Home(tmp_path / "home")
    made.root.mkdir()
    with open_warehouse(made, read_only=False) as con:
        con.execute("create schema retention; create schema built.marts;")
        con.execute(
            f"""
            create table retention.retention_members as
            select 'm' || lpad(i::varchar, 2, '0') as member_id, 'mrr' as value_basis, 1000::bigint as value_minor,
                'CNY' as currency, 1 + i / 10 as weight, case when i % 2 = 0 then 5::bigint end as days_to_term_end,
                null::date as last_contacted_day, false as is_lost, null::varchar as event_id,
                null::varchar as event_title, null::date as event_day, null::varchar as question_id,
                null::varchar as question_title, null::bigint as question_days
            from range({N}) as members (i)
            """
        )
        con.execute(
            """
            create table retention.retention_band_effects (
                definition varchar, risk_band varchar, n_treated bigint, n_held_out bigint,
                effect double, effect_low double, effect_high double
            );
            create table retention.retention_reads (member_id varchar, content_id varchar, first_day date);
            create table retention.retention_pieces (
                content_id varchar, kind varchar, title varchar, published_day date
            );
            create table built.marts.action_effects (
                campaign_id varchar, outcome varchar, is_primary boolean, verdict varchar
            );
            """
        )
    for day in (DAY, DAY + timedelta(days=1), DAY + timedelta(days=30)):
        predict(made, day)
    return made


def predict(home, day, version="v1", definition="inactivity", risk=lambda i: 0.2 + i / 200, members=range(N)):
    rows = [
        {
            "member_id": f"m{i:02}", "day": day, "definition": definition, "probability": risk(i), "risk_band": "low",
            "reasons_en": '["=last active 9 days ago"]', "reasons_zh": '["9 天前"]', "drivers": "[]", "learner": "rule",
            "model_version": version, "run_id": "run", "scored_at": datetime(2025, 7, 1, len(version), tzinfo=UTC),
        }
        for i in members
    ]  # fmt: skip
    path = home.predictions / f"day={day.isoformat()}" / f"part-{version}-{definition}.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.Table.from_pylist(rows, schema=PREDICTIONS), path)
    trained(home, version, definition, 0.0)


def trained(home, version, definition, churn_rate):
    card = json.dumps({"card": {"data": {"churn_rate": churn_rate}}})
    ledger.append(home, "churn_trainings", [{"model_version": version, "definition": definition, "card": card}])


def change(home, sql):
    with open_warehouse(home, read_only=False) as con:
        con.execute(sql)


def settings_of(home, **values):
    return Settings(
        home=home.root, **{"retention_capacity": 6, "arm_key": "key of a test", "retention_least_risk": 0} | values
    )


def drawn_on(home, day):
    return {row["member_id"]: row for row in store.draws(home) if row["day"] == day}


def test_as_many_are_treated_as_can_be_contacted_and_the_withheld_come_on_top(home):
    rows = lists.make_list(home, settings_of(home, retention_held_out_share=0.5), DAY, "run")
    drawn = drawn_on(home, DAY)
    arms = [drawn[row["member_id"]]["arm"] for row in rows]
    assert arms.count("treated") == 6
    assert arms.count("held_out") > 0
    assert [row["rank"] for row in rows] == list(range(1, len(rows) + 1))
    assert [row["score"] for row in rows] == sorted((row["score"] for row in rows), reverse=True)
    assert rows[0]["member_id"] == f"m{N - 1}"
    for row in rows:
        share = drawn[row["member_id"]]["held_out_share"]
        expected = draw_arm(b"key of a test", row["campaign_id"], row["member_id"], share)
        assert drawn[row["member_id"]]["arm"] == expected
        assert row["ranked_by"] == "risk_times_value"
        assert row["ranked_because_en"]
        assert row["ranked_because_zh"]


def test_who_is_lost_is_listed_after_everybody_else(home):
    """The five who weigh most are lost: they come after the others, and only if places are left."""
    lost = [f"m{i}" for i in range(N - 5, N)]
    change(home, f"update retention.retention_members set is_lost = true where member_id in {tuple(lost)}")
    listed = [row["member_id"] for row in lists.make_list(home, settings_of(home, retention_capacity=N), DAY, "run-1")]
    assert sorted(listed[-5:]) == lost
    assert len(listed) == N


def test_a_day_s_list_is_made_once_whatever_changes_later(home):
    first = lists.make_list(home, settings_of(home), DAY, "run-1")
    predict(home, DAY, "v-newer", risk=lambda i: 0.9 - i / 200)
    assert (
        lists.make_list(home, settings_of(home, arm_key="another"), DAY, "run-2") == first == store.list_of(home, DAY)
    )
    assert {row["run_id"] for row in store.draws(home)} == {"run-1"}


def test_only_current_predictions_count(home):
    predict(home, DAY, "v-newer", risk=lambda i: 0.9 if i == 0 else 0.0)
    first = lists.make_list(home, settings_of(home), DAY, "run")[0]
    assert (first["member_id"], first["definition"], first["model_version"]) == ("m00", "inactivity", "v-newer")


def test_whom_the_newest_version_did_not_score_is_not_listed(home):
    """m59, the highest risk of the older version, was known to have left when the day was scored again."""
    predict(home, DAY, "v-newer", members=range(N - 1))
    rows = lists.make_list(home, settings_of(home, retention_capacity=N), DAY, "run")
    assert "m59" not in drawn_on(home, DAY)
    assert {row["member_id"] for row in rows} == {f"m{i:02}" for i in range(N - 1)}


def test_whose_term_ends_is_listed_by_the_risk_of_a_lapse_and_once(home):
    """By inactivity m59 is at the top and m00 at the bottom; by lapse it is the other way round, of these two alone."""
    predict(home, DAY, "v-of-lapse", "lapse", risk={0: 0.99, 59: 0.001}.get, members=(0, 59))
    change(home, "update retention.retention_members set weight = 1")
    rows = lists.make_list(home, settings_of(home, retention_capacity=N, retention_held_out_share=0.0), DAY, "run")
    names = [row["member_id"] for row in rows]
    assert (names[0], names[-1], len(set(names)), len(names)) == ("m00", "m59", N, N)
    by = {row["member_id"]: (row["definition"], row["model_version"]) for row in rows}
    assert by["m00"] == by["m59"] == ("lapse", "v-of-lapse")
    assert by["m01"] == ("inactivity", "v1")
    drawn = drawn_on(home, DAY)
    assert {name: row["definition"] for name, row in drawn.items()} == {name: of for name, (of, _) in by.items()}


def test_who_was_listed_is_not_listed_again_before_the_cool_down_is_over_withheld_or_not(home):
    settings = settings_of(home, retention_held_out_share=0.5)
    first = {row["member_id"] for row in lists.make_list(home, settings, DAY, "run-1")}
    second = {row["member_id"] for row in lists.make_list(home, settings, DAY + timedelta(days=1), "run-2")}
    assert second
    assert not first & second
    third = {row["member_id"] for row in lists.make_list(home, settings, DAY + timedelta(days=30), "run-3")}
    assert third == first


def test_who_was_contacted_otherwise_is_not_listed_either(home):
    change(home, f"update retention.retention_members set last_contacted_day = '{DAY - timedelta(days=29)}'"
                 " where member_id = 'm59'")  # fmt: skip
    change(home, f"update retention.retention_members set last_contacted_day = '{DAY - timedelta(days=30)}'"
                 " where member_id = 'm58'")  # fmt: skip
    assert lists.make_list(home, settings_of(home), DAY, "run")[0]["member_id"] == "m58"


def test_an_arm_holds_though_key_and_share_change(home):
    settings = settings_of(home, retention_held_out_share=0.5)
    first = {row["member_id"]: row["arm"] for row in drawn_after(home, settings, DAY).values()}
    other = settings_of(home, retention_held_out_share=0.0, arm_key="another")
    later = drawn_after(home, other, DAY + timedelta(days=30))
    assert {name: row["arm"] for name, row in later.items() if name in first} == first
    assert "held_out" in first.values()


def drawn_after(home, settings, day):
    lists.make_list(home, settings, day, f"run of {day}")
    return drawn_on(home, day)


def test_a_kill_before_the_log_leaves_nothing_and_one_after_it_leaves_no_list(home, monkeypatch):
    """The run after the kill makes the list of the members that were logged, though the ranking is another by then."""
    settings = settings_of(home)
    append = ledger.append

    def killed_at(name):
        def _append(home, written, rows, *more):
            if written == name:
                raise KeyboardInterrupt
            append(home, written, rows, *more)

        return _append

    for name, logged in ((store.DRAWS, False), (store.LISTS, True)):
        monkeypatch.setattr(ledger, "append", killed_at(name))
        with pytest.raises(KeyboardInterrupt):
            lists.make_list(home, settings, DAY, "killed")
        assert bool(store.draws(home)) == logged
        assert store.list_of(home, DAY) == []
        with pytest.raises(NoListError):
            export_list(home, DAY)
        assert not home.exports.exists()
    monkeypatch.setattr(ledger, "append", append)
    drawn = drawn_on(home, DAY)
    predict(home, DAY, "v-newer", risk=lambda i: 0.9 - i / 200)
    rows = lists.make_list(home, settings, DAY, "after")
    assert {row["member_id"] for row in rows} == set(drawn)
    assert drawn_on(home, DAY) == drawn
    assert {row["kind"] for row in rows} <= {row["kind"] for row in drawn.values()}


def test_a_list_without_its_log_is_neither_kept_nor_exported(home):
    lists.make_list(home, settings_of(home), DAY, "run")
    (row, *_) = store.list_of(home, DAY)
    with pytest.raises(store.UnloggedListError, match="first stranger"):
        store.keep_list(home, DAY, [row | {"member_id": "stranger"}], "run")
    for path in (home.ledger / store.DRAWS).iterdir():
        path.unlink()
    with pytest.raises(store.UnloggedListError, match="not in the log of draws"):
        export_list(home, DAY)
    assert not home.exports.exists()


def test_the_export_holds_the_treated_and_nothing_that_names_an_arm(home):
    settings = settings_of(home, retention_held_out_share=0.5)
    lists.make_list(home, settings, DAY, "run")
    lists.make_list(home, settings, DAY + timedelta(days=30), "run")
    path = export_list(home, DAY)
    text = path.read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(text.splitlines()))
    drawn = drawn_on(home, DAY)
    assert {row["member_id"] for row in rows} == {name for name, row in drawn.items() if row["arm"] == "treated"}
    assert "held_out" in {row["arm"] for row in drawn.values()}
    assert "held_out" not in text
    assert "arm" not in rows[0]
    assert rows[0]["reasons_en"] == "'=last active 9 days ago"
    assert {row["definition"] for row in rows} == {"inactivity"}
    ends = {row["member_id"]: row["term_end"] for row in rows}
    assert ends == {name: "" if int(name[1:]) % 2 else str(DAY + timedelta(days=5)) for name in ends}
    assert len(set(ends.values())) == 2
    before = path.read_bytes()
    assert export_list(home, DAY).read_bytes() == before
    assert export_list(home).name == f"retention-actions-{DAY + timedelta(days=30)}.csv"
    with pytest.raises(NoListError, match="nobody is listed for 2025-01-01"):
        export_list(home, date(2025, 1, 1))


def test_the_export_says_what_members_are_called_as_the_publication_does(home):
    lists.make_list(home, settings_of(home, retention_held_out_share=0.0), DAY, "run")
    (first, second, *_) = sorted(drawn_on(home, DAY))
    (home.versions / "1").mkdir(parents=True)
    home.published.symlink_to("versions/1")
    with duckdb.connect(str(home.published / "analytics.duckdb")) as con:
        con.execute("create schema marts; create table marts.dim_members (member_id varchar)")
    assert {row["display_name"] for row in exported(home)} == {""}

    with duckdb.connect(str(home.published / "analytics.duckdb")) as con:
        con.execute(
            "create or replace table marts.dim_members (member_id varchar, display_name varchar, profile_url varchar);"
            f"insert into marts.dim_members values ('{first}', '=cmd()', 'https://x.org/1'), ('{second}', null, null)"
        )
    called = {row["member_id"]: (row["display_name"], row["profile_url"]) for row in exported(home)}
    assert called.pop(first) == ("'=cmd()", "https://x.org/1")
    assert set(called.values()) == {("", "")}


def exported(home):
    return list(csv.DictReader(export_list(home, DAY).read_text(encoding="utf-8-sig").splitlines()))


def test_a_kind_measured_to_harm_is_not_suggested_any_more(home):
    change(home, "insert into marts.action_effects values ('retention-1-coupon', 'renewed', true, 'harms')")
    assert {row["kind"] for row in lists.make_list(home, settings_of(home), DAY, "run")} == {"points"}


def test_lists_are_ranked_by_effect_once_it_was_measured(home):
    effect = "('inactivity', 'low', 100, 100, 0.2, 0.1, 0.3)"
    change(home, f"insert into retention.retention_band_effects values {effect}")
    rows = lists.make_list(home, settings_of(home), DAY, "run")
    assert {row["ranked_by"] for row in rows} == {"expected_effect"}
    assert rows[0]["score"] == pytest.approx(0.2 * rows[0]["weight"])


def test_without_capacity_there_is_no_list(home):
    assert lists.make_list(home, settings_of(home, retention_capacity=0), DAY, "run") == []


def test_a_home_makes_its_own_key_once_and_nobody_else_may_read_it(home):
    own = settings_of(home, arm_key="")
    key = store.arm_key(home, own)
    assert len(key) >= 32
    assert store.arm_key(home, own) == key
    assert stat.S_IMODE(home.arm_key.stat().st_mode) == 0o600
    assert "key of a test" not in repr(settings_of(home))


def test_suggestions_are_judged_again_after_a_week(home):
    for days, judged in ((0, 1), (1, 1), (30, 2)):
        lists.make_list(home, settings_of(home), DAY + timedelta(days=days), "run")
        assert ledger.read(home, store.EVALUATIONS).num_rows == 4 * judged


def test_places_stay_free_where_nobody_else_is_at_enough_risk(home):
    """Risk is .2 + i/200, so ten members are at .45 or more; twice what is usual is less."""
    rows = lists.make_list(home, settings_of(home, retention_capacity=40, retention_least_risk=0.45), DAY, "run")
    assert {row["member_id"] for row in rows} == {f"m{i}" for i in range(50, N)}
    assert {(row["least_risk"], row["capacity"]) for row in rows} == {(0.45, 40)}


def test_the_floor_is_twice_what_is_usual_in_the_training_of_the_version_that_scored(home):
    trained(home, "v1", "inactivity", 0.24)
    trained(home, "v0", "inactivity", 0.01)
    rows = lists.make_list(home, settings_of(home, retention_capacity=40), DAY, "run")
    assert {row["member_id"] for row in rows} == {f"m{i}" for i in range(56, N)}
    assert {row["least_risk"] for row in rows} == {0.48}


def test_before_anything_is_learnt_nobody_is_listed(home):
    shutil.rmtree(home.ledger / "churn_trainings")
    trained(home, "v1", "inactivity", None)
    rows = lists.make_list(home, settings_of(home), DAY, "run")
    assert rows == []


@pytest.mark.parametrize("missing", ["null", "''", "' '"])
def test_a_piece_without_a_title_is_sent_by_its_kind_and_id(home, missing):
    change(
        home,
        f"""
        insert into retention.retention_reads
        select 'm' || lpad(i::varchar, 2, '0'), 'q' || (i % 3), date '2025-06-20' from range({N}) as members (i);
        insert into retention.retention_pieces
        select 'q' || i, 'question', {missing}, date '2025-06-01' from range(3) as pieces (i);
        update retention.retention_members set days_to_term_end = null, weight = 1;
        """,
    )
    rows = lists.make_list(home, settings_of(home), DAY, "run")
    sent = [row for row in rows if row["kind"] == "message"]
    assert len(sent) == len(rows) > 0
    for row in sent:
        assert "the question q" in row["suggestion_en"]
        assert "提问 q" in row["suggestion_zh"]
        assert "nan" not in row["suggestion_en"] + row["suggestion_zh"]


def test_who_waits_for_an_answer_is_written_to_about_it(home):
    change(
        home,
        f"""
        insert into retention.retention_reads
        select 'm' || lpad(i::varchar, 2, '0'), 'c' || (i % 3), date '2025-06-20' from range({N}) as members (i);
        insert into retention.retention_pieces
        select 'c' || i, 'article', 'Piece ' || i, date '2025-06-01' from range(3) as pieces (i);
        update retention.retention_members set
            days_to_term_end = null, weight = 1, question_days = 12,
            question_id = case when member_id = 'm59' then 'q7' end;
        """,
    )
    first, second, *_ = lists.make_list(home, settings_of(home, retention_held_out_share=0.0), DAY, "run")
    assert (first["member_id"], first["kind"], first["content_ids"]) == ("m59", "message", '["q7"]')
    assert "their question q7, which has waited 12 days" in first["suggestion_en"]
    assert (first["suggested_by"], second["suggested_by"]) == (None, "popularity")
    assert second["suggestion_en"].startswith("Send: “Piece")


@pytest.mark.parametrize(
    ("kept_en", "kept_zh", "shown_en", "shown_zh"),
    [
        ("Send: “nan”; “nan”.", "推送：“nan”、“nan”。", "Send something worth reading.", "推送值得一读的内容。"),
        ("Send: “nan”; “A”; “nan”.", "推送：“nan”、“A”、“nan”。", "Send: “A”.", "推送：“A”。"),
        ("Send: “A”; “B”.", "推送：“A”、“B”。", "Send: “A”; “B”.", "推送：“A”、“B”。"),
    ],
)
def test_a_list_made_with_missing_titles_is_shown_without_them(home, kept_en, kept_zh, shown_en, shown_zh):
    ledger.append(
        home, store.LISTS, [{"day": DAY, "member_id": "m01", "suggestion_en": kept_en, "suggestion_zh": kept_zh}]
    )
    (row,) = store.list_of(home, DAY)
    assert (row["suggestion_en"], row["suggestion_zh"]) == (shown_en, shown_zh)
    with duckdb.connect() as con:
        macros = PROJECT_DIR / "dbt_project" / "macros"
        jinja = Environment()
        engine = jinja.from_string((macros / "engine.sql").read_text(encoding="utf-8")).module
        jinja.globals["replaced_all"] = engine.default__replaced_all
        macro = jinja.from_string((macros / "missing_titles.sql").read_text(encoding="utf-8")).module
        sql = str(macro.without_missing_titles("kept"))
        for kept, shown in ((kept_en, shown_en), (kept_zh, shown_zh)):
            assert con.execute(f"select {sql} from (select $kept as kept)", {"kept": kept}).fetchall() == [(shown,)]


def test_whoever_was_drawn_by_a_run_that_broke_off_stays_on_the_list_below_the_floor(home, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(store, "keep_list", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            lists.make_list(home, settings_of(home), DAY, "run-1")
    drawn = set(drawn_on(home, DAY))
    rows = lists.make_list(home, settings_of(home, retention_least_risk=1.0), DAY, "run-2")
    assert {row["member_id"] for row in rows} == drawn != set()


def test_a_day_on_which_nobody_is_worth_a_place_is_not_answered_with_an_older_list(home):
    first, second = DAY, DAY + timedelta(days=30)
    lists.make_list(home, settings_of(home), first, "run-1")
    assert lists.make_list(home, settings_of(home, retention_least_risk=1.0), second, "run-2") == []
    predict(home, EMPTY_DAY, members=[])
    with pytest.raises(NoListError, match=f"nobody is listed for {second}.*--day {first} writes it"):
        export_list(home)
    assert export_list(home, first).exists()


def test_members_who_were_drawn_for_another_campaign_on_the_day_are_no_list(home):
    row = {"member_id": "m01", "campaign_id": "winback", "kind": "message", "arm": "treated"}
    store.keep_draws(home, DAY, [row], "")

    made = lists.make_list(home, settings_of(home), DAY, "run")

    assert len(made) > 1
    assert {one["campaign_id"] for one in made} != {"winback"}
    assert "m01" not in {one["member_id"] for one in made}  # within the cool-down of that draw
