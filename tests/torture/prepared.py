"""What both suites of faults of the disk prepare: homes, and of each errand one undisturbed run with its record."""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict
from functools import cache
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from filelock import FileLock

from tests.torture import disk, run_home, small_home
from tests.torture.attempts import Answer, Watch, attempt
from tests.torture.forking import Template

if TYPE_CHECKING:
    from tests.torture.errands import Errand

SETTINGS = {
    "small": small_home.SETTINGS,
    "big": small_home.SETTINGS | small_home.LITTLE_MEMORY,
    "run": run_home.SETTINGS,
}


_LIBRARIES = {"run": ("tests.torture.run_home:bring_libraries",)}
"""What errands on a home need besides."""


@cache
def template(home: str) -> Template:
    """The process whose forks make attempts on a home; without what a disk needs to be watched, it runs without."""
    libraries = ("tests.torture.attempts", "tests.torture.run_home", *_LIBRARIES.get(home, ()))
    return Template(libraries, {} if disk.missing() else disk.preloaded())


class Undisturbed:
    """An errand done once without a fault: the home before and after it, the folder beside it, the record."""

    def __init__(self, prepared: Path, errand: Errand) -> None:
        """Make what is missing, once for all processes that play."""
        self.errand = errand
        self._base = prepared / f"home-{errand.home}"
        self.folder = prepared / errand.name.replace(" ", "-")
        self.before, self.beside = self._base / "home", self._base / "beside"
        self.record = self.folder / "record"
        self.after, self.after_beside = self.folder / "home", self.folder / "beside"
        with FileLock(prepared / ".lock"):
            self._build()
            self._record()

    def _build(self) -> None:
        if (done := self._base / "done").exists():
            return
        shutil.rmtree(self._base, ignore_errors=True)
        self._base.mkdir(parents=True)
        small_home.write_exports(self.beside)
        _must(self.attempt(f"build {self.errand.home}", self.before, self.beside, 0))
        done.touch()

    def _record(self) -> None:
        if (done := self.folder / "done").exists():
            return
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        self.copy_before(self.folder)
        watch = None if disk.missing() else Watch(record=str(self.record))
        answer = self.attempt(self.errand.name, self.after, self.after_beside, 1, watch)
        (self.folder / "said.json").write_text(json.dumps(answer.said), encoding="utf-8")
        _must(answer)
        self._check_record()
        done.touch()

    def _check_record(self) -> None:
        """Raise unless the record tells every change: what it makes of the home before is the home after."""
        if disk.missing():
            return
        from tests.torture.lost_power import Disk  # noqa: PLC0415
        from tests.torture.whole import tree  # noqa: PLC0415

        held = Disk(self.before, self.after)
        for one in disk.changes(self.record):
            held.change(one)
        held.write(self.folder / "told", None, Random(0))
        assert not (unlike := tree(self.folder / "told") ^ tree(self.after)), f"not in the record: {sorted(unlike)[:5]}"
        shutil.rmtree(self.folder / "told")

    def copy_before(self, own: Path) -> tuple[Path, Path]:
        """Copy the home as it was before the errand, and the folder beside it; times of files too."""
        shutil.copytree(self.before, own / "home", symlinks=True)
        shutil.copytree(self.beside, own / "beside")
        return own / "home", own / "beside"

    def attempt(
        self, name: str, root: Path, beside: Path, number: int, watch: Watch | None = None, alerts: Path | None = None
    ) -> Answer:
        """Make one attempt at an errand; what the alert command gets is added to a file, if one is given."""
        settings = SETTINGS[self.errand.home]
        if alerts:
            settings = settings | {"GUILDBOOK_ALERT_COMMAND": f"(cat; echo) >> '{alerts}'"}
        ended = template(self.errand.home).do(
            attempt,
            name=name,
            root=str(root),
            beside=str(beside),
            number=number,
            watch=asdict(watch) if watch else None,
            settings=settings,
        )
        return Answer(*ended.answer) if ended.answer else Answer(-1, [ended.error or f"it ended with {ended.code}"])

    def again(self, root: Path, beside: Path, number: int = 2) -> None:
        """Do the errand again, which has to come to its end, and compare with the undisturbed one."""
        from tests.torture.whole import left_behind, unlike  # noqa: PLC0415 - reads DuckDB

        _must(self.attempt(self.errand.name, root, beside, number))
        assert not (differs := unlike(root, self.after)), f"once it was done again: {'; '.join(differs[:5])}"
        _must(self.attempt("begin", root, beside, number + 1))
        assert not (left := left_behind(root)), f"left behind: {', '.join(left[:5])}"


def _must(answer: Answer) -> None:
    assert answer.code == 0, "\n".join(answer.said)
