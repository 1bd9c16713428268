"""The same work in Polars: lazy queries, everything kept in memory between them.

python -m bench.in_polars LANDING FOLDER
"""

from __future__ import annotations

import sys
from datetime import date, timedelta
from pathlib import Path

import polars as pl

WINDOWS = (1, 7, 30)
READS = ["view", "read"]


def backfill(landing: Path, folder: Path) -> None:
    """Text to lake, lake to tables, tables to Parquet."""
    interactions = _interactions(landing, folder / "lake")
    last_day = interactions["day"].max()
    days = pl.DataFrame({"day": pl.date_range(interactions["day"].min(), last_day, eager=True)})
    member_days = _member_days(interactions)
    active = member_days.filter("is_active").select("member_id", "day", "n_contents", "n_interactions")
    (folder / "marts").mkdir()
    member_days.write_parquet(folder / "marts" / "fct_member_days.parquet")
    community_days = _community_days(interactions, member_days, active, days)
    community_days.write_parquet(folder / "marts" / "community_days.parquet")
    del interactions, member_days
    _engagement(active, last_day).write_parquet(folder / "marts" / "fct_member_engagement.parquet")


def _interactions(landing: Path, lake: Path) -> pl.DataFrame:
    raw = pl.scan_csv(landing / "interactions" / "*" / "*.csv", infer_schema=False, include_file_paths="file")
    placed = raw.with_columns(
        pl.col("occurred_at").str.to_datetime("%Y-%m-%dT%H:%M:%S").alias("local_at"),
        pl.col("file").str.extract(r"(\d{4}-\d\d-\d\d)/[^/]*$").str.to_date().alias("log_day"),
    ).select(
        "interaction_id",
        (pl.col("local_at") - pl.duration(hours=8)).alias("occurred_at"),
        "kind",
        "member_id",
        "content_id",
        pl.col("local_at").dt.date().alias("event_day"),
        "log_day",
    )
    rows = placed.collect(engine="streaming")
    for (log_day,), part in rows.partition_by("log_day", as_dict=True).items():
        path = lake / f"log_day={log_day}" / "part-0.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        part.drop("log_day").write_parquet(path)
    return (
        rows.lazy()
        .select("interaction_id", "kind", "member_id", pl.col("event_day").alias("day"), "log_day")
        .sort("log_day", descending=True)
        .unique(["day", "interaction_id"], keep="first")
        .drop("interaction_id", "log_day")
        .collect()
    )


def _count(condition: pl.Expr) -> pl.Expr:
    return condition.sum().cast(pl.Int64)


def _member_days(interactions: pl.DataFrame) -> pl.DataFrame:
    kind = pl.col("kind")
    return (
        interactions.lazy()
        .filter(pl.col("member_id").is_not_null())
        .group_by("member_id", "day")
        .agg(
            n_interactions=_count(~kind.is_in(READS)),
            n_reads=_count(kind.is_in(READS)),
            n_asks=_count(kind == "ask"),
            n_answers=_count(kind == "answer"),
            n_comments=_count(kind.is_in(["comment", "reply"])),
            n_live_acts=_count(kind.is_in(["join_live", "chat_live"])),
        )
        .select(
            "member_id",
            pl.lit(0, pl.Int64).alias("n_contents"),
            "n_interactions",
            "n_reads",
            "n_asks",
            "n_answers",
            "n_comments",
            n_reactions=pl.col("n_interactions")
            - pl.sum_horizontal("n_asks", "n_answers", "n_comments", "n_live_acts"),
            n_live_acts="n_live_acts",
            n_event_acts=pl.lit(0, pl.Int64),
            is_active=pl.col("n_interactions") > 0,
            day="day",
        )
        .collect()
    )


def _engagement(active: pl.DataFrame, last_day: date) -> pl.DataFrame:
    lazy = active.lazy()
    firsts = lazy.group_by("member_id").agg(first_day=pl.col("day").min())
    changes = pl.concat(
        [
            lazy.select("member_id", "day", c="n_contents", i="n_interactions", a=pl.lit(1, pl.Int64)),
            lazy.select(
                "member_id",
                day=pl.col("day") + timedelta(days=30),
                c=-pl.col("n_contents"),
                i=-pl.col("n_interactions"),
                a=pl.lit(-1, pl.Int64),
            ).filter(pl.col("day") <= last_day),
        ]
    )
    points = changes.group_by("member_id", "day").agg(pl.col("c", "i", "a").sum()).sort("member_id", "day")
    spans = points.with_columns(
        pl.col("day").shift(-1).over("member_id").fill_null(last_day + timedelta(days=1)).alias("end_day"),
        pl.col("c").cum_sum().over("member_id").alias("contents"),
        pl.col("i").cum_sum().over("member_id").alias("interactions"),
        pl.col("a").cum_sum().over("member_id").alias("active_days"),
    ).filter(pl.col("active_days") > 0)
    days = spans.with_columns(pl.date_ranges("day", "end_day", closed="left").alias("day")).explode("day")
    observed = pl.min_horizontal(pl.lit(30), (pl.col("day") - pl.col("first_day")).dt.total_days() + 1)
    scored = days.join(firsts, on="member_id").with_columns(observed_days=observed.cast(pl.Int64))
    level = pl.col("engagement")
    return (
        scored.with_columns(
            engagement=pl.sum_horizontal("contents", "interactions", "active_days").cast(pl.Float64)
            / pl.col("observed_days")
        )
        .select(
            "member_id",
            pl.lit(30, pl.Int32).alias("window_days"),
            "contents",
            "interactions",
            "active_days",
            "observed_days",
            "engagement",
            pl.when(level >= 0.6)
            .then(pl.lit("high"))
            .when(level >= 0.2)
            .then(pl.lit("medium"))
            .otherwise(pl.lit("low"))
            .alias("activity_level"),
            "day",
        )
        .collect(engine="streaming")
    )


def _community_days(
    interactions: pl.DataFrame, member_days: pl.DataFrame, active: pl.DataFrame, days: pl.DataFrame
) -> pl.DataFrame:
    by_member = active.select("member_id", "day").sort("member_id", "day")
    near = by_member.with_columns(
        previous_day=pl.col("day").shift(1).over("member_id"), next_day=pl.col("day").shift(-1).over("member_id")
    )
    counts = days
    for name, window in zip(("dau", "wau", "mau"), WINDOWS, strict=True):
        entered = near.select("day", n=pl.lit(1, pl.Int64))
        left = near.select(
            day=pl.min_horizontal(pl.col("day") + timedelta(days=window), pl.col("next_day")), n=pl.lit(-1, pl.Int64)
        )
        changes = pl.concat([entered, left, days.select("day", n=pl.lit(0, pl.Int64))])
        running = changes.group_by("day").agg(pl.col("n").sum()).sort("day").with_columns(pl.col("n").cum_sum())
        counts = counts.join(running.rename({"n": name}), on="day", how="left")
    ratios = (
        counts.sort("day")
        .with_columns(ratio=pl.when(pl.col("mau") > 0).then(pl.col("dau") / pl.col("mau")))
        .select("day", stickiness=pl.col("ratio").rolling_mean(30, min_samples=1).round(9))
    )
    new = pl.col("previous_day").is_null()
    back = pl.col("previous_day") < pl.col("day") - timedelta(days=30)
    arrivals = near.group_by("day").agg(new_members=_count(new), resurrected_members=_count(back))
    gone = pl.col("next_day").is_null() | (pl.col("next_day") > pl.col("day") + timedelta(days=30))
    departures = near.group_by(pl.col("day") + timedelta(days=30)).agg(lost_members=_count(gone))
    totals = member_days.group_by("day").agg(pl.col("n_interactions", "n_reads").sum())
    nobody = interactions.filter(pl.col("member_id").is_null())
    anonymous = nobody.group_by("day").agg(n_anonymous_acts=_count(~pl.col("kind").is_in(READS)))
    for table in (ratios, arrivals, departures, totals, anonymous):
        counts = counts.join(table, on="day", how="left")
    zero = pl.lit(0, pl.Int64)
    counted = ["new_members", "resurrected_members", "lost_members", "n_interactions", "n_reads", "n_anonymous_acts"]
    return counts.select(
        "dau", "wau", "mau", "stickiness", *(pl.col(counted[:3]).fill_null(0),), joined_members=zero, n_contents=zero,
        **{name: pl.col(name).fill_null(0) for name in counted[3:]}, wau_days_missing=zero,
        mau_days_missing=zero, day="day",
    )  # fmt: skip


if __name__ == "__main__":
    backfill(Path(sys.argv[1]), Path(sys.argv[2]))
