"""A disk that is full, fails or cannot be written: from a byte, a change or the beginning on."""

from __future__ import annotations

import errno
import json
import re
from contextlib import ExitStack
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from tests.torture import disk, small_disk
from tests.torture.attempts import Answer, Watch
from tests.torture.disk import How, What
from tests.torture.errands import named
from tests.torture.lost_power import Disk, File, Folder, Link
from tests.torture.prepared import Undisturbed
from tests.torture.suite import Found, Suite
from tests.torture.whole import check_ledgers, check_published_anew, unlike

if TYPE_CHECKING:
    from collections.abc import Iterator

ORDER = (
    ("ingest", "small"), ("publish", "full"), ("send", "full"), ("erase", "small"), ("run", "small"),
    ("run", "full"), ("import", "full"), ("pull", "small"), ("run", "read-only"), ("publish", "small"),
    ("erase in full", "full"), ("run", "small"), ("export", "small"), ("erase", "failing"), ("run", "full"),
    ("rollback", "read-only"), ("run", "failing"), ("pull", "full"), ("run", "small"), ("retention", "full"),
    ("ingest", "full"), ("erase in full", "small"), ("run", "full"), ("import", "small"), ("publish", "read-only"),
)  # fmt: skip
"""What a row of seeds goes through twice: an errand, and what its disk does."""

AND = (
    ("spill", "small"), ("spill", "full"), ("rollback", "full"), ("today", "small"), ("today", "full"),
    ("today", "read-only"),
)  # fmt: skip
"""What comes after it, each once."""

_ROW = (*ORDER, *ORDER, *AND)

_SAYS = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the disk is full",
    errno.EIO: "does not read or write",
    errno.EROFS: "the disk is mounted read-only",
}
_OF_A_LOGGER = re.compile(r"\d\d:\d\d:\d\d ")


def prepare(folder: Path) -> None:
    """Nothing: what an errand needs is made when the first seed asks for it."""


def play(seed: int, prepared: Path, own: Path) -> str:
    """Do an errand on a disk that gives way, look at what is left, make room, and do it again."""
    if why := disk.missing():
        return f"not played: {why}"
    rng = Random(f"full {seed}")
    name, what = _ROW[seed % len(_ROW)]
    if what == "small" and small_disk.missing():
        what = "full"
    undisturbed = Undisturbed(prepared, named(name))
    with ExitStack() as stack:
        place = own / "disk"
        if what == "small":
            stack.enter_context(small_disk.small_disk(place))
        else:
            place.mkdir()
        root, beside = undisturbed.copy_before(place)
        watch, error, did = _fault(undisturbed, what, seed, rng)
        did = f"{name}: {did}"
        if watch is None:
            small_disk.resize(place, _used(place) + _share_of_use(undisturbed, seed))
        else:
            watch = Watch(str(place), "", watch.how, watch.at, watch.error)
        answer = undisturbed.attempt(name, root, beside, 1, watch, alerts=own / "alerts.jsonl")
        try:
            did += _look(answer, undisturbed, root, error)
            if answer.code and name == "run":
                _check_alerted(own / "alerts.jsonl", error)
            if answer.code:
                looked = undisturbed.attempt("status", root, beside, 1, watch)
                assert looked.code == 0, f"status on such a disk: {' '.join(looked.said)}"
            if what == "small":
                small_disk.resize(place)
            undisturbed.again(root, beside)
        except AssertionError as failed:
            raise AssertionError(f"{did}: {failed}") from failed
    return did


def _fault(undisturbed: Undisturbed, what: str, seed: int, rng: Random) -> tuple[Watch | None, int, str]:
    """Return what the disk does, the error that it gives, and both in words; no watch where the disk is small."""
    if what == "small":
        return None, errno.ENOSPC, f"a disk with room for {_share(seed):.0%} of what it writes"
    marks = [one.counts for one in disk.changes(undisturbed.record) if one.what is What.MARK]
    bounds = [(0, 0), *marks]
    number = rng.randrange(len(marks))
    kind = 0 if what == "full" else 1
    first, last = bounds[number][kind], bounds[number + 1][kind]
    at = rng.randint(first, max(first, last - 1))
    if what == "full":
        error = rng.choice((errno.ENOSPC, errno.ENOSPC, errno.EDQUOT))
        return Watch(how=How.FULL, at=at, error=error), error, f"full from write {at} of {marks[-1][0]} on"
    if what == "failing":
        return (
            Watch(how=How.FAILING, at=at, error=errno.EIO),
            errno.EIO,
            f"failing from change {at} of {marks[-1][1]} on",
        )
    at = rng.choice((0, at))
    return (
        Watch(how=How.READ_ONLY, at=at, error=errno.EROFS),
        errno.EROFS,
        f"read-only from change {at} of {marks[-1][1]} on",
    )


def _look(answer: Answer, undisturbed: Undisturbed, root: Path, error: int) -> str:
    """Raise unless the errand said what was wrong and left the home as it may be left; return how it ended."""
    is_erasure = undisturbed.errand.name.startswith("erase")
    check_published_anew(root, undisturbed.before, undisturbed.after, rewritten=is_erasure)
    check_ledgers(root, undisturbed.after if undisturbed.errand.name in ("ingest", "publish") else None)
    said = [line for line in answer.said if not _OF_A_LOGGER.match(line)]
    if answer.code == 0:
        assert not (differs := unlike(root, undisturbed.after)), f"it said that it was done: {'; '.join(differs[:5])}"
        return ", and it was done all the same"
    assert answer.code == 1, f"no words for it: {' '.join(answer.said)[-1500:]}"
    assert not any("Traceback" in line for line in said), "\n".join(said)
    told = [line for line in said if _SAYS[error] in line]
    assert len(told) == 1, f"{len(told)} lines say {_SAYS[error]!r}: {said}"
    assert str(root.parent) in told[0], f"which disk, is not said: {told[0]}"
    return ", said"


def _check_alerted(alerts: Path, error: int) -> None:
    """Raise unless the operator was told by the alert command, which needs nothing of the home's disk."""
    told = alerts.read_text(encoding="utf-8") if alerts.exists() else ""
    assert _SAYS[error] in told, f"the alert command was not told: {told or 'nothing'}"


def _share(seed: int) -> float:
    """How much of what an errand writes there is room for: seeds in a row are spread over all of it."""
    return (seed * 0.618 + 0.05) % 0.98


def _share_of_use(undisturbed: Undisturbed, seed: int) -> int:
    kept = undisturbed.folder / "use.json"
    if not kept.exists():
        kept.write_text(json.dumps(max(_growth(undisturbed))), encoding="utf-8")
    return small_disk.pages(int(json.loads(kept.read_text(encoding="utf-8")) * _share(seed)))


def _growth(undisturbed: Undisturbed) -> Iterator[int]:
    """Yield by how many bytes the home has grown, now and then through the errand."""
    held, begun = Disk(undisturbed.before, undisturbed.after), None
    for number, one in enumerate(disk.changes(undisturbed.record)):
        held.change(one)
        if number % 100 == 0:
            begun = begun if begun is not None else _bytes(held.top)
            yield _bytes(held.top) - begun


def _bytes(node: Folder | File | Link) -> int:
    if isinstance(node, Folder):
        return sum(_bytes(one) for one in node.names.values())
    return small_disk.pages(node.size) if isinstance(node, File) else 0


def _used(place: Path) -> int:
    room = disk.room(place)
    return room["total"] - room["free"]


_WHAT = """\
An errand (a whole run, a look at the running day, an import, a pull, log days into the lake, one of them spilled, two
publications, sending, an erasure, a rollback, exports) on a disk that gives way: a file system in memory with room for
a share of what the errand writes; or, by a library between the command and its disk, one that from a change on has no
more room (`ENOSPC`, `EDQUOT`), fails (`EIO`) or cannot be written (`EROFS`), often from the first one on. The changes
are spread over the errand's steps.

It holds where the command ends with exit code 1 and one line that names the disk and says what to do, or does all of
it; where every publication that is kept is as it was made; where `guildbook status` answers on such a disk, and the
alert command of a run gets the same line; and where, once there is room, the errand ends as an undisturbed one: the
same lake, ledgers, marts, site, messages and exports, with nothing left behind."""

SUITE = Suite(
    name="full",
    title="A disk that is full, fails or cannot be written",
    what=_WHAT,
    prepare=prepare,
    play=play,
    n_seeds=len(_ROW),
    n_short=2,
    finds_short=False,
    found=(
        Found(
            (0, 1),
            "Where a library's error named no file, the line said neither which disk was full nor what to do again "
            "after an import or a pull; an erasure did not say what to do.",
            "It names the home's disk, and the same is to be done again. SQLite's words for a full, failing or "
            "read-only disk are known too.",
        ),
        Found(
            (5,),
            "The disk was full right after a publication was put up: what it restated was not kept by the next run, "
            "which had nothing to publish.",
            "Each run keeps it as it begins.",
        ),
        Found(
            (38,),
            "The disk failed while an erasure changed the publication that is up: its digests were still those of "
            "before, so nobody got an answer from it until the erasure was finished.",
            "While a publication is changed on purpose it has digests of damaged files alone.",
        ),
        Found(
            (50,),
            "Where the disk had no room for what does not fit into memory, a log day was refused for good, as one that "
            "needs more memory.",
            "The run stops, says that the disk is full, and the day is read once there is room.",
        ),
    ),
    unseen=(
        "What a disk does that has no room for names: the library's refuses folders, and makes files and links.",
        "Changes of rights and times of files, which the library lets through to a disk that cannot be written.",
        "The same moment where the program writes more or less than before: a seed names a share of what it writes.",
        "Where there is no C compiler, or another system than Linux, the suite is not played and says so; where no "
        "file system may be mounted the library's disk takes its place.",
    ),
)
