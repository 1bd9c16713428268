"""What is said of accepted rows: keys that stand for several things."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from pipelines import clock
from pipelines.ingest.findings import standing
from pipelines.lake import ledger
from tests.support.ingest_community import DAY, HEADER, Community

MEMBERS_ACTS = "".join(f"-1,2024-03-05T10:{n:02},like,m{n}\n" for n in range(12))


@pytest.mark.parametrize(
    ("log", "rows", "shared"),
    [
        ("interactions", [("-1", "a", "c"), ("-1", "b", "c"), ("1", "a", "c")], {"interaction_id -1": (2, 2)}),
        ("interactions", [("1", "a", "c"), ("1", "a", "d")], {}),
        ("interactions", [("1", "a", "c"), ("1", "", "d")], {}),
        ("interactions", [("0", "", "c"), ("0", "", "d"), ("0", "", "d")], {"interaction_id 0": (3, 2)}),
        ("interactions", [("1", "a", "c"), ("1", "b", "c", "2024-03-04")], {}),
        ("interactions", [("1", "a", "c"), ("1", "b", "c", "", "chat")], {}),
        ("interactions", [("1", "a", "c"), ("1", "b", "c", "", "", "delete")], {}),
    ],
    ids=[
        "two members", "an interaction of one member corrected", "its member erased", "interactions of nobody",
        "the same id on another day", "the same id of another system", "withdrawn",
    ],
)  # fmt: skip
def test_rows_that_share_a_key_are_told_from_versions(tmp_path, log, rows, shared):
    community = Community(tmp_path, log)
    lines = ["interaction_id,member_id,content_id,occurred_at,source,op,kind"]
    for number, member, piece, *more in rows:
        day, source, op = [*more, "", "", ""][:3]
        lines.append(f"{number},{member},{piece},{day or DAY},{source},{op},like")
    community.deliver("a.csv", "\n".join(lines) + "\n")
    community.ingest()
    found = {row["name"]: (row["n_rows"], int(row["said"].split("with ")[1][0])) for row in findings(community)}
    assert found == shared
    assert community.delivery()["profile"]["shared_key_rows"] == sum(n_rows for n_rows, _ in shared.values())


@pytest.mark.parametrize(
    ("log", "lines", "name"),
    [
        (
            "payments",
            "payment_id,occurred_at,member_id,amount_minor,currency\n0,2024-03-05,a,5,EUR\n0,2024-03-05,b,5,EUR\n",
            "payment_id 0",
        ),
        (
            "subscriptions",
            "subscription_id,occurred_at,member_id,step,term_start,term_end\n"
            "s,2024-03-05,a,start,2024-03-05,2024-04-05\ns,2024-03-05,b,start,2024-03-05,2024-04-05\n",
            "subscription_id s, term_start 2024-03-05, step start",
        ),
        (
            "content",
            "content_id,occurred_at,kind,published_at\n9,2024-03-05,article,2024-03-01\n9,2024-03-05,article,2024-03-02\n",
            "content_id 9",
        ),
        (
            "content",
            "content_id,occurred_at,kind,published_at,title\n9,2024-03-05,article,2024-03-01,a\n"
            "9,2024-03-05,article,2024-03-01,b\n",
            None,
        ),
        (
            "members",
            "member_id,occurred_at,joined_at\na,2024-03-05,2024-03-01\na,2024-03-05,2024-03-02\n",
            None,
        ),
    ],
)
def test_every_log_with_ids_is_looked_at(tmp_path, log, lines, name):
    community = Community(tmp_path, log)
    community.deliver("a.csv", lines)
    community.ingest()
    assert [row["name"] for row in findings(community)] == ([name] if name else [])


def test_a_shared_key_is_kept_with_its_delivery_and_summed_up_in_a_line(community):
    community.deliver("a.csv", HEADER + MEMBERS_ACTS)
    community.deliver("b.csv", HEADER + "-1,2024-03-06,like,m1\n-1,2024-03-06,like,m2\n", DAY + timedelta(days=1))
    report = community.ingest(DAY, DAY + timedelta(days=1))
    assert report.findings == [
        "interaction_id -1: 12 rows with 12 different member_id, of which one counts; others like it, 14 rows in "
        "all (2 log days, 2024-03-05 to 2024-03-06): give each row an id of its own; a mapping makes one of several "
        "columns by a template"
    ]
    first, second = findings(community)
    (delivery, *_) = ledger.read(community.home, "deliveries").to_pylist()
    assert (first["delivery_id"], first["found_at"]) == (delivery["delivery_id"], delivery["ingested_at"])
    assert (first["log_day"], first["n_rows"], second["n_rows"]) == (DAY, 12, 2)
    assert community.ingest(DAY).findings == []


def test_of_many_shared_keys_the_worst_are_named_and_all_are_counted(community):
    rows = "".join(f"{n % 30},2024-03-05,like,m{n}\n" for n in range(90)) + "7,2024-03-05,like,x\n"
    community.deliver("a.csv", HEADER + rows)
    community.ingest()
    named = findings(community)
    assert (len(named), named[0]["name"], named[0]["n_rows"]) == (21, "interaction_id 7", 4)
    assert (named[-1]["name"], named[-1]["n_rows"]) == ("other keys", 30)
    assert community.delivery()["profile"]["shared_key_rows"] == 91
    (line,) = community.ingest(force=True).findings
    assert "7: 4 rows with 4 different member_id, of which one counts; others like it, 91 rows in all (" in line


def test_findings_stand_until_their_day_is_delivered_again(community):
    file = community.deliver("a.csv", HEADER + MEMBERS_ACTS)
    community.deliver("a.csv", HEADER + MEMBERS_ACTS.replace("03-05", "03-06"), DAY + timedelta(days=1))
    community.ingest(DAY, DAY + timedelta(days=1))
    assert [row["log_day"] for row in standing(community.home)] == [DAY, DAY + timedelta(days=1)]
    file.write_text(HEADER + "1,2024-03-05,like,m\n")
    community.ingest(DAY)
    assert [row["log_day"] for row in standing(community.home)] == [DAY + timedelta(days=1)]


def test_a_delivery_is_dated_after_the_one_before_it_though_the_clock_was_set_back(community, monkeypatch):
    file = community.deliver("a.csv", HEADER + MEMBERS_ACTS)
    community.ingest()
    earlier = clock.now() - timedelta(hours=3)
    monkeypatch.setattr(clock, "now", lambda: earlier)
    file.write_text(HEADER + "1,2024-03-05,like,m\n")
    community.ingest()
    first, second = (row["ingested_at"] for row in ledger.read(community.home, "deliveries").to_pylist())
    assert second == first + timedelta(microseconds=1)


def findings(community):
    return ledger.read(community.home, "delivery_findings").to_pylist()


@pytest.mark.parametrize(
    ("log", "name", "kind", "said"),
    [
        ("interactions", "member", "misspelt_column", "did you mean member_id? It is empty in 2 rows"),
        ("interactions", "username", "misspelt_column", "did you mean member_id? It is empty in 2 rows"),
        ("interactions", "userId", "misspelt_column", "did you mean member_id? It is empty in 2 rows"),
        ("interactions", "contentid", "misspelt_column", "did you mean content_id? It is empty in 2 rows"),
        ("content", "author", "misspelt_column", "did you mean author_id? It is empty in 2 rows"),
        ("content", "reputation", "unknown_column", "column `reputation` is not in the contract: 2 rows"),
    ],
)
@pytest.mark.parametrize("form", ["a.csv", "a.jsonl"])
def test_an_unknown_column_is_named_with_the_one_that_may_be_meant(tmp_path, log, name, kind, said, form):
    community = Community(tmp_path, log)
    id_ = "interaction_id" if log == "interactions" else "content_id"
    rows = [
        {id_: str(n), "occurred_at": "2024-03-05", "kind": "comment", "published_at": "2024-03-05", name: f"x{n}"}
        for n in range(2)
    ]
    if log == "interactions":
        rows = [{key: value for key, value in row.items() if key != "published_at"} for row in rows]
    csv = "\n".join([",".join(rows[0]), *(",".join(row.values()) for row in rows)]) + "\n"
    community.deliver(form, csv if form == "a.csv" else "".join(json.dumps(row) + "\n" for row in rows))
    (line,) = community.ingest().findings
    (found,) = findings(community)
    assert (found["finding"], found["name"], found["n_rows"]) == (kind, name, 2)
    assert said in found["said"]
    assert line == f"{found['said']} ({DAY}): {found['cure']}"


def test_a_column_beside_the_one_it_looks_like_is_no_slip(community):
    community.deliver("a.csv", "interaction_id,occurred_at,kind,member_id,member\n1,2024-03-05,like,m,x\n")
    community.ingest()
    (found,) = findings(community)
    assert (found["finding"], found["cure"][:13]) == ("unknown_column", "nothing to do")
    assert community.delivery()["profile"]["null_members"] == 0
