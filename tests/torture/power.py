"""Loss of power: what was not forced to the disk is lost, in ways that a disk may lose it."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from pipelines.home import Home
from pipelines.lake import ledger, versions
from tests.torture import disk
from tests.torture.disk import Change, What
from tests.torture.errands import named
from tests.torture.lost_power import WAYS, Disk, File, Folder, Link, content
from tests.torture.prepared import Undisturbed
from tests.torture.suite import Found, Suite
from tests.torture.whole import check_ledgers, check_published, digest, tree

if TYPE_CHECKING:
    from collections.abc import Sequence

ORDER = (
    "ingest", "publish", "send", "import", "run", "pull", "erase", "run", "rollback", "run", "erase in full", "run",
)  # fmt: skip
"""What a row of seeds goes through, again and again."""


_PASSING = ("lake/.staging", "lake/candidates", "versions/.draft-")
"""What is made again where it is missing."""


def prepare(folder: Path) -> None:
    """Nothing: what an errand needs is made when the first seed asks for it."""


def play(seed: int, prepared: Path, own: Path) -> str:
    """Cut the power at a moment of an errand, then do it again."""
    if why := disk.missing():
        return f"not played: {why}"
    rng = Random(f"power {seed}")
    errand = named(ORDER[seed % len(ORDER)])
    undisturbed = Undisturbed(prepared, errand)
    changes = list(disk.changes(undisturbed.record))
    way = WAYS[seed // len(ORDER) % len(WAYS)]
    moment, when = _moment(changes, rng)
    did = f"{errand.name}, {when} (change {moment} of {len(changes)}): {way}"
    held = Disk(undisturbed.before, undisturbed.after)
    for one in changes[:moment]:
        held.change(one)
    held.lose(way, rng)
    root, beside = own / "home", own / "beside"
    held.write(root, way, rng)
    shutil.copytree(undisturbed.beside, beside)
    try:
        check(root, held, changes[:moment], undisturbed)
        if errand.name != "run" or seed // len(ORDER) % 3 == 0:
            undisturbed.again(root, beside)
    except AssertionError as error:
        raise AssertionError(f"{did}: {error}") from error
    return did


def _moment(changes: Sequence[Change], rng: Random) -> tuple[int, str]:
    """Choose a moment: any, or right after something was said to be on the disk, or after the end."""
    marks = [number for number, one in enumerate(changes) if one.what is What.MARK]
    drawn = rng.random()
    if drawn < 0.1:
        return len(changes), "after its end"
    if drawn < 0.55:
        number = rng.choice(marks)
        return number + 1, f"after {changes[number].first.decode()}"
    areas = _areas(changes)
    area = rng.choice(sorted(areas))
    return rng.choice(areas[area]), f"in {area}"


def _areas(changes: Sequence[Change]) -> dict[str, list[int]]:
    """Return which changes there are in each part of the home: Dagster's history alone has most of them."""
    areas: dict[str, list[int]] = {}
    of_file: dict[int, str] = {}
    for number, one in enumerate(changes):
        if one.what in (What.CREATE, What.KNOWN):
            of_file[one.inode] = one.first.decode()
        path = one.first.decode() if one.what is not What.MARK else ""
        path = path or of_file.get(one.inode, "")
        if "/home/" in path:
            areas.setdefault("/".join(path.rpartition("/home/")[2].split("/")[:2]), []).append(number)
    return areas


def _after_end(root: Path, undisturbed: Undisturbed) -> None:
    """Raise unless everything that is kept is as it was when the errand had come to its end."""
    folders = ("landing", "lake", "versions", "exports", "messages", "fetched", ".erasure")
    files = (".arm_key", ".pseudonym_key", ".erasure_key", "guildbook.toml")
    kept = [
        {
            one
            for one in tree(home)
            if (one[0].startswith(folders) and not one[0].startswith(_PASSING)) or one[0] in files
        }
        for home in (root, undisturbed.after)
    ]
    differs = sorted({name for name, _ in kept[0] ^ kept[1] if "/." not in name and not name.endswith(".lock")})
    assert not differs, f"the errand had ended, and not on the disk is {', '.join(differs[:5])}"


def check(root: Path, held: Disk, past: Sequence[Change], undisturbed: Undisturbed) -> None:
    """Raise unless everything is there that was said to be on the disk."""
    erases = undisturbed.errand.name.startswith("erase")
    check_published(root, undisturbed.before, undisturbed.after, rewritten=erases)
    check_ledgers(root, None if erases else undisturbed.after)
    if past and past[-1].what is What.MARK and past[-1].first == b"end":
        _after_end(root, undisturbed)
    files: dict[str, str] = {}
    rows: dict[str, int] = {}
    up = None
    for one in past:
        if one.what is What.MARK:
            what, _, said = one.first.decode().partition(" ")
            value, _, name = said.partition(" ")
            if what == "file":
                files[name] = value
            elif what == "rows":
                rows[name] = int(value)
            elif what == "up":
                up = int(value)
    for name, promised in files.items():
        now = _now(held, name)
        if now is None or name.startswith(_PASSING):
            continue  # it was taken away again, or is made again
        path = root / name
        assert path.is_file(), f"{name} was moved in and is gone"
        allowed = (promised, now)
        assert digest(path) in allowed, f"{name} was moved in and is not whole"
    for name, n_rows in rows.items():
        n_found = ledger.read(Home(root), name).num_rows
        assert n_found >= n_rows, f"{n_rows} rows were recorded in the ledger {name}, {n_found} are there"
    if up is not None:
        link = held.top.names["published"]
        assert isinstance(link, Link)
        allowed_numbers = (up, int(Path(link.target).name))
        assert versions.current(Home(root)) in allowed_numbers, f"version {up} was up and is not"


def _now(held: Disk, name: str) -> str | None:
    """Digest of a file as the program sees it at the moment; None where it is gone."""
    node: object = held.top
    for part in name.split("/"):
        if isinstance(node, Link) and node.target.startswith("versions/"):
            node = held.top.names["versions"]
            assert isinstance(node, Folder)
            node = node.names.get(Path(held.top.names["published"].target).name)  # type: ignore[union-attr]
        if not isinstance(node, Folder) or part not in node.names:
            return None
        node = node.names[part]
    return hashlib.sha256(content(node, None, Random(0))).hexdigest() if isinstance(node, File) else None


_WHAT = """\
A library between a command and its disk records every change below the home, in order, and when each file and each
folder was forced to the disk. A seed takes an errand (a whole run, an import, a pull, log days into the lake, two
publications, sending, an erasure, a rollback), a moment of it (any, in each part of the home alike; right after
something was said to be on the disk; after its end) and a way in which a disk loses what was not forced to it: all
of it; bytes but no names; all names from a moment on, or from a moment of its own in each folder, and pages of 4
KiB. What is left is a home.

It holds where what is published is a version as it was made, byte by byte; where every file that was moved in for
good, every row that was recorded and every version that was put up is there, and after the end of an errand
everything; and where the errand, done again, ends as the undisturbed one: the same lake, ledgers, marts, site,
messages and exports, with nothing left behind once a run has begun. What is made again where it is gone may be gone:
drafts, and candidates of the lake, whose verdict is then recorded a second time. Of the seeds that cut a whole run,
one in three does it again."""

SUITE = Suite(
    name="power",
    title="Loss of power",
    what=_WHAT,
    prepare=prepare,
    play=play,
    n_seeds=240,
    n_short=3,
    finds_short=False,
    found=(
        Found(
            (0, 2),
            "A file was moved into a new folder and forced to the disk, the folder's own name was not: ledgers, "
            "parts of the lake and messages were gone.",
            "Each folder that is made is forced to the disk in the one above it.",
        ),
        Found(
            (6,),
            "The name of a home's key was not forced to the disk: a key could be lost after it was used. The "
            "journal of an erasure that was done came back, full of zeros, and no run could begin.",
            "A key's name is on the disk before the key is used. A journal is gone once the erasure is done, and "
            "one of zeros is one of an erasure that was done.",
        ),
        Found(
            (97,),
            "An old publication was removed file by file under its own number, so half of one could be gone back to.",
            "It loses its number first.",
        ),
        Found(
            (40, 45),
            "The folder that a candidate had been moved out of was there again, empty: its log day, which lay whole in "
            "the lake, was taken in and judged once more.",
            "A run begins by taking empty folders of candidates away.",
        ),
    ),
    unseen=(
        "What passes the library by: memory that SQLite maps (`-shm`, made anew when it is opened) and C's own "
        "streams; that nothing else is missing in a record is checked against the home that it made.",
        "A disk that says that it has written what it has not.",
        "The same moment where the program writes more or less than before: a seed names a share of what it writes.",
        "Where there is no C compiler, or another system than Linux, the suite is not played and says so.",
    ),
)
