"""What is done on a home while its disk fails: each errand does one thing, and may be done again after a fault."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines import lock, run_start
from pipelines.home import Home
from pipelines.lake import versions
from pipelines.publishing.publish import publish
from pipelines.settings import get_settings
from tests.support.report_marts import DAY
from tests.torture import run_home, small_home

if TYPE_CHECKING:
    from pathlib import Path

TOLD = 1
"""Exit code of a command that says what went wrong."""


@dataclass(frozen=True)
class Errand:
    """One thing that is done on a home.

    Attributes:
        name: what it is called.
        do: does it, and goes on where a fault broke it off. It gets the home and a folder beside it with what is to
            be taken in, and says what a command says.
        home: which home it is done on: that of ``small_home``, its big one, or that of ``run_home``.
    """

    name: str
    do: Callable[[Path, Path, Callable[[str], None]], int]
    home: str = "small"


def _ingest(root: Path, beside: Path, say: Callable[[str], None]) -> int:
    del beside, say
    home, settings = Home(root), get_settings()
    with lock.hold(home):
        run_start.prepare(home, settings)
        small_home.accept(home, settings, small_home.DAYS)
    return 0


def _spill(root: Path, beside: Path, say: Callable[[str], None]) -> int:
    """Take in a log day that does not fit into the memory that there is."""
    del beside, say
    home, settings = Home(root), get_settings()
    with lock.hold(home):
        run_start.prepare(home, settings)
        small_home.accept(home, settings, [small_home.BIG_DAY])
    return 0


def _publish(root: Path, beside: Path, say: Callable[[str], None]) -> int:
    """Publish twice, so that an old publication is dropped; go on with the second where the first is up."""
    del beside, say
    home, settings = Home(root), get_settings()
    with lock.hold(home):
        run_start.prepare(home, settings)
        while _n_published(home) < 4:
            publish(home, settings, DAY, small_home.RUN)
    return 0


def _n_published(home: Home) -> int:
    from pipelines.lake import ledger  # noqa: PLC0415

    return ledger.read(home, "publications").num_rows


def command(*words: str) -> Callable[[Path, Path, Callable[[str], None]], int]:
    """An errand that is a command; ``{beside}`` stands for the folder beside the home."""

    def do(root: Path, beside: Path, say: Callable[[str], None]) -> int:
        from typer.testing import CliRunner  # noqa: PLC0415

        from pipelines.cli import app  # noqa: PLC0415

        del root
        result = CliRunner().invoke(app, [word.format(beside=beside) for word in words])
        for line in result.output.splitlines():
            say(line)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result.exit_code

    return do


def _rollback(root: Path, beside: Path, say: Callable[[str], None]) -> int:
    home = Home(root)
    return 0 if versions.current(home) == 1 else command("rollback")(root, beside, say)


def _erase(root: Path, beside: Path, say: Callable[[str], None]) -> int:
    """Erase, or finish it as the next run does where the ids are gone from the logs already."""
    home, settings = Home(root), get_settings()
    if home.erasure_journal.exists():
        with lock.hold(home):
            run_start.finish_erasure(home, settings)
    from pipelines.privacy import known  # noqa: PLC0415

    if known.tombstones(home, [small_home.ERASED]):
        return 0
    return command("erase", small_home.ERASED)(root, beside, say)


def _begin(root: Path, beside: Path, say: Callable[[str], None]) -> int:
    """Begin a run as each does, and go no further."""
    del beside, say
    home = Home(root)
    with lock.hold(home):
        run_start.prepare(home, get_settings())
    return 0


SMALL = (
    Errand("begin", _begin),
    Errand("status", command("status")),
    Errand("ingest", _ingest),
    Errand("publish", _publish),
    Errand("import", command("import", "csv", "{beside}")),
    Errand("send", command("send")),
    Errand("erase", _erase),
    Errand("rollback", _rollback),
    Errand("pull", command("sources", "pull", "exports")),
    Errand("spill", _spill, home="big"),
)


IN_FULL = (
    Errand("run", command(*run_home.words("next")), home="run"),
    Errand("erase in full", _erase, home="run"),
    Errand("export", command("export", "--out", "{beside}/out"), home="run"),
    Errand("retention", command("retention", "export"), home="run"),
    Errand("today", command("run", "--today"), home="run"),
)


_SMALL_HOMES = {"small": small_home.build, "big": small_home.build_big}


def build(home: str, root: Path, beside: Path, say: Callable[[str], None]) -> int:
    """Build one of the homes that errands are done on."""
    if home in _SMALL_HOMES:
        _SMALL_HOMES[home](root, get_settings())
        return 0
    run_home.deliver(root)
    return command(*run_home.words("first"))(root, beside, say)


def named(name: str) -> Errand:
    """Return an errand by its name."""
    return next(one for one in (*SMALL, *IN_FULL) if one.name == name)


def attempt(errand: Errand, root: Path, beside: Path) -> tuple[int, list[str]]:
    """Do an errand; return its exit code and what it said. An error that nobody turned into words has code -1."""
    said: list[str] = []
    try:
        return errand.do(root, beside, said.append), said
    except Exception as error:
        from pipelines.faults import sentence  # noqa: PLC0415

        if line := sentence(error, Home(root)):
            return TOLD, [*said, line]
        import traceback  # noqa: PLC0415

        return -1, [*said, traceback.format_exc()]
