"""Platforms that answer nonsense: a pull lands whole tables or refuses in one line, and what landed before stays."""

from __future__ import annotations

import json
import signal
from contextlib import ExitStack, contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any
from unittest import mock

from pipelines import clock
from pipelines.contract import LOGS
from pipelines.faults import UserError
from pipelines.home import Home
from pipelines.ingest import delivered_days, ingest_days
from pipelines.settings import Settings
from pipelines.sources.pull import pull
from tests.support.platforms import Asked, Platform, Reply, platform
from tests.torture.answering import EXPORTS, SERVED
from tests.torture.fuzz_files import bytes_damaged
from tests.torture.suite import Found, Suite

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

KINDS = (*EXPORTS, *SERVED)
LONGEST_S = 120
"""A pull of a few answers that takes longer hangs."""
ODD: tuple[Any, ...] = (
    None, True, -1, 0, 10**30, 1.5, "", " ", "\0", "null", "NaN", "2026-02-30", "0001-01-01T00:00:00Z", "中" * 5000, [],
    {}, [[]], {"id": {}}, [None], "\ud800", "<b>", "-" * 70_000, {"a": [{"b": {"c": []}}]},
)  # fmt: skip


def play(seed: int, _: Path, own: Path) -> str:
    """Pull a platform as it should be, then one that answers nonsense, then the first again."""
    rng = Random(seed)
    kind = KINDS[seed % len(KINDS)]
    home, settings = Home(own / "home"), Settings(home=own / "home", timezone="UTC")
    home.sources.mkdir(parents=True)
    with ExitStack() as open_:
        noon = datetime(2026, 3, 1, 12, tzinfo=UTC)
        open_.enter_context(mock.patch.object(clock, "now", return_value=noon))
        open_.enter_context(mock.patch("tenacity.nap.time.sleep", return_value=None))
        open_.enter_context(mock.patch.dict("os.environ", {"CLUB_TOKEN": "t0ken"}))
        open_.enter_context(_within(LONGEST_S))
        spoil = (_exported if kind in EXPORTS else _served)(kind, home, own, open_)
        pull(home, settings, kind)
        before = _landed(home)
        assert before, "nothing landed"
        with spoil(rng) as did:
            refusal = _refusal(home, settings, kind)
        assert refusal is None or "\n" not in refusal.strip(), f"more than a line: {refusal}"
        assert refusal is None or _landed(home) == before, f"it refused and landing changed: {refusal}"
        _hold_ingested(home, settings)
        pull(home, settings, kind)
        assert refusal is None or _landed(home) == before, f"after {did} the platform as it should be lands otherwise"
    return f"{kind}: {'landed' if refusal is None else 'refused'} after {did}"


def _refusal(home: Home, settings: Settings, kind: str) -> str | None:
    """Pull; return the line in which that was refused, None where it was not."""
    try:
        pull(home, settings, kind)
    except UserError as refused:
        return str(refused)
    return None


def _exported(kind: str, home: Home, own: Path, _: ExitStack) -> Callable[[Random], Any]:
    folder, config = EXPORTS[kind](own / "export")
    (home.sources / f"{kind}.yaml").write_text(f"kind: {kind}\nexport: {folder}\n{config}", encoding="utf-8")

    @contextmanager
    def spoil(rng: Random) -> Iterator[str]:
        path = rng.choice(sorted(one for one in folder.rglob("*") if one.is_file()))
        whole = path.read_bytes()
        path.write_bytes(damaged(whole, rng))
        yield f"damage of {path.relative_to(folder)}"
        path.write_bytes(whole)

    return spoil


def _served(kind: str, home: Home, _: Path, open_: ExitStack) -> Callable[[Random], Any]:
    answer, config = SERVED[kind]()
    server: Platform = open_.enter_context(platform(answer))
    text = f"kind: {kind}\nrequests_per_minute: 60000\n{config.format(url=server.url)}"
    (home.sources / f"{kind}.yaml").write_text(text, encoding="utf-8")
    if hasattr(answer, "url"):
        answer.url = server.url

    @contextmanager
    def spoil(rng: Random) -> Iterator[str]:
        first, share = rng.randrange(8), rng.choice([0.0, 0.3, 1.0])
        number = 0

        def spoiled(asked: Asked) -> Reply:
            nonlocal number
            number += 1
            reply = answer(asked)
            return (
                _reply_damaged(reply, rng)
                if number > first and (number == first + 1 or rng.random() < share)
                else reply
            )

        server.answer = spoiled
        yield f"damage of answers from number {first + 1} on"
        server.answer = answer

    return spoil


def _reply_damaged(reply: Reply, rng: Random) -> Reply:
    if rng.random() < 0.2:
        return Reply(reply.body, rng.choice([204, 301, 400, 401, 403, 404, 410, 429, 500, 503]), reply.headers)
    body = reply.body if isinstance(reply.body, str | bytes) else json.dumps(reply.body)
    return Reply(damaged(body.encode() if isinstance(body, str) else body, rng), reply.status, reply.headers)


def damaged(content: bytes, rng: Random) -> bytes:
    """Damage what JSON says where it is JSON, or the bytes."""
    if rng.random() < 0.7:
        try:
            document = json.loads(content)
        except ValueError:
            pass
        else:
            for _ in range(rng.randint(1, 3)):
                document = _said_otherwise(document, rng)
            return json.dumps(document, ensure_ascii=rng.random() < 0.5).encode("utf-8", "surrogatepass")
    for _ in range(rng.randint(1, 3)):
        content = bytes_damaged(content, rng)[:400_000]
    return content


def _said_otherwise(document: Any, rng: Random) -> Any:
    """Change one thing somewhere in a document."""
    if not document or not isinstance(document, dict | list) or rng.random() < 0.1:
        return rng.choice(ODD)
    keys = list(document) if isinstance(document, dict) else list(range(len(document)))
    key = rng.choice(keys)
    way = rng.random()
    if way < 0.6:
        document[key] = _said_otherwise(document[key], rng)
    elif way < 0.75:
        del document[key]
    elif isinstance(document, list):
        document.append(document[key])
    else:
        document[rng.choice(keys)] = document[key]
    return document


def _landed(home: Home) -> dict[str, bytes]:
    return {
        str(path.relative_to(home.landing)): path.read_bytes()
        for path in sorted(home.landing.rglob("*"))
        if path.is_file()
    }


def _hold_ingested(home: Home, settings: Settings) -> None:
    """Whatever landed is read, and every row of it is accepted or quarantined."""
    for log in LOGS.values():
        if days := delivered_days(home, log):
            for told in ingest_days(home, settings, log, _few(days), run_id="run").days:
                assert told.delivered == told.accepted + told.quarantined, told
                assert told.rejected_files == 0, f"{log.name} {told.log_day} cannot be read"


def _few(days: list[date]) -> list[date]:
    """Return the first and the last days: a log day is read like any other."""
    return sorted({*days[:3], *days[-3:]})


@contextmanager
def _within(seconds: int) -> Iterator[None]:
    def stop(*_: object) -> None:
        raise TimeoutError(f"more than {seconds} seconds")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


SUITE = Suite(
    name="answers",
    title="Platforms that answer nonsense",
    what=f"""\
A source of each kind ({", ".join(KINDS)}) is pulled from a platform as
it should be. Then files of the export, or answers of the server, are damaged: keys gone, twice or of another type,
numbers and times that are none, bytes flipped, cut and repeated, statuses of failure. The pull has to end within
{LONGEST_S} seconds, land tables of which every row is accepted or quarantined, or refuse in one line with landing as it
was, byte for byte; and after a refusal the platform as it should be lands what it landed before.
""",
    prepare=lambda folder: None,
    play=play,
    n_seeds=500,
    n_short=len(KINDS),
    found=(
        Found(
            (5, 29, 53),
            "an answer of another form than the platform's, such as a number for a time, ended a pull with an error of "
            "the program; it was kept, so every later pull ended so too",
            "the pull is refused in one line, landing stays, and nothing of what cannot be read is kept",
        ),
        Found(
            (205, 349, 373),
            "a time of a pull request on GitHub that was none, which no table shows, was kept and ended every later "
            "pull",
            "what is asked for is told by the times that a change can have",
        ),
        Found(
            (272,),
            "half a sign in what the operator is told of a pull ended it with an error of the program, after it landed",
            "a question mark stands in its place",
        ),
    ),
    unseen=("an answer that is wrong and looks right: a pull can only believe it",),
)
