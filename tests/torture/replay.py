"""Three years replayed: the same truth, delivered and run in another way on another host, gives the same rows."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from random import Random

from pipelines.settings import PROJECT_DIR
from pipelines.warehouse.verify import verify
from tests.support.house import House, differences
from tests.support.tiny_logs import FIRST, days_between
from tests.support.true_logs import EMPTIED, deliver, true_facts
from tests.torture.suite import Found, Suite

DAYS = days_between(FIRST, FIRST + timedelta(days=1094))
EVERY = 12
"""One seed in so many runs each day by itself."""
ZONES = ("UTC", "America/St_Johns", "Asia/Kathmandu", "Pacific/Kiritimati", "Australia/Lord_Howe", "Asia/Shanghai")
LOCALES = ("C", "C.UTF-8", "de_DE.UTF-8", "tr_TR.UTF-8", "zh_CN.GBK")
"""Those that a machine lacks are the C locale there."""

OF_DELIVERIES = {"log_coverage", "data_completeness", "alerts", "alert_days", "alert_rules", "relation_checks"}
"""Marts that tell, among other things, on which log days how many rows came: of one truth they may differ."""

RICH = {
    "bots": "intermediate.int_members__excluded_spans",
    "moved pieces": "(from lake.content select content_id group by 1 having count(distinct published_at) > 1)",
    "refunds": "marts.subscription_terms where outcome = 'refunded'",
    "currencies": "(select distinct currency from marts.revenue_months) where currency = 'EUR'",
    "attended": "marts.event_performance where n_attended > 0",
    "scores": "marts.event_performance where csat is not null",
    "interactions of the emptied day": f"lake.interactions where event_day = '{EMPTIED}'",
}
"""What the truth has to have in it, or equality would say little."""


@dataclass(frozen=True)
class Way:
    """How a seed delivers and runs."""

    runs: tuple[tuple[date, ...], ...]
    late_share: float
    latest: int
    again_share: float
    threads: int
    zone: str
    locale: str

    def __str__(self) -> str:
        late = f"{self.late_share:.0%} up to {self.latest} days late" if self.late_share else "nothing late"
        how = f"{len(self.runs)} runs, {late}, {self.again_share:.0%} twice"
        return f"{how}; {self.threads} threads, TZ {self.zone}, locale {self.locale}"


def way_of(seed: int) -> Way:
    """Return how a seed delivers and runs."""
    rng = Random(seed)
    n_runs = len(DAYS) if seed % EVERY == 0 else rng.randint(2, 5)
    cuts = [0, *sorted(rng.sample(range(1, len(DAYS)), n_runs - 1)), len(DAYS)]
    runs = [tuple(DAYS[first:last]) for first, last in pairwise(cuts)]
    if seed % EVERY:
        rng.shuffle(runs)
    return Way(
        tuple(runs),
        late_share=rng.choice([0.3, 0.05, 0.0]),
        latest=rng.choice([150, 40, 3]),
        again_share=rng.choice([1.0, 0.2]),
        threads=rng.choice([1, 2, 3, 8]),
        zone=ZONES[seed % len(ZONES)],
        locale=LOCALES[seed % len(LOCALES)],
    )


def prepare(folder: Path) -> None:
    """Deliver the truth in time and run it at once."""
    house = House(folder / "home")
    house.deliver_all(deliver(true_facts(DAYS[-1]), Random(0), late_share=0, latest=1, again_share=0))
    house.run(DAYS)
    poor = [name for name, sql in RICH.items() if not house.query(f"select count(*) from {sql}")[0][0]]
    assert not poor, f"the truth has no {', '.join(poor)}"


def play(seed: int, prepared: Path, own: Path) -> str:
    """Replay in a process whose time zone, locale and hashing are those of another host, and compare every mart."""
    way = way_of(seed)
    host = {"TZ": way.zone, "LC_ALL": way.locale, "LANG": way.locale, "PYTHONHASHSEED": str(seed % 1000)}
    command = [sys.executable, "-m", __spec__.name, str(seed), str(own / "home")]
    done = subprocess.run(
        command, cwd=PROJECT_DIR, env=os.environ | host, capture_output=True, text=True, errors="replace", check=False
    )
    assert done.returncode == 0, done.stderr[-4000:]
    house = House(own / "home")
    unequal = differences(House(prepared / "home"), house)
    wrong = {table: n for table, n in unequal.items() if table.split()[0] not in OF_DELIVERIES}
    assert not wrong, f"rows differ, {wrong}: {way}"
    (own / "rebuilt").mkdir()
    differ = [one.mart for one in verify(house.home, house.settings, own / "rebuilt") if not one.is_equal]
    assert differ == [], f"a full rebuild differs in {differ}: {way}"
    return str(way)


def replay(seed: int, root: Path) -> None:
    """Deliver and run as a seed says; what came on a day already run may come again, in other files."""
    way, rng = way_of(seed), Random(seed)
    house = House(root, threads=way.threads)
    delivered = deliver(
        true_facts(DAYS[-1]), rng, late_share=way.late_share, latest=way.latest, again_share=way.again_share
    )
    done: list[tuple[str, date]] = []
    for days in way.runs:
        again = rng.sample(sorted(done), min(len(done), 2))
        for log, log_day in again:
            _deliver_again(house, rng, log, log_day)
        came = [key for key in delivered if key[1] in set(days)]
        house.deliver_all({key: delivered[key] for key in came})
        house.run(sorted({*days, *(log_day for _, log_day in again)}))
        done += [key for key in came if len(delivered[key]) > 1 and key not in done]


def _deliver_again(house: House, rng: Random, log: str, log_day: date) -> None:
    """Replace the folder of a log day by the same rows: in two files, in another order, one row twice."""
    folder = house.home.landing_day(log, log_day)
    lines = [line for path in sorted(folder.iterdir()) for line in path.read_text("utf-8").splitlines(keepends=True)]
    rng.shuffle(lines)
    for path in folder.iterdir():
        path.unlink()
    for name, part in (("a.jsonl", lines[::2]), ("b.jsonl", [*lines[1::2], lines[0]])):
        (folder / name).write_text("".join(part), encoding="utf-8")


SUITE = Suite(
    name="replay",
    title="Three years again, in another way, on another host",
    what=f"""\
The truth about a small community over three years: late links, corrections, withdrawals, moved events, refunds. It is
delivered in time and run as one range. A seed delivers it in another way: shuffled, some rows late by up to 150 days,
every row or every fifth once more, days run before delivered again in other files; run day by day (one seed in
{EVERY}) or in ranges out of order; on a host with another time zone, locale and hash seed, with other numbers of
threads. Every mart has to hold the same rows, and so does a full rebuild of that home.
""",
    prepare=prepare,
    play=play,
    n_seeds=EVERY,
    n_short=0,
    found=(
        Found(
            (8,),
            "A day of few rows that came twice was withheld: rows that name nobody counted as often as they came, and "
            "so were enough to tell a lost column.",
            "Each key counts once.",
        ),
    ),
    unseen=(
        "figures that depend on the clock alone are held by the suite of the clock, and the order in which DuckDB adds "
        "up decimal numbers by the rule that marts sum whole numbers and decimals, never doubles",
    ),
)

if __name__ == "__main__":
    replay(int(sys.argv[1]), Path(sys.argv[2]))
