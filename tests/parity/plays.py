"""What a community goes through in ``make parity``: the first build, and what later runs have to make good.

Two homes get the same deliveries, one for each engine. After each step every table is compared; after the last one also
with a full rebuild on DuckDB in a new home, so that not both can be wrong in the same way.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from pipelines.home import Home
from tests.parity.compare import OF_A_RUN, Compared, compare
from tests.support.house import House
from tests.support.tiny_logs import FIRST, days_between, interaction, tiny_community

if TYPE_CHECKING:
    from pathlib import Path

Change = Callable[[House], list[date]]
"""Changes what lies in a home's landing folder; returns the log days that the next run takes."""


@dataclass(frozen=True)
class Community:
    """What a community delivers at first, and what comes to it later, step by step."""

    first: Change
    later: dict[str, Change]


@dataclass(frozen=True)
class Step:
    """One run on both engines, and what came out."""

    name: str
    n_stale_days: int
    compared: Compared


def made_up(members: int = 100, days: int = 72) -> Community:
    """Return a nasty community; its last day comes as a step of its own."""
    delivered = tiny_community(3, members=members, days=days)
    every_day = days_between(FIRST, max(day for _, day in delivered))
    last = every_day[-1]
    of_last = {key: rows for key, rows in delivered.items() if key[1] == last}
    early, emptied = every_day[days // 4], every_day[days // 3]

    def first(house: House) -> list[date]:
        house.deliver_all({key: rows for key, rows in delivered.items() if key not in of_last})
        return every_day[:-1]

    def new_day(house: House) -> list[date]:
        house.deliver_all(of_last)
        return [last]

    def late_file(house: House) -> list[date]:
        rows = [interaction(f"late{n}", early, f"m{n}", "reply") for n in range(20)]
        house.deliver("interactions", last, rows, "late.jsonl")
        return [last]

    changes = {"a new day": new_day, "a late file": late_file, "an emptied day": _emptied(emptied)}
    return Community(first, changes | _links(lambda _: ("m13", "m20"), last))


def of_home(root: Path) -> Community:
    """Return what lies in the landing folder of a home; its last log day, and one of the middle, come later."""
    landing = Home(root).landing
    every_day = sorted({date.fromisoformat(path.name) for path in landing.glob("*/*-*-*")})
    last, missing, emptied = every_day[-1], every_day[len(every_day) // 4], every_day[len(every_day) // 3]

    def bring(days: list[date]) -> Change:
        def change(house: House) -> list[date]:
            for folder in sorted(landing.glob("*/*-*-*")):
                if date.fromisoformat(folder.name) in days:
                    target = house.home.landing / folder.relative_to(landing)
                    shutil.copytree(folder, target)
            return days

        return change

    def ids(house: House) -> tuple[str, str]:
        (found,) = house.query("select min(member_id), max(member_id) from marts.dim_members")
        return found[0], found[1]

    later = {
        "a new day": bring([last]),
        "a day that was missing": bring([missing]),
        "an emptied day": _emptied(emptied),
    }
    return Community(bring([day for day in every_day if day not in (last, missing)]), later | _links(ids, last))


def _emptied(day: date) -> Change:
    def change(house: House) -> list[date]:
        for log in ("interactions", "content"):
            if house.home.landing_day(log, day).is_dir():
                house.withdraw(log, day)
        return [day]

    return change


def _links(ids: Callable[[House], tuple[str, str]], last: date) -> dict[str, Change]:
    """Two ids become one person, and are told apart again."""

    def linked(house: House) -> list[date]:
        house.deliver("identity_links", last, [_link(ids(house), last)], "link.jsonl")
        return [last]

    def told_apart(house: House) -> list[date]:
        link = json.loads((house.home.landing_day("identity_links", last) / "link.jsonl").read_text("utf-8"))
        revoked = link | {"revoked_at": f"{last}T13:00:00", "source_seq": 2}
        house.deliver("identity_links", last, [revoked], "revoked.jsonl")
        return [last]

    return {"two ids linked": linked, "the link revoked": told_apart}


def _link(ids: tuple[str, str], day: date) -> dict[str, str]:
    return {"member_a": ids[0], "member_b": ids[1], "occurred_at": f"{day}T12:00:00"}


def play(
    folder: Path,
    community: Community,
    *,
    before: Callable[[str], None] = lambda _: None,
    again: tuple[type[Exception], ...] = (),
    **spark: object,
) -> Iterator[Step]:
    """Run everything on both engines, step by step, and compare; ``spark`` are the settings of the second one.

    ``before`` is told the name of each step that is about to run on the server; a run that ends with one of ``again``
    is run again, as an operator would. Tables of Parquet are all built in every run, so what a run found changed is
    compared of the first one alone.
    """
    duck = House(folder / "duckdb", active_by_events=True)
    other = House(folder / "spark", active_by_events=True, engine="spark", **spark)
    cut_offs: list[date] = []
    every_day: set[date] = set()
    for name, change in {"everything": community.first, **community.later}.items():
        for house in (duck, other):
            days = change(house)
            every_day.update(days)
            cut_offs = cut_offs or [days[-1] - timedelta(days=30), days[-1] - timedelta(days=31)]
            if house is other:
                before(name)
            try:
                house.run(days, cut_offs=cut_offs)
            except again:
                house.run(days, cut_offs=cut_offs)
        builds_all = other.settings.spark_tables == "parquet" and change is not community.first
        yield Step(name, len(other.stale_days()), compare(duck, other, left_out=OF_A_RUN if builds_all else None))
    whole = House(folder / "whole", active_by_events=True)
    shutil.copytree(duck.home.landing, whole.home.landing, dirs_exist_ok=True)
    whole.run(sorted(every_day), cut_offs=cut_offs)
    yield Step("beside a full rebuild", len(other.stale_days()), compare(whole, other, left_out=OF_A_RUN))
