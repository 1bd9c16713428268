"""The same work in pandas, where it fits in memory.

python -m bench.in_pandas LANDING FOLDER
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd

READS = ["view", "read"]
DAY = np.timedelta64(1, "D")


def backfill(landing: Path, folder: Path) -> None:
    """Text to lake, lake to tables, tables to Parquet."""
    interactions = _interactions(landing, folder / "lake")
    last_day = interactions["day"].max()
    days = pd.date_range(interactions["day"].min(), last_day, name="day", unit="us")
    (folder / "marts").mkdir()
    member_days = _member_days(interactions)
    member_days.to_parquet(folder / "marts" / "fct_member_days.parquet", index=False)
    active = member_days.loc[member_days["is_active"], ["member_id", "day", "n_interactions"]]
    active = active.sort_values(["member_id", "day"], ignore_index=True)
    community_days = _community_days(interactions, member_days, active, days)
    community_days.to_parquet(folder / "marts" / "community_days.parquet", index=False)
    del interactions, member_days
    _engagement(active, last_day).to_parquet(folder / "marts" / "fct_member_engagement.parquet", index=False)


def _interactions(landing: Path, lake: Path) -> pd.DataFrame:
    parts = []
    for path in sorted((landing / "interactions").glob("*/*.csv")):
        part = pd.read_csv(path, dtype="str", keep_default_na=False, na_values=[""])
        local = pd.to_datetime(part["occurred_at"], format="%Y-%m-%dT%H:%M:%S")
        part["occurred_at"] = local - pd.Timedelta(hours=8)
        part["event_day"] = local.dt.normalize()
        target = lake / f"log_day={path.parent.name}" / "part-0.parquet"
        target.parent.mkdir(parents=True, exist_ok=True)
        part.to_parquet(target, index=False, compression="zstd")
        parts.append(part[["interaction_id", "kind", "member_id", "event_day"]])
    interactions = pd.concat(parts, ignore_index=True).rename(columns={"event_day": "day"})
    return interactions.drop_duplicates(["day", "interaction_id"], keep="last").drop(columns="interaction_id")


def _member_days(interactions: pd.DataFrame) -> pd.DataFrame:
    known = interactions[interactions["member_id"].notna()]
    kind = known["kind"]
    counted = known[["member_id", "day"]].assign(
        n_contents=0,
        n_interactions=(~kind.isin(READS)).astype("int64"),
        n_reads=kind.isin(READS).astype("int64"),
        n_asks=(kind == "ask").astype("int64"),
        n_answers=(kind == "answer").astype("int64"),
        n_comments=kind.isin(["comment", "reply"]).astype("int64"),
        n_live_acts=kind.isin(["join_live", "chat_live"]).astype("int64"),
    )
    table = counted.groupby(["member_id", "day"], sort=False).sum().reset_index()
    parts = table["n_asks"] + table["n_answers"] + table["n_comments"] + table["n_live_acts"]
    table.insert(8, "n_reactions", table["n_interactions"] - parts)
    table["n_event_acts"] = 0
    table["is_active"] = table["n_interactions"] > 0
    return table[[*table.columns.drop("day"), "day"]]


def _engagement(active: pd.DataFrame, last_day: pd.Timestamp) -> pd.DataFrame:
    entered = active.rename(columns={"n_interactions": "i"}).assign(a=1)
    left = entered.assign(day=entered["day"] + 30 * DAY, i=-entered["i"], a=-1)
    changes = pd.concat([entered, left[left["day"] <= last_day]])
    points = changes.groupby(["member_id", "day"]).sum().reset_index()
    members = points.groupby("member_id", sort=False)
    points["interactions"] = members["i"].cumsum()
    points["active_days"] = members["a"].cumsum()
    points["end"] = members["day"].shift(-1).fillna(last_day + DAY)
    first_day = members["day"].transform("first")
    points["first_day"] = first_day
    points = points[points["active_days"] > 0]
    length = (points["end"] - points["day"]).dt.days.to_numpy()
    table = points.loc[points.index.repeat(length), ["member_id", "interactions", "active_days"]]
    offset = np.arange(length.sum()) - np.repeat(length.cumsum() - length, length)
    day = np.repeat(points["day"].to_numpy(), length) + offset * DAY
    observed = np.minimum(30, (day - np.repeat(points["first_day"].to_numpy(), length)) // DAY + 1)
    score = (table["interactions"] + table["active_days"]).to_numpy() / observed
    table.insert(1, "window_days", np.int32(30))
    table.insert(2, "contents", 0)
    table["observed_days"] = observed
    table["engagement"] = score
    table["activity_level"] = np.select([score >= 0.6, score >= 0.2], ["high", "medium"], "low")
    table["day"] = day
    return table


def _community_days(
    interactions: pd.DataFrame, member_days: pd.DataFrame, active: pd.DataFrame, days: pd.DatetimeIndex
) -> pd.DataFrame:
    day = active["day"]
    members = active.groupby("member_id", sort=False)["day"]
    previous, following = members.shift(1), members.shift(-1)
    table = pd.DataFrame(index=days)
    for name, window in (("dau", 1), ("wau", 7), ("mau", 30)):
        end = (day + window * DAY).where(following.isna() | (day + window * DAY < following), following)
        changes = day.value_counts().sub(end.value_counts(), fill_value=0)
        table[name] = changes.sort_index().cumsum().reindex(days, method="ffill")
    table["stickiness"] = (table["dau"] / table["mau"]).rolling(30, min_periods=1).mean().round(9)
    gone = day[following.isna() | (following > day + 30 * DAY)] + 30 * DAY
    nobody = interactions[interactions["member_id"].isna() & ~interactions["kind"].isin(READS)]
    totals = member_days.groupby("day")[["n_interactions", "n_reads"]].sum()
    table["new_members"] = day[previous.isna()].value_counts()
    table["resurrected_members"] = day[previous < day - 30 * DAY].value_counts()
    table["lost_members"] = gone.value_counts()
    table["joined_members"] = 0
    table["n_contents"] = 0
    table["n_interactions"] = totals["n_interactions"]
    table["n_reads"] = totals["n_reads"]
    table["n_anonymous_acts"] = nobody["day"].value_counts()
    table["wau_days_missing"] = 0
    table["mau_days_missing"] = 0
    counts = table.columns.drop("stickiness")
    table[counts] = table[counts].fillna(0).astype("int64")
    return table.reset_index()


if __name__ == "__main__":
    backfill(Path(sys.argv[1]), Path(sys.argv[2]))
