"""Reads Slack's exports: ``users.json``, ``channels.json`` and a folder of days per channel, archived or not."""

from __future__ import annotations

import json
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from pipelines.reading.blocks import Rejected, Unpacked
from pipelines.settings import Settings
from pipelines.sources.definition import SourceError
from pipelines.sources.kind import Pull

Said = dict[str, Any]

_READ = (
    *("ts", "thread_ts", "subtype", "user", "bot_id", "username", "text", "reactions", "user_profile", "bot_profile"),
    "deleted_ts",
)
"""Keys of a message that are read; the layout of each message would fill the memory."""
_AT_ONCE = 1 << 20
_MOST_MB = 500
"""Size of a file of an export beyond which it is refused (MB): a day of a channel."""


@dataclass
class Export:
    """What one export says."""

    users: dict[str, Said] = field(default_factory=dict)
    channels: dict[str, str] = field(default_factory=dict)
    """Id of a channel that counts -> its name."""
    messages: dict[str, list[Said]] = field(default_factory=dict)
    """Id of a channel -> its messages, in the order of its days."""
    private: int = 0
    """Private channels, groups and direct messages that are left out."""


class _Files:
    """The files of one export by their path in it."""

    def __init__(self, place: str, read: dict[str, Callable[[], bytes]]) -> None:
        self.place, self._read = place, read

    def names(self, folder: str) -> list[str]:
        """Names of the files of a folder, sorted."""
        return sorted(name for name in self._read if str(PurePosixPath(name).parent) == folder)

    def list(self, name: str) -> list[Said]:
        """Return the list in a file; none where there is no such file.

        Raises:
            SourceError: It is no list of objects.
        """
        if name not in self._read:
            return []
        try:
            found = json.loads(self._read[name]())
        except (OSError, ValueError, zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, RecursionError) as error:
            raise SourceError(f"{self.place}, {name}: cannot be read as JSON ({error}); export it again") from error
        except Rejected as reason:
            raise SourceError(f"{self.place}, {name} {reason}") from reason
        if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
            raise SourceError(f"{self.place}, {name}: is no list of objects, as in an export of Slack; export it again")
        return found


def place(pull: Pull) -> Path:
    """Return where the export lies, relative to the source's file where it is relative."""
    return pull.named.path.parent / pull.named.source.export.expanduser()  # type: ignore[attr-defined,no-any-return]


def read(pull: Pull) -> list[Export]:
    """Return what the exports say, the oldest first by name.

    Raises:
        SourceError: There is none, or a file in one cannot be read; names it.
    """
    where, name = place(pull), pull.named.name
    try:
        exports = [_read(pull, files) for files in _exports(where, pull.settings)]
    except SourceError as error:
        raise SourceError(f"{name}: {error}") from error
    if not exports:
        raise SourceError(
            f"{name}: {where} holds no users.json, and no archive or folder with one: correct export in "
            f"{pull.named.path.name}"
        )
    return exports


def _exports(where: Path, settings: Settings) -> Iterator[_Files]:
    """Give each export at a place: the place itself, or those that the folder holds."""
    if (where / "users.json").is_file():
        yield _folder(where)
    elif where.is_dir():
        for path in sorted(path for path in where.iterdir() if path.name[0] not in "._"):
            if (path.is_dir() and (path / "users.json").is_file()) or path.suffix == ".zip":
                yield from _exports(path, settings)
    elif where.is_file():
        yield from _archive(where, settings)


def _folder(root: Path) -> _Files:
    paths = (path for path in root.rglob("*.json") if path.is_file())
    return _Files(str(root), {path.relative_to(root).as_posix(): path.read_bytes for path in paths})


def _archive(path: Path, settings: Settings) -> Iterator[_Files]:
    try:
        archive = zipfile.ZipFile(path)
    except (OSError, zipfile.BadZipFile) as error:
        raise SourceError(f"{path} cannot be read as .zip ({error}); download it again") from error
    with archive:
        unpacked = Unpacked(path, settings)
        found = {one.filename: one for one in archive.infolist() if one.filename.endswith(".json")}
        roots = sorted(str(PurePosixPath(name).parent) for name in found if PurePosixPath(name).name == "users.json")
        if not roots:
            raise SourceError(f"{path} holds no users.json: it is no export of Slack")
        root = min(roots, key=len)

        def reader(one: zipfile.ZipInfo) -> Callable[[], bytes]:
            return lambda: _unpack(archive, one, unpacked)

        inside = {name: one for name, one in found.items() if root == "." or name.startswith(f"{root}/")}
        names = {PurePosixPath(name).relative_to(root).as_posix(): reader(one) for name, one in inside.items()}
        yield _Files(str(path), names)


def _unpack(archive: zipfile.ZipFile, one: zipfile.ZipInfo, unpacked: Unpacked) -> bytes:
    parts = []
    size = 0
    with archive.open(one) as stream:
        while part := stream.read(_AT_ONCE):
            unpacked.add(len(part))
            parts.append(part)
            if (size := size + len(part)) > _MOST_MB * 1_000_000:
                raise Rejected(f"has more than {_MOST_MB} MB: no day of a channel has")
    return b"".join(parts)


def _read(pull: Pull, files: _Files) -> Export:
    source: Any = pull.named.source
    export = Export(users={user["id"]: user for user in files.list("users.json") if user.get("id")})
    private = [channel for name in ("groups.json", "mpims.json", "dms.json") for channel in files.list(name)]
    counted = files.list("channels.json") + (files.list("groups.json") if source.private_channels else [])
    export.private = len(private) - (len(files.list("groups.json")) if source.private_channels else 0)
    for channel in counted:
        id_ = str(channel.get("id", ""))
        name = str(channel.get("name") or id_)
        if name in source.leave_out:
            continue
        export.channels[id_] = name
        messages = (message for day in files.names(name) for message in files.list(day))
        export.messages[id_] = [{key: one[key] for key in _READ if key in one} for one in messages]
    return export
