"""The shape of a log day: what is counted of its rows, in which time zone, and how little is kept of many rows."""

from __future__ import annotations

import json
from datetime import date, timedelta
from hashlib import md5

import duckdb
import pytest

from pipelines.contract import LOGS
from pipelines.erasure import texts
from pipelines.gates.shapes.shape import Sample, shape_of
from pipelines.ingest import profile
from pipelines.ingest.profile import HEX, SAMPLED, forget, measure
from pipelines.lake.delivery import read_delivery
from pipelines.lake.sources import part_columns
from pipelines.privacy.needles import Needles
from tests.support.house import House
from tests.support.tiny_logs import FIRST, interaction


def delivered(house, rows, log="interactions", day=FIRST):
    house.deliver(log, day, rows)
    house.accept([day])
    return read_delivery(house.home.raw_part(log, day))


@pytest.fixture
def house(tmp_path):
    return House(tmp_path / "home", timezone="Asia/Shanghai")


def test_a_delivery_tells_the_shape_of_its_day(house):
    rows = [
        interaction(1, FIRST, "m1", "like", content_id="c1", duration_s=3),
        interaction(2, FIRST, "m1", "like", content_id="c2", duration_s=0, occurred_at=f"{FIRST}T12:10:00"),
        interaction(3, FIRST, "m2", "share", content_id="c1", occurred_at=f"{FIRST}T23:59:59"),
        interaction(4, FIRST, None, "like", occurred_at=f"{FIRST - timedelta(days=2)}T00:00:00"),
        interaction(5, FIRST, None, "like", occurred_at=f"{FIRST + timedelta(days=1)}T08:15:00"),
        interaction(6, FIRST, "m9", "like", op="delete"),
        interaction(7, FIRST, "m9", "teleport"),
    ]
    shape = shape_of(FIRST, delivered(house, rows))
    assert (shape.rows, shape.measured, shape.withdrawn) == (5, 5, 1)
    assert {hour: n for hour, n in enumerate(shape.hours) if n} == {0: 1, 8: 1, 12: 1, 23: 1}
    assert (shape.on_the_hour, shape.late, shape.ahead) == (2, 1, 1)
    assert (shape.people, shape.most_of_one, shape.people_of_most) == (2, 2, 1)
    assert shape.files == (7,)
    columns = shape.columns
    assert (columns["content_id"].filled, columns["content_id"].same) == (3, False)
    assert (columns["event_id"].filled, columns["event_id"].same) == (0, False)
    assert columns["kind"].classes == {"like": 4, "share": 1}
    assert columns["duration_s"].classes == {"0": 1, "16": 1}
    assert "title" not in columns


def test_keys_are_kept_with_what_they_stand_for(house):
    rows = [
        {
            "payment_id": f"p{n}",
            "member_id": "m1",
            "occurred_at": f"{FIRST}T09:00",
            "amount_minor": 5,
            "currency": "CNY",
        }
        for n in range(3)
    ]
    one = shape_of(FIRST, delivered(house, rows, "payments"))
    other = shape_of(FIRST, delivered(house, [row | {"member_id": "m2"} for row in rows], "payments"))
    assert one.keys_sample.keys() == other.keys_sample.keys()
    assert len(one.keys_sample) == 3
    assert not set(one.keys_sample.values()) & set(other.keys_sample.values())
    assert one.columns["amount_minor"].same


def test_rows_of_another_date_and_key_have_the_same_body(house):
    rows = [interaction(n, FIRST, f"m{n}", occurred_at=f"{FIRST}T09:00:{n:02}") for n in range(20)]
    later = [row | {"interaction_id": f"x{n}", "occurred_at": f"{FIRST}T09:00:{n:02}"} for n, row in enumerate(rows)]
    one, other = (shape_of(FIRST, delivered(house, each)) for each in (rows, later))
    assert one.bodies_sample == other.bodies_sample
    assert len(one.bodies_sample.hashes) == 20
    assert (
        one.bodies_sample != shape_of(FIRST, delivered(house, [row | {"kind": "share"} for row in rows])).bodies_sample
    )


def test_a_day_without_rows_has_a_shape_too(house):
    house.deliver("interactions", FIRST, [])
    house.accept([FIRST])
    assert read_delivery(house.home.candidate_part("interactions", FIRST))["shape"] == {"rows": 0, "withdrawn": 0}


@pytest.fixture(scope="module")
def many():
    """Shapes of two days, one of 30,000 rows and one of none."""
    with duckdb.connect(config={"TimeZone": "UTC", "autoinstall_known_extensions": False}) as con:
        columns = ", ".join(f"null::{type_} as {name}" for name, type_ in part_columns(LOGS["interactions"]).items())
        con.execute(
            f"""
            create table staged as
            select * replace (
                'i' || n as interaction_id, 'upsert' as op, 'm' || n % 5000 as member_id, event_day as event_day,
                case when n % 4 = 0 then 'like' else 'view' end as kind,
                event_day + interval 1 second * (n * 7919 % 86400) as occurred_at
            ), null::varchar as reason, hash(n, event_day) as row_hash, event_day as log_day
            from (select {columns.replace("null::DATE as event_day", "date '2025-03-01' as event_day")})
            cross join range(30000) as numbers(n)
            """
        )
        return measure(con, LOGS["interactions"], [date(2025, 3, 1), date(2025, 3, 2)])


def test_of_many_rows_some_are_measured_and_their_shares_hold(many):
    shape = shape_of(date(2025, 3, 1), {"shape": many[date(2025, 3, 1)]})
    assert shape.rows == 30_000
    assert profile.MEASURED / 2 < shape.measured <= profile.MEASURED
    assert shape.columns["kind"].classes["like"] / shape.measured == pytest.approx(0.25, abs=0.03)
    assert shape.people == 5000
    assert shape_of(date(2025, 3, 2), {"shape": many[date(2025, 3, 2)]}).rows == 0


def test_a_shape_stays_small_and_says_as_much_as_its_samples(many):
    assert len(json.dumps(list(many.values()))) < 12_000
    shape = shape_of(date(2025, 3, 1), {"shape": many[date(2025, 3, 1)]})
    assert len(shape.people_sample.hashes) == SAMPLED
    assert shape.people_sample.limit == max(shape.people_sample.hashes)
    assert len(shape.people_sample.below(min(shape.people_sample.hashes))) == 1


def test_a_sample_that_is_not_full_knows_every_value():
    few = Sample.of("".join(f"{n:0{HEX}X}" for n in range(3)))
    assert few.below("00000001") == {"00000000", "00000001"}
    assert few.below(few.limit) == few.hashes


def test_a_member_can_be_forgotten_and_the_counts_stay(house):
    shape = delivered(house, [interaction(n, FIRST, f"m{n}") for n in range(9)])["shape"]
    alone = delivered(house, [interaction(1, FIRST, "m1")])["shape"]
    without = forget(shape, ["m1", "m77"])
    assert alone["ids"] in shape["ids"]
    assert (len(without["ids"]), alone["ids"] in without["ids"]) == (8 * HEX, False)
    assert (without["keys"], without["bodies"]) == ("", "")
    assert {name: n for name, n in without.items() if n != shape.get(name)}.keys() == {"ids", "bodies", "keys"}
    assert shape_of(FIRST, {"shape": without}).rows == 9
    assert forget(shape, ["m77"]) is shape


def test_an_erasure_takes_the_hash_of_a_member_out_of_the_samples(house, tmp_path):
    shape = delivered(house, [interaction(n, FIRST, f"member-{n}") for n in range(9)])["shape"]
    told = house.home.raw_part("interactions", FIRST).with_name("_delivery.json")
    assert texts.rewrite(told, tmp_path / "_delivery.json", Needles({"member-1": "erased-x"})) == 1
    less = json.loads((tmp_path / "_delivery.json").read_text(encoding="utf-8"))
    assert less["shape"] == forget(shape, ["member-1"])
    assert less["shape"] != shape
    told.with_name("less").mkdir()
    (tmp_path / "_delivery.json").replace(told.with_name("less") / "_delivery.json")
    assert read_delivery(told.with_name("less") / "part-0.parquet") | {"shape": shape} == read_delivery(told)


def test_hashes_of_a_members_keys_go_where_no_sample_of_people_holds_the_member(house, tmp_path):
    link = {"member_a": "m1", "member_b": "m2", "occurred_at": f"{FIRST}T08:00:00"}
    crowd = [
        {"payment_id": f"p{n}", "occurred_at": f"{FIRST}T08:00:00", "member_id": f"m{n}", "amount_minor": 1}
        | {"currency": "EUR", "kind": "event", "event_id": "e1"}
        for n in range(2 * SAMPLED)
    ]
    hashes = {row["member_id"]: md5(row["member_id"].encode()).hexdigest() for row in crowd}
    hidden = max(hashes, key=lambda member: hashes[member])
    for log, rows, ids in (("identity_links", [link], {"m1": "erased-x"}), ("payments", crowd, {hidden: "erased-x"})):
        shape = delivered(house, rows, log)["shape"]
        assert forget(shape, ids) is shape, "no sample of people tells of the member"
        told = house.home.raw_part(log, FIRST).with_name("_delivery.json")
        assert texts.rewrite(told, tmp_path / "_delivery.json", Needles(ids)) == 1
        less = json.loads((tmp_path / "_delivery.json").read_text(encoding="utf-8"))["shape"]
        assert shape["keys"]
        assert (less["keys"], less["bodies"], less["rows"]) == ("", "", len(rows))
        assert texts.rewrite(told, tmp_path / "other.json", Needles({"m999999": "erased-y"})) == 0
