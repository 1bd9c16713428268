"""What a community goes through in ``make parity``: the first build, and what later runs have to make good.

Two homes get the same deliveries, one for each engine. After each step every table is compared; after the last one also
with a full rebuild on DuckDB in a new home, so that not both can be wrong in the same way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from tests.parity.compare import OF_A_RUN, Compared, compare
from tests.support.house import House
from tests.support.tiny_logs import FIRST, days_between, interaction, tiny_community

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.house import Deliveries

Change = Callable[[House], list[date]]
"""Changes what lies in a home's landing folder; returns the log days that the next run takes."""


@dataclass(frozen=True)
class Step:
    """One run on both engines, and what came out."""

    name: str
    n_stale_days: int
    compared: Compared


def made_up(members: int = 100, days: int = 72) -> tuple[Deliveries, list[date], dict[str, Change]]:
    """Return a nasty community without its last day, its log days, and what comes to it later, step by step."""
    delivered = tiny_community(3, members=members, days=days)
    every_day = days_between(FIRST, max(day for _, day in delivered))
    last = every_day[-1]
    of_last = {key: rows for key, rows in delivered.items() if key[1] == last}
    early, emptied = every_day[days // 4], every_day[days // 3]
    link = {"member_a": "m13", "member_b": "m20", "occurred_at": f"{last}T12:00:00"}

    def new_day(house: House) -> list[date]:
        house.deliver_all(of_last)
        return [last]

    def late_file(house: House) -> list[date]:
        rows = [interaction(f"late{n}", early, f"m{n}", "reply") for n in range(20)]
        house.deliver("interactions", last, rows, "late.jsonl")
        return [last]

    def emptied_day(house: House) -> list[date]:
        for log in ("interactions", "content"):
            if house.home.landing_day(log, emptied).is_dir():
                house.withdraw(log, emptied)
        return [emptied]

    def linked(house: House) -> list[date]:
        house.deliver("identity_links", last, [link], "link.jsonl")
        return [last]

    def told_apart(house: House) -> list[date]:
        revoked = link | {"revoked_at": f"{last}T13:00:00", "source_seq": 2}
        house.deliver("identity_links", last, [revoked], "revoked.jsonl")
        return [last]

    changes = {
        "a new day": new_day,
        "a late file": late_file,
        "an emptied day": emptied_day,
        "two ids linked": linked,
        "the link revoked": told_apart,
    }
    kept = {key: rows for key, rows in delivered.items() if key not in of_last}
    return kept, every_day[:-1], changes


def play(
    folder: Path,
    deliveries: Deliveries,
    days: list[date],
    changes: dict[str, Change],
    *,
    before: Callable[[str], None] = lambda _: None,
    again: tuple[type[Exception], ...] = (),
    **spark: object,
) -> Iterator[Step]:
    """Run everything on both engines, step by step, and compare; ``spark`` are the settings of the second one.

    ``before`` is told the name of each step that is about to run on the server; a run that ends with one of ``again``
    is run again, as an operator would.
    """
    cut_offs = [days[-1] - timedelta(days=30), days[-1] - timedelta(days=31)]
    duck = House(folder / "duckdb", active_by_events=True)
    other = House(folder / "spark", active_by_events=True, engine="spark", **spark)
    for house in (duck, other):
        house.deliver_all(deliveries)
    for name, change in {"everything": lambda _: days, **changes}.items():
        for house in (duck, other):
            days_of_run = change(house)
            if house is other:
                before(name)
            try:
                house.run(days_of_run, cut_offs=cut_offs)
            except again:
                house.run(days_of_run, cut_offs=cut_offs)
        yield Step(name, len(other.stale_days()), compare(duck, other))
    whole = House(folder / "whole", active_by_events=True)
    for source in duck.home.landing.rglob("*.jsonl"):
        target = whole.home.landing / source.relative_to(duck.home.landing)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(source.read_bytes())
    whole.run(days_between(days[0], days[-1] + timedelta(days=1)), cut_offs=cut_offs)
    yield Step("beside a full rebuild", len(other.stale_days()), compare(whole, other, left_out=OF_A_RUN))
