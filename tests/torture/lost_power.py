"""A disk after a loss of power: what was forced to it is there, of everything else what a seed leaves.

Bytes of a file that were not synced are lost by pages of 4 KiB, as a page is written or not. Names are lost in one of
four ways: all that were not synced; none, while the bytes behind them are (files that are empty or full of zeros); all
from a moment on, as a journal loses them; or in each folder from a moment of its own on. A rename is one change, whole
or not done.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Literal

from tests.torture.disk import Change, What

PAGE = 4096

Way = Literal["nothing unsynced is kept", "names are kept, bytes are not", "names up to a moment", "names by folder"]
WAYS: tuple[Way, ...] = (
    "nothing unsynced is kept", "names are kept, bytes are not", "names up to a moment", "names by folder",
)  # fmt: skip


@dataclass(eq=False)
class File:
    """A file: where its first bytes are, and what was done to it since; ``synced`` counts what is on the disk."""

    begun: Path | None = None
    done: list[Change] = field(default_factory=list)
    synced: int = 0
    size: int = 0

    def __post_init__(self) -> None:
        """Begin with the size that it has."""
        self.size = self.begun.stat().st_size if self.begun else 0

    def change(self, one: Change) -> None:
        """Do what is done to its bytes."""
        self.done.append(one)
        if one.what is What.SIZE:
            self.size = one.at
        elif one.what is What.WRITE:
            self.size = max(self.size, one.at + len(one.second))


@dataclass(eq=False)
class Folder:
    """A folder, by what is in it."""

    names: dict[str, Node] = field(default_factory=dict)
    synced: dict[str, Node] = field(default_factory=dict)


@dataclass(frozen=True)
class Link:
    """A link and what it says."""

    target: str


Node = File | Folder | Link
Entry = tuple[Folder, str, Node | None]


class Disk:
    """What is below one folder, as it was when a record began and as the record changes it."""

    def __init__(self, before: Path, root: Path) -> None:
        """Take what is in ``before`` as what was below ``root``, all of it on the disk."""
        self._root = os.fsencode(root)
        self._files: dict[int, File] = {}
        self.top = Folder()
        self._waiting: list[list[Entry]] = []
        self._take_in(before, self.top)

    def _take_in(self, folder: Path, into: Folder) -> None:
        for path in sorted(folder.iterdir()):
            node: Node
            if path.is_symlink():
                node = Link(str(path.readlink()))
            elif path.is_dir():
                node = Folder()
                self._take_in(path, node)
            else:
                node = File(path)
            into.names[path.name] = into.synced[path.name] = node

    def change(self, one: Change) -> None:
        """Do one change of the record."""
        match one.what:
            case What.CREATE:
                self._files[one.inode] = File()
                self._name(one.first, self._files[one.inode])
            case What.KNOWN:
                node = self._at(one.first)
                assert isinstance(node, File)
                self._files[one.inode] = node
            case What.WRITE | What.SIZE:
                self._files[one.inode].change(one)
            case What.TIMES:
                node = self._at(one.first)
                assert isinstance(node, File)
                node.change(one)
            case What.MKDIR:
                self._name(one.first, Folder())
            case What.SYMLINK:
                self._name(one.first, Link(os.fsdecode(bytes(one.second))))
            case What.REMOVE:
                self._name(one.first, None)
            case What.LINK:
                self._name(bytes(one.second), self._at(one.first))
            case What.RENAME:
                self._rename(one.first, bytes(one.second))
            case What.SYNC | What.SYNC_FOLDER | What.SYNC_ALL:
                self._force(one)

    def _force(self, one: Change) -> None:
        if one.what is What.SYNC_FOLDER:
            self._sync(self._at(one.first))
            return
        files = self._files.values() if one.what is What.SYNC_ALL else filter(None, [self._files.get(one.inode)])
        for file in files:
            file.synced = len(file.done)
        if one.what is What.SYNC_ALL:
            for entries in self._waiting:
                _put(entries)
            self._waiting.clear()

    def _rename(self, old: bytes, path: bytes) -> None:
        (folder, name), (to, new) = self._place(old), self._place(path)
        if (folder, name) != (to, new):
            self._do([(folder, name, None), (to, new, folder.names[name])])

    def _place(self, path: bytes) -> tuple[Folder, str]:
        *folders, name = os.fsdecode(path[len(self._root) + 1 :]).split("/")
        folder = self.top
        for one in folders:
            inner = folder.names[one]
            assert isinstance(inner, Folder)
            folder = inner
        return folder, name

    def _at(self, path: bytes) -> Node:
        if path == self._root:
            return self.top
        folder, name = self._place(path)
        return folder.names[name]

    def _name(self, path: bytes, node: Node | None) -> None:
        self._do([(*self._place(path), node)])

    def _do(self, entries: list[Entry]) -> None:
        for folder, name, node in entries:
            if node is None:
                folder.names.pop(name)
            else:
                folder.names[name] = node
        self._waiting.append(entries)

    def _sync(self, folder: Node) -> None:
        """Put what changed the folder on the disk, and what came before that in folders that it changed too."""
        touched, synced = {id(folder)}, list[list[Entry]]()
        for entries in reversed(self._waiting):
            folders = {id(of) for of, _, _ in entries}
            if folders & touched:
                touched |= folders
                synced.append(entries)
        for entries in reversed(synced):
            _put(entries)
            self._waiting.remove(entries)

    def lose(self, way: Way, rng: Random) -> None:
        """Lose the names that the way loses: what is left is as if it had been synced."""
        kept = self._waiting
        if way == "nothing unsynced is kept":
            kept = []
        elif way == "names up to a moment":
            kept = kept[: rng.randint(0, len(kept))]
        elif way == "names by folder":
            kept, ended = [], set[int]()
            for entries in self._waiting:
                folders = {id(folder) for folder, _, _ in entries}
                if folders & ended or rng.random() < 0.1:
                    ended |= folders
                else:
                    kept.append(entries)
        for entries in kept:
            _put(entries)

    def write(self, out: Path, way: Way | None, rng: Random) -> None:
        """Write what is left into a new folder; all of it as it was, without a loss."""
        self._write(self.top, out, way, rng)

    def _write(self, folder: Folder, out: Path, way: Way | None, rng: Random) -> None:
        out.mkdir(mode=0o700)
        for name, node in sorted((folder.names if way is None else folder.synced).items()):
            path = out / name
            if isinstance(node, Folder):
                self._write(node, path, way, rng)
            elif isinstance(node, Link):
                path.symlink_to(node.target)
            elif node.begun and not node.done:
                shutil.copy2(node.begun, path)
            else:
                path.write_bytes(content(node, way, rng))
                path.chmod(0o600)
                if changed_at := _changed_at(node, way):
                    os.utime(path, ns=(changed_at, changed_at))


def _changed_at(file: File, way: Way | None) -> int | None:
    """Return the time of change that a file was given and that was forced to the disk, in nanoseconds; None if none."""
    kept = file.done if way is None else file.done[: file.synced]
    if kept:
        return kept[-1].at if kept[-1].what is What.TIMES else None
    return file.begun.stat().st_mtime_ns if file.begun else None


def content(file: File, way: Way | None, rng: Random) -> bytes:
    """What is in a file; ``way`` None loses nothing."""
    held = bytearray(file.begun.read_bytes() if file.begun else b"")
    for one in file.done if way is None else file.done[: file.synced]:
        _apply(held, one)
    if way is None or file.synced == len(file.done):
        return bytes(held)
    rest = file.done[file.synced :]
    if way == "names are kept, bytes are not":
        if rng.random() < 0.5:  # its size was already written, its pages were not
            whole = bytearray(held)
            for one in rest:
                _apply(whole, one)
            held = held[: len(whole)] + bytes(max(0, len(whole) - len(held)))
    elif way != "nothing unsynced is kept":
        share = rng.choice((0.2, 0.5, 0.9))
        for one in _pages(rest):
            if rng.random() < share:
                _apply(held, one)
    return bytes(held)


def _pages(done: Iterable[Change]) -> Iterable[Change]:
    for one in done:
        if one.what is not What.WRITE:
            yield one
            continue
        start, end = one.at, one.at + len(one.second)
        while start < end:
            stop = min(end, (start // PAGE + 1) * PAGE)
            yield Change(one.what, one.inode, start, b"", one.second[start - one.at : stop - one.at])
            start = stop


def _apply(held: bytearray, one: Change) -> None:
    if one.what is What.TIMES:
        return
    if one.what is What.SIZE:
        held[one.at :] = bytes(max(0, one.at - len(held)))
        return
    if len(held) < one.at:
        held.extend(bytes(one.at - len(held)))
    held[one.at : one.at + len(one.second)] = one.second


def _put(entries: list[Entry]) -> None:
    for folder, name, node in entries:
        if node is None:
            folder.synced.pop(name, None)
        else:
            folder.synced[name] = node
