"""A clock that is set back, or that passes midnight, while days are accepted, built, published and sent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

from pipelines import clock
from pipelines.lake import ledger, manifest, versions
from pipelines.publishing.publish import publish
from tests.support.house import House, differences
from tests.support.mailroom import MORNING, Mailroom
from tests.support.platforms import Asked, Reply, platform
from tests.support.tiny_logs import FIRST, days_between, interaction, tiny_community
from tests.torture.small_home import judge, write_marts

BACK = (timedelta(seconds=1), timedelta(hours=1), timedelta(days=1), timedelta(days=366))
MOVED = ("Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Africa/Cairo", "Africa/Casablanca")
"""Zones that change their clocks within the days of the tiny community."""
DAYS = days_between(FIRST, FIRST + timedelta(days=71))
_SECOND = timedelta(seconds=1)


@dataclass
class Jumping:
    """A clock on which a second passes at each reading, and which jumps at one of them; never, where that is 0."""

    moment: datetime
    at: int
    by: timedelta
    n_read: int = 0

    def __call__(self) -> datetime:
        self.n_read += 1
        self.moment += _SECOND + (self.by if self.n_read == self.at else timedelta(0))
        return self.moment


@contextmanager
def showing(reads: Callable[[], datetime]) -> Iterator[None]:
    """Let the one place that reads the clock read another."""
    real, clock.now = clock.now, reads
    try:
        yield
    finally:
        clock.now = real


def accepted(seed: int, rng: Random, prepared: Path, own: Path) -> str:
    """Deliver a day thrice: what lies in the lake is what came last."""
    back, at = BACK[seed // 4 % len(BACK)], rng.randrange(1, 12)
    house, undisturbed = House(own / "home"), House(own / "undisturbed")
    logs = ["interactions", "members"]
    for one, jumps in ((house, True), (undisturbed, False)):
        with showing(Jumping(datetime(2025, 3, 2, 8, tzinfo=UTC), at if jumps else 0, -back)):
            for number in range(3):
                rows = [interaction(f"{number}-{n}", FIRST, f"m{n}") for n in range(3 + 2 * number)]
                one.deliver("interactions", FIRST, rows)
                one.accept([FIRST], f"run-{number}", logs=logs)
    one, other = (sorted(map(str, manifest.current(made.home).to_pylist())) for made in (house, undisturbed))
    assert one == other
    assert manifest.rows_accepted(house.home, "interactions") == {FIRST: 7}
    return f"accepted: the clock is set back by {back} at its reading {at}"


def published(seed: int, rng: Random, prepared: Path, own: Path) -> str:
    """Publish four times: each is the next version, and who asks for the last gets it."""
    back, at = BACK[seed // 8 % len(BACK)], rng.randrange(1, 16)
    house = House(own / "home")
    judge(house.home)
    write_marts(house.home)
    shows = Jumping(datetime(2025, 3, 2, 8, tzinfo=UTC), at, -back)
    with showing(shows):
        for n in range(4):
            day = FIRST + timedelta(days=n)
            made = publish(house.home, house.settings, day, "run")
            assert made.version == versions.current(house.home) == n + 1
            rows = ledger.rows(house.home, "publications", version=made.version)
            assert [row["through_day"] for row in rows] == [day]
    kept = sorted(int(path.name) for path in house.home.versions.iterdir())
    assert kept[-1] == 4
    assert len(kept) == house.settings.publications_kept, f"kept are {kept}"
    assert shows.n_read >= 4
    return f"published: the clock is set back by {back} at its reading {at}"


def sent(seed: int, rng: Random, prepared: Path, own: Path) -> str:
    """Send a brief while the clock is back, to one who refuses at first; once it is right again, it came once."""
    back, at = BACK[seed // 8 % len(BACK)], rng.randrange(1, 20)
    room = Mailroom.of(own / "home", prepared / "analytics.duckdb")
    taken: list[str] = []

    def answer(asked: Asked) -> Reply:
        if rng.random() < 0.5:
            return Reply("", rng.choice([429, 503]))
        taken.append(asked.headers["Idempotency-Key"])
        return Reply({})

    shows = Jumping(MORNING, at, -back)
    with platform(answer) as server, showing(shows):
        room.target("crm", f"kind: post\nurl: {server.url}/hook\ncontent: [brief]\n")
        for _ in range(6):
            room.send(None, by_hand=False, tries=2)
            shows.moment += timedelta(minutes=rng.randrange(40))
        shows.moment = max(shows.moment, MORNING) + timedelta(days=1)
        while not taken:
            room.send(None, by_hand=False, tries=2)
            shows.moment += timedelta(hours=2)
        assert room.send(None, by_hand=False) == []
    assert len(taken) == 1, taken
    assert room.states()[-1] == "sent"
    return f"sent: the clock is set back by {back} at its reading {at}"


def ran(seed: int, rng: Random, prepared: Path, own: Path) -> str:
    """Run a community's days in two runs over midnight or with the clock set back; days whose clocks change among them.

    Every mart is as with a clock that goes on, and the hours of what was done are counted again without DuckDB.
    """
    zone = MOVED[seed // 20 % len(MOVED)]
    midnight = datetime.combine(DAYS[-1] + timedelta(days=1), time(), ZoneInfo(zone)).astimezone(UTC)
    by = rng.choice([timedelta(0), *(-back for back in BACK)])
    at = rng.randrange(1, 50)
    houses = House(own / "home", timezone=zone), House(own / "undisturbed", timezone=zone)
    cut = rng.randrange(2, len(DAYS) - 2)
    shows = Jumping(midnight - timedelta(seconds=rng.randrange(1, 40)), at, by)
    noon = Jumping(midnight + timedelta(hours=12), 0, timedelta(0))
    for house, reads in zip(houses, (shows, noon), strict=True):
        with showing(reads):
            house.deliver_all(tiny_community(seed, days=len(DAYS)))
            house.run(DAYS[:cut])
            house.run(DAYS[cut:])
    assert differences(*houses) == {}
    _count_again(houses[0], ZoneInfo(zone))
    assert shows.n_read > at, f"the clock was read {shows.n_read} times"
    how = f"the clock is set back by {-by} at its reading {at}" if by else "over midnight"
    return f"ran: {zone}, {how}, {shows.n_read} readings"


def _count_again(house: House, zone: ZoneInfo) -> None:
    """Compare the hours of what was done with what Python's own tables of zones make of the instants."""
    latest: dict[tuple[date, str, str], tuple[int, date, datetime, str]] = {}
    for day, source, name, *version in house.query(
        "select event_day, source, interaction_id, coalesce(source_seq, -1), log_day, occurred_at, op "
        "from lake.interactions"
    ):
        key = (day, source, name)
        latest[key] = max(latest.get(key, (-2, day)), tuple(version))
    hours: Counter[tuple[date, int]] = Counter()
    for (day, *_), (*_, instant, op) in latest.items():
        local = instant.replace(tzinfo=UTC).astimezone(zone)
        assert local.date() == day, f"{instant} counts for {day}"
        hours[day, local.hour] += op == "upsert"
    said = house.query(
        "select day, hour, sum(n_interactions + n_reads) from intermediate.int_interactions__member_hours group by all"
    )
    assert {(day, hour): n for day, hour, n in said} == dict(+hours)
    lengths = {
        day: datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC)
        - datetime.combine(day, time(), zone).astimezone(UTC)
        for day in DAYS  # the others too: there may be one on which nothing was done
    }
    assert set(lengths.values()) != {timedelta(days=1)}, "no day of these is longer or shorter"
