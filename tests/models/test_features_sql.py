"""The features' SQL, built by dbt over small lakes: what was known at T, and nothing later."""

import random
from datetime import date, timedelta

import duckdb
import pandas as pd
import pytest
import yaml

from models.features import FEATURE_NAMES, KEYS
from tests.support.churn_lake import DBT_PROJECT, USED_LOGS, Lake

pytestmark = [pytest.mark.dbt, pytest.mark.xdist_group("churn_lake")]

FIRST = date(2025, 1, 1)
CUTOFFS = [date(2025, 3, 1), date(2025, 3, 31), date(2025, 4, 30)]


def day(n):
    return FIRST + timedelta(days=n)


def random_logs(seed):
    """Logs in which rows come late, twice, corrected and withdrawn, for every log that features read."""
    draw = random.Random(seed)
    members = [f"m{i}" for i in range(16)]
    logs = {name: [] for name in USED_LOGS}

    def add(log, event_day, **row):
        for seq in range(draw.choice([1, 1, 1, 2, 3])):
            late = draw.choice([0, 0, 0, 1, 5, 40])
            logs[log].append(
                {
                    "source": "s",
                    "source_seq": draw.choice([None, seq]),
                    "op": draw.choice(["upsert"] * 6 + ["delete"]),
                    "event_day": event_day,
                    "log_day": event_day + timedelta(days=late),
                    "occurred_at": pd.Timestamp(event_day) + pd.Timedelta(hours=draw.randrange(24)),
                    **{name: value() if callable(value) else value for name, value in row.items()},
                }
            )

    for i in range(700):
        kinds = ["view", "read", "like", "reply", "ask", "answer", "comment", "mention"]
        add(
            "interactions",
            day(draw.randrange(150)),
            interaction_id=f"i{i}",
            kind=draw.choice(kinds),
            member_id=lambda: draw.choice([*members, None]),
            content_id=draw.choice([None, f"c{draw.randrange(150)}"]),
            target_member_id=draw.choice([None, *members]),
            channel=draw.choice("abc"),
        )
    for i in range(150):
        published = day(draw.randrange(140))
        add(
            "content",
            published + timedelta(days=draw.choice([0, 0, 10])),
            content_id=f"c{i}",
            kind=draw.choice(["article", "question", "answer", "comment"]),
            published_at=pd.Timestamp(published),
            author_id=draw.choice(members),
            parent_id=draw.choice([None, f"c{draw.randrange(150)}"]),
            root_id=draw.choice([None, None, f"c{draw.randrange(150)}"]),
            deleted_at=draw.choice([None] * 5 + [pd.Timestamp(published + timedelta(days=30))]),
        )
    for member in members:
        for _ in range(3):
            at = day(draw.randrange(150))
            add(
                "members",
                at,
                member_id=member,
                joined_at=pd.Timestamp(FIRST),
                role=draw.choice(["member", "member", "bot"]),
                status=draw.choice([None, "active", "active", "left"]),
            )
            add(
                "event_participation",
                at,
                event_id=f"e{draw.randrange(3)}",
                member_id=member,
                state=draw.choice(["registered", "attended"]),
            )
            add(
                "subscriptions",
                at,
                subscription_id=f"s{member}",
                member_id=member,
                step=draw.choice(["start", "renew", "cancel_scheduled", "payment_failed", "refunded"]),
                term_start=day(30 * draw.randrange(4)),
                term_end=day(30 * draw.randrange(4, 6)),
                price_minor=1000,
                discount_minor=draw.choice([None, 100]),
            )
    for _ in range(12):
        at = day(draw.randrange(150))
        one, other = draw.sample(members, 2)
        revoked = draw.choice([None, None, pd.Timestamp(at + timedelta(days=draw.randrange(60)))])
        valid_from = draw.choice([None, at + timedelta(days=draw.randrange(-20, 20))])
        add("identity_links", at, member_a=one, member_b=other, revoked_at=revoked, valid_from=valid_from)
    return {name: pd.DataFrame(rows) for name, rows in logs.items()}


def build(home, logs, days=CUTOFFS, truth=None, **environment):
    lake = Lake(home, environment)
    with duckdb.connect() as connection:
        for name, frame in logs.items():
            connection.register("frame", frame)
            lake.write(name, "select * from frame", connection)
    return lake.build(days, truth)


def test_features_at_a_day_are_the_same_when_everything_later_is_deleted(tmp_path):
    logs = random_logs(1)
    whole, _ = build(tmp_path / "whole", logs)
    for cutoff in CUTOFFS:
        known = {
            name: frame[(frame["event_day"] <= cutoff) & (frame["log_day"] <= cutoff)] for name, frame in logs.items()
        }
        assert sum(map(len, known.values())) < sum(map(len, logs.values()))
        then, _ = build(tmp_path / str(cutoff), known, [cutoff])
        assert len(then) > 3
        same_day = whole[whole["as_of_day"] == pd.Timestamp(cutoff)].reset_index(drop=True)
        # Whether a whole number is missing anywhere decides its dtype.
        pd.testing.assert_frame_equal(then, same_day, check_exact=True, check_dtype=False)
    assert (whole["questions_waiting_90"] > 0).any()


def persons_of(rows, home, days):
    """Member ids of the features when these links (a, b, event day, log day, more columns) are delivered."""
    active = interactions([(member, t, t, {}) for member in "abc" for t in days])
    links = pd.DataFrame(
        [
            {
                "member_a": a, "member_b": b, "occurred_at": pd.Timestamp(at), "event_day": at, "log_day": log_day,
                "source": "s", "op": "upsert", "revoked_at": None,
            }
            | more
            for a, b, at, log_day, more in rows
        ]
    )  # fmt: skip
    features, labels = build(home, {"interactions": active, "identity_links": links}, days, truth_of_a(days))
    return features, labels


def truth_of_a(days):
    rows = ", ".join(f"('a', date '{t + timedelta(days=30)}', true)" for t in days)
    return f"select * from (values {rows}) as t(member_id, day, is_active)"


def test_a_link_counts_for_a_cut_off_from_the_day_it_was_known_and_a_label_sees_who_it_was(tmp_path):
    early, late = CUTOFFS[:2]
    known = late - timedelta(days=3)
    features, labels = persons_of([("b", "a", day(0), known, {})], tmp_path, [early, late])
    members = features.groupby("as_of_day")["member_id"].agg(list).tolist()
    assert members == [["a", "b", "c"], ["a", "c"]]
    assert features["acts_30"].tolist() == [1, 1, 1, 2, 1]
    # Nobody but a did anything in the days after, and b turned out to be a.
    churned = labels.groupby("as_of_day")["is_churned"].agg(list).tolist()
    assert churned == [[False, False, True], [False, True]]


def test_a_revoked_link_counts_while_it_stood(tmp_path):
    early, late = CUTOFFS[:2]
    revoked = {"revoked_at": pd.Timestamp(late), "source_seq": 2}
    links = [
        ("a", "b", day(0), day(0), {"source_seq": 1, "op": "upsert"}),
        ("b", "a", day(0), late, revoked),
    ]
    features, _ = persons_of(links, tmp_path, [early, late])
    assert features.groupby("as_of_day")["member_id"].agg(list).tolist() == [["a", "c"], ["a", "b", "c"]]


def test_the_order_of_rows_threads_and_duplicates_change_nothing(tmp_path):
    logs = random_logs(3)
    base, _ = build(tmp_path / "base", logs)
    mixed = {
        name: pd.concat([frame, frame.sample(frac=0.3, random_state=1)]).sample(frac=1, random_state=2)
        for name, frame in logs.items()
    }
    again, _ = build(tmp_path / "mixed", mixed, GUILDBOOK_THREADS="1")
    pd.testing.assert_frame_equal(base, again, check_exact=True)


def interactions(rows):
    """Return an interactions log of (member, event day, log day, more columns)."""
    return pd.DataFrame(
        [
            {
                "interaction_id": f"i{i}",
                "kind": "reply",
                "member_id": member,
                "occurred_at": pd.Timestamp(event_day),
                "event_day": event_day,
                "log_day": log_day,
                "source": "s",
                "op": "upsert",
                **more,
            }
            for i, (member, event_day, log_day, more) in enumerate(rows)
        ]
    )


def test_labels_look_at_the_days_after_the_cut_off_up_to_the_horizon(tmp_path):
    t = day(60)
    seen = {"on_t": 0, "next": 1, "last": 30, "too_late": 31}
    log = interactions([(member, t, t, {}) for member in seen])
    rows = ", ".join(f"('{member}', date '{t + timedelta(days=n)}', true)" for member, n in seen.items())
    truth = f"select * from (values {rows}, ('read_only', date '{t}', false)) as t(member_id, day, is_active)"
    _, labels = build(tmp_path, {"interactions": log}, [t, t + timedelta(days=2)], truth)
    assert labels["as_of_day"].unique().tolist() == [pd.Timestamp(t)]  # t + 2 + 30 is after the last day
    assert dict(zip(labels["member_id"], labels["is_churned"], strict=True)) == {
        "last": False, "next": False, "on_t": True, "too_late": True,
    }  # fmt: skip
    assert labels["known_day"].unique().tolist() == [pd.Timestamp(t + timedelta(days=30))]


def test_the_horizon_is_a_setting(tmp_path):
    t = day(60)
    log = interactions([("a", t - timedelta(days=9), t, {}), ("b", t - timedelta(days=10), t, {})])
    features, _ = build(tmp_path, {"interactions": log}, [t], GUILDBOOK_CHURN_HORIZON_DAYS="10")
    assert features["member_id"].tolist() == ["a"]


def test_a_piece_counts_once_however_its_interaction_becomes_known(tmp_path):
    t = day(60)
    content = pd.DataFrame(
        [
            {
                "content_id": name, "kind": "question", "author_id": f"of_{name}",
                "published_at": pd.Timestamp(t), "occurred_at": pd.Timestamp(t),
                "event_day": t, "log_day": t, "source": "s", "op": "upsert",
            }
            for name in ("alone", "logged", "logged_late", "liked")
        ]
    )  # fmt: skip
    later = t + timedelta(days=3)
    log = interactions(
        [
            ("of_logged", t, t, {"kind": "ask", "content_id": "logged"}),
            ("of_logged_late", t, later, {"kind": "ask", "content_id": "logged_late"}),
            ("somebody", t, t, {"kind": "like", "content_id": "liked"}),
        ]
    )
    features, _ = build(tmp_path, {"content": content, "interactions": log}, [t, later])
    for as_of in (t, later):
        known = features[features["as_of_day"] == pd.Timestamp(as_of)]
        assert dict(zip(known["member_id"], known["acts_30"], strict=True)) == dict.fromkeys(
            ["of_alone", "of_liked", "of_logged", "of_logged_late", "somebody"], 1
        )


def test_features_are_those_of_the_registry():
    declared = yaml.safe_load((DBT_PROJECT / "models" / "churn" / "churn_features.yml").read_text())
    columns = declared["models"][0]["columns"]
    assert [column["name"] for column in columns] == [*KEYS, "definition", *FEATURE_NAMES]
    assert all(len(column["description"]) > 10 for column in columns)
