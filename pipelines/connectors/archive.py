"""Opens the XML files of a dump: a folder, or an archive that is unpacked while it is read, in bounded memory.

Archives are never unpacked to disk, so nothing in them can name a path. What is in the XML is not known here.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, Protocol

from pipelines.connectors.report import ConnectorError, OnStep, unheard
from pipelines.reading.blocks import Rejected, Unpacked
from pipelines.settings.limits import LimitSettings

BROKEN = (tarfile.TarError, zipfile.BadZipFile, lzma.LZMAError, zlib.error, EOFError, OSError)
"""What reading a broken archive raises."""

_AT_ONCE = 16 << 20
"""Bytes that an archive may ask for at once; no honest archive has longer names or directories."""
_XZ_MEMORY = 512 << 20


class Source(Protocol):
    """Anything whose bytes can be read."""

    def read(self, size: int, /) -> bytes:
        """Read up to ``size`` bytes; nothing at the end."""


def xml_files(path: Path, limits: LimitSettings, on_step: OnStep = unheard) -> Iterator[tuple[str, Source]]:
    """Yield name and stream of each XML file of the dump; use a stream before asking for the next.

    ``on_step`` hears how many bytes of the files or of the archive are read.

    Raises:
        ConnectorError: ``path`` is missing, of a kind that is not supported, broken, or unpacks beyond the limits.
    """
    if path.is_dir():
        files = sorted(path.glob("*.xml"))
        far = _Far(sum(file.stat().st_size for file in files), on_step)
        for one in files:
            with _Heard(one, far) as stream:
                yield one.name, stream
    elif not path.is_file():
        raise ConnectorError(f"{path} does not exist; give a folder with Posts.xml or an archive of one")
    elif path.suffix == ".7z":
        raise ConnectorError(
            f"{path.name}: 7-Zip archives are not supported; unpack it (7z x {path.name}) and give the folder"
        )
    else:
        with _readable(path):
            far = _Far(path.stat().st_size, on_step)
            with _Heard(path, far) as file:
                yield from (_zip_files if path.suffix == ".zip" else _tar_files)(file, Unpacked(path, limits))


def _zip_files(file: _Heard, unpacked: Unpacked) -> Iterator[tuple[str, Source]]:
    with zipfile.ZipFile(file) as archive:
        for member in sorted(archive.infolist(), key=lambda member: member.filename):
            if member.filename.endswith(".xml"):
                if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                    raise zipfile.BadZipFile(f"{member.filename} is compressed in another way than by deflate")
                with archive.open(member) as stream:
                    yield PurePosixPath(member.filename).name, _Counted(stream, unpacked)


def _tar_files(file: _Heard, unpacked: Unpacked) -> Iterator[tuple[str, Source]]:
    with tarfile.TarFile(fileobj=_Forward(_plain(file), unpacked)) as archive:
        for member in archive:
            stream = archive.extractfile(member) if member.isreg() and member.name.endswith(".xml") else None
            if stream is not None:
                yield PurePosixPath(member.name).name, stream
            archive.members.clear()  # type: ignore[attr-defined] # they would all be kept


def _plain(file: IO[bytes]) -> Source:
    """Return the bytes of a tar without its compression, told by its first bytes."""
    start = file.read(6)
    file.seek(0)
    if start.startswith(b"\x1f\x8b"):
        return gzip.open(file)
    if start.startswith(b"BZh"):
        return bz2.open(file)
    return _Xz(file) if start == b"\xfd7zXZ\0" else file


class _Xz:
    """Reads xz with a bound on memory: its dictionary may claim gigabytes."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._decompressor = lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_XZ_MEMORY)
        self._waiting = b""

    def read(self, size: int, /) -> bytes:
        while True:
            if self._decompressor.eof:
                self._waiting = (self._decompressor.unused_data or self._file.read(1 << 16)).lstrip(b"\0")
                if not self._waiting:
                    return b""
                self._decompressor = lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_XZ_MEMORY)
            elif self._decompressor.needs_input and not self._waiting:
                self._waiting = self._file.read(1 << 16)
                if not self._waiting:
                    raise EOFError("it ends too early")
            data = self._decompressor.decompress(self._waiting, size)
            self._waiting = b""
            if data:
                return data


class _Counted:
    """A stream whose bytes are counted as unpacked."""

    def __init__(self, stream: Source, unpacked: Unpacked) -> None:
        self._stream, self._unpacked = stream, unpacked

    def read(self, size: int, /) -> bytes:
        data = self._stream.read(size)
        self._unpacked.add(len(data))
        return data


class _Forward(io.RawIOBase):
    """A stream that goes forward only, for tarfile; its bytes are counted, and none are asked for beyond a bound."""

    def __init__(self, stream: Source, unpacked: Unpacked) -> None:
        self._stream, self._unpacked, self._at = stream, unpacked, 0

    def read(self, size: int = -1, /) -> bytes:
        if not 0 <= size <= _AT_ONCE:
            raise tarfile.ReadError("a header claims to be longer than 16 MB")
        found = b""
        while len(found) < size and (data := self._stream.read(size - len(found))):
            self._unpacked.add(len(data))
            found += data
        self._at += len(found)
        return found

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = 0, /) -> int:
        if whence or offset < self._at:
            raise tarfile.ReadError("it leads back to what was read")
        while self._at < offset and self.read(min(1 << 20, offset - self._at)):
            pass
        return self._at


class _Far:
    """How many bytes are read, of how many."""

    def __init__(self, n_bytes: int, on_step: OnStep) -> None:
        self._n_bytes, self._n_read, self._on_step = n_bytes, 0, on_step

    def add(self, n_bytes: int) -> None:
        self._n_read += n_bytes
        self._on_step("read", min(self._n_read, self._n_bytes), self._n_bytes)


class _Heard(io.FileIO):
    """A file that tells how far it is read, and gives no more than a bound at once.

    The directory of a zip may claim to be as long as the file.
    """

    def __init__(self, path: Path, far: _Far) -> None:
        super().__init__(path, "rb")
        self._far = far

    def read(self, size: int | None = -1, /) -> bytes:
        if size is not None and size > _AT_ONCE:
            raise zipfile.BadZipFile("its directory claims to be longer than 16 MB")
        data = super().read(size) or b""
        self._far.add(len(data))
        return data


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    try:
        yield
    except Rejected as reason:
        raise ConnectorError(f"{path.name} {reason}") from reason
    except BROKEN as error:
        raise ConnectorError(
            f"{path.name} cannot be read as .tar, .tar.xz, .tar.gz, .tar.bz2 or .zip ({error}); download it again"
        ) from error
