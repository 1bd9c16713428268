"""``kill -9`` at every step: the last publication stays readable, and the same command again ends as if nothing was."""

from __future__ import annotations

import json
import shutil
import signal
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from filelock import FileLock

from tests.support.discourse_server import Forum, post, user
from tests.support.every_byte import holders
from tests.support.platforms import Asked, Platform, Reply, platform
from tests.torture import kill_homes as homes
from tests.torture.kill_reader import reading
from tests.torture.kill_same import held, unequal
from tests.torture.suite import Found, Suite

_KILLED = (-signal.SIGKILL, -signal.SIGALRM)
_AFTER_MS = (0, 0, 0, 0.3, 2, 10, 40)


@dataclass(frozen=True)
class Scene:
    """A command on a copy of a home.

    Attributes:
        words: the command.
        home: makes the home that is copied.
        now: what the clock says as it begins.
        set_up: changes the copy first; gets the address of the other side.
        answers: makes the other side.
        may_end: exit codes of the command when it is done again.
    """

    words: tuple[str, ...]
    home: Callable[[Path], Path]
    now: str
    set_up: Callable[[Path, str], None] = lambda *_: None
    answers: Callable[[], Callable[[Asked], Reply]] | None = None
    may_end: tuple[int, ...] = (0,)

    @property
    def of_job(self) -> bool:
        """Whether the job's libraries are needed."""
        return self.home is not homes.hall


class _Hook:
    """A receiver that takes what has the same key once."""

    def __init__(self) -> None:
        self.taken: dict[str, bytes] = {}

    def __call__(self, asked: Asked) -> Reply:
        self.taken.setdefault(asked.headers["Idempotency-Key"], asked.body)
        return Reply({})


def _forum() -> Forum:
    days = [f"2026-11-{1 + n // 6:02d}T12:00:00.000Z" for n in range(90)]
    posts = [post(10 + 2 * n, 1 + n // 5, 1 + n % 5, 1 + n % 10, days[n]) for n in range(90)]
    return Forum(posts, users={one: user(one, "2025-12-01T00:00:00.000Z") for one in range(1, 12)})


def _pulls(home: Path, url: str) -> None:
    (home / "sources").mkdir()
    text = f"kind: discourse\nurl: {url}\nrequests_per_minute: 60000\nlook_back_days: 20\n"
    (home / "sources" / "forum.yaml").write_text(text)


def _sends(home: Path, url: str) -> None:
    (home / "targets" / "hook.yaml").write_text(f"kind: post\nurl: {url}/hook\ncontent: [brief, digest, alarms]\n")


_MAPPING = """source: shop
outputs:
  - log: interactions
    table: acts.csv
    columns: {interaction_id: id, occurred_at: {column: at, timezone: UTC}, kind: what, member_id: who}
"""


def _imports(home: Path, _: str) -> None:
    """An export of which an earlier form was imported: a day more, a day changed, a day that is gone."""
    (home / "export").mkdir()
    (home / "export" / "map.yaml").write_text(_MAPPING)
    rows = [f"{n},2025-03-{1 + n % 9:02d}T12:00:00Z,like,m{n % 5}" for n in range(200)]
    (home / "export" / "acts.csv").write_text("\n".join(["id,at,what,who", *rows, ""]))
    for day, text in (("2025-03-02", "interaction_id\nold\n"), ("2025-02-02", "interaction_id\ngone\n")):
        folder = home / "landing" / "interactions" / day
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "shop.csv").write_text(text)


_MORNING = "2026-11-19T23:00:00"
SCENES = {
    "publish": Scene(("plain", "publish", str(homes.PUBLISHED_DAY), homes.NEXT_RUN), homes.hall, _MORNING),
    "send": Scene(("send", "--old"), homes.hall, _MORNING, _sends, _Hook),
    "pull": Scene(("sources", "pull", "forum"), homes.hall, _MORNING, _pulls, _forum),
    "import": Scene(("import", "table", "export/map.yaml", "--data", "export"), homes.hall, _MORNING, _imports),
    "rollback": Scene(("rollback",), homes.hall, _MORNING, may_end=(0, 1)),
    "ingest": Scene(("plain", "ingest", str(homes.HALL_DAYS[0]), str(homes.HALL_DAYS[-1])), homes.hall, _MORNING),
    "erase": Scene(("erase", homes.ADA), homes.job_done, f"{homes.NEXT[-1]}T23:50:00"),
    "run": Scene(
        ("run", "--from", str(homes.NEXT[0]), "--to", str(homes.NEXT[-1])),
        homes.job,
        f"{homes.NEXT[-1]}T23:30:00",
        _sends,
        _Hook,
    ),
}
_ROUND = ("publish", "send", "pull", "import", "rollback", "ingest", "run", "run", "erase", "run", "run", "run")


@dataclass(frozen=True)
class _Undisturbed:
    """A scene that nobody killed: its points in order, what its home holds, what the other side took."""

    points: tuple[str, ...]
    held: dict[str, Any]
    taken: list[str]


def _undisturbed(name: str, prepared: Path) -> _Undisturbed:
    kept = prepared / f"{name}.json"
    with FileLock(prepared / f"{name}.lock"):
        if not kept.exists():
            own = prepared / f"{name}.work"
            own.mkdir()
            with _Stage(name, prepared, own) as stage:
                code = stage.do(points=str(own / "points"))
                assert code == 0, stage.said()
                points = (own / "points").read_text(encoding="utf-8").splitlines()
                kept.write_text(json.dumps([points, _as_json(stage.held()), stage.taken()]))
            shutil.rmtree(own)
    points, what, taken = json.loads(kept.read_text())
    return _Undisturbed(tuple(points), what, taken)


def _as_json(what: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(json.dumps(what))
    return found


class _Stage(ExitStack):
    """A scene on a copy of its home, with the other side running."""

    def __init__(self, name: str, prepared: Path, own: Path) -> None:
        super().__init__()
        self.scene, self._own = SCENES[name], own
        self.home = own / "home"
        shutil.copytree(self.scene.home(prepared), self.home, symlinks=True)
        self._other: Platform | None = None
        if self.scene.answers:
            self._other = self.enter_context(platform(self.scene.answers()))
        self.scene.set_up(self.home, self._other.url if self._other else "")
        self._now = datetime.fromisoformat(self.scene.now)

    def do(self, at: str = "", after_ms: float = 0, points: str = "") -> int:
        """Do the command, a quarter of an hour after the last time, and return its exit code."""
        words = tuple(str(self.home / word) if word.startswith("export") else word for word in self.scene.words)
        begun, self._now = self._now, self._now + timedelta(minutes=15)
        return homes.do(
            self.home, words, self._own / "said", of_job=self.scene.of_job, now=begun.isoformat(), at=at,
            after_ms=after_ms, points=points,
        )  # fmt: skip

    def held(self) -> dict[str, Any]:
        """Return what the home holds."""
        return held(self.home, as_texts=self.scene.words[0] == "erase")

    def said(self) -> str:
        """What the commands said last."""
        return (self._own / "said").read_text(encoding="utf-8")[-3000:]

    def taken(self) -> list[str]:
        """Keys of what the other side took, in order."""
        return list(self._other.answer.taken) if self._other and isinstance(self._other.answer, _Hook) else []


def _prepare(prepared: Path) -> None:
    homes.hall(prepared)


def _play(seed: int, prepared: Path, own: Path) -> str:
    name = _ROUND[seed % len(_ROUND)]
    number = seed // len(_ROUND) * _ROUND.count(name) + _ROUND[: seed % len(_ROUND)].count(name)
    expected = _undisturbed(name, prepared)
    chain = _chain(name, number, expected.points, Random(seed))
    did = []
    with _Stage(name, prepared, own) as stage:
        with reading(stage.home, only_counts=name == "erase") as reader:
            for point, after_ms in chain:
                code = stage.do(point, after_ms)
                assert code in (*_KILLED, *stage.scene.may_end), f"{point}: ended with {code}: {stage.said()}"
                reader.read_kept()
                assert did or after_ms or code in _KILLED, f"{point} was not reached"
                did.append(f"{point} {f'+{after_ms:g} ms ' if after_ms else ''}{'' if code in _KILLED else '(over)'}")
            code = stage.do()
        assert code in stage.scene.may_end, f"killed at {did}; again: {code}: {stage.said()}"
        differs = unequal(expected.held, _as_json(stage.held()))
        assert not differs, f"killed at {did}: {sorted(differs)} differ: {list(differs.values())[:9]}"
        assert sorted(stage.taken()) == sorted(expected.taken)
        assert name != "erase" or holders(stage.home, [homes.ADA]) == set()
    return f"{name}, killed at " + ", then ".join(one.strip() for one in did)


def _chain(name: str, number: int, points: tuple[str, ...], rng: Random) -> list[tuple[str, float]]:
    """Choose where to die: once, or in a run of the job several times, each later than the one before."""
    steps = list(dict.fromkeys(map(_step, points)))
    if name != "run":
        chosen = [steps[number % len(steps)]]
    else:
        models = [step for step in steps if step.startswith("model ")]
        front = steps[: steps.index(models[0])]
        rest = [step for step in steps if step not in (*models, *front)]
        half = len(models) // 2 + len(models) % 2
        pair = [models[number % half], *models[half:][number % half : number % half + 1]]
        chosen = [front[number % len(front)], *pair, rest[number % len(rest)]]
    found = []
    for step in chosen:
        of_step = [point for point in points if _step(point) == step]
        kinds = sorted({point.split(" | ")[1] for point in of_step})
        kind = rng.choice(kinds)
        found.append((rng.choice([one for one in of_step if one.split(" | ")[1] == kind]), rng.choice(_AFTER_MS)))
    return sorted(found, key=lambda one: points.index(one[0]))


def _step(point: str) -> str:
    return point.partition(" | ")[0]


SUITE = Suite(
    name="kills",
    title="Killed at every step",
    what="""\
A process is killed while it works, at once before something that it does to the world outside (a file opened for
writing, renamed, removed, flushed; a statement of DuckDB's; an event of Dagster's; a connection) or some milliseconds
into it. The points are those that an undisturbed command passed; seeds go through its steps in turn: every log's
ingestion and gate, every dbt model in both invocations, the other gates, the training of learners that are really
fitted, scores, lists, restated figures, records, the copy of the database, the pages, the swap of the link, the
removal of old versions, messages; and through the steps of `erase`, `rollback`, `send`, `import` and `sources pull`. A
run of the job is killed four times in a row, each time later, before it may end: once before the models, in two of
them, and once after.

What has to hold: somebody who opens database and pages all the while meets the publication before or the one after,
whole and unchanged, and after each kill every publication that is kept is whole. The same command again then ends as
in a home where nothing was killed: the same files and no others, the same rows in every mart, ledger, prediction and
log, the same models, pages and messages, each message taken once, the erased id in no byte of the home. Times and ids
of runs may differ; a try to send that was cut off, and a build, a training, a finding, a pull and a verdict of a run
that died stay noted; a few more deliveries may be named as the cause of a restated figure, and an empty folder may
stay.

`make test` plays one kill of a command that needs no warehouse. Kills some milliseconds later are as exact as the
system's timer; all else is the same again for the same seed. The process that watches over a run is left out, as it
would see to the dead one at a time of its own; it has tests of its own.
""",
    prepare=_prepare,
    play=_play,
    n_seeds=200,
    n_short=1,
    finds_short=False,
    found=(
        Found(
            (6, 7),
            "A run that died after it had stored interactions under the new person of two linked ids, and before it "
            "listed the days to rebuild, left these days' marts under the old ids for good: the next run took them for "
            "done.",
            "The days of persons that changed are kept until a run is completed.",
        ),
        Found(
            (37, 61),
            "What a process that was killed had begun to write into the folder of a target stayed there for good.",
            "The next try to send that message takes it away.",
        ),
        Found(
            (78, 79, 81, 82, 83, 90),
            "A run that died after it had published, before or while it sent, was not made good by the command again: "
            "nothing had changed, so the brief went out to nobody, and the page of the dead run stayed beside the "
            "report.",
            "A run that has nothing to publish sends what is due, and takes that page away.",
        ),
        Found(
            (7,),
            "The file of what the churn models learnt from had its two rows in any order, so a run again gave another.",
            "Rows of every query of a page have an order.",
        ),
        Found(
            (67,),
            "A run that died after it had put its publication up, before it recorded it, left a publication in no "
            "record: the banner of a run that stopped after it said no day, old publications and the page of the "
            "running day stayed, and the same again was built and published as another one.",
            "The record is kept before the publication is put up, and is in its place as the next run begins.",
        ),
    ),
    unseen=(
        "A message that was on the wire to a place that knows no keys (a chat): whether it came is not known there, "
        "and the target's `if_unsure` decides.",
        "What a loss of power does to bytes that were not flushed: the kernel outlives these kills.",
        "A kill inside a single system call.",
    ),
)
