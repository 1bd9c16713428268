"""One file without the person: written beside its place by the way that fits it, then put there in one step."""

from __future__ import annotations

import os
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.erasure import databases, delivered, messages, sqlite, texts
from pipelines.erasure.places import BESIDE, Place
from pipelines.files import move_in
from pipelines.lake.seal import check, seal
from pipelines.privacy import tables
from pipelines.privacy.needles import Needles
from pipelines.settings import Settings


def rewrite(place: Place, needles: Needles, settings: Settings, *, applies: bool) -> int:
    """Rewrite a file where it holds the person, its name too; times and rights stay, and so does everything else in it.

    A page of a site that is about the person is removed. A database is written anew whether its rows hold the person
    or not.

    Args:
        place: The file.
        needles: Whom to look for.
        settings: Threads and memory for databases.
        applies: Whether to write; else only to count.

    Returns:
        Records, values or files (for text) that differ; 0 where the person is not in it.
    """
    path = place.path
    if path.name.endswith((".wal", "-wal", "-shm")) or place.kind in ("archive", "answers"):
        return 0
    if needles.is_own_page(path):
        if applies:
            path.unlink()
        return 1
    target = path.with_name(f".{path.name}{BESIDE}")
    if place.kind == "sqlite":
        n_changed = sqlite.rewrite(path, needles, applies=applies)
    else:
        n_changed = _write(place, target, needles, settings, applies=applies)
        if applies and (n_changed or place.kind == "duckdb"):
            stat = path.stat()
            target.chmod(stat.st_mode)
            if target.stat().st_gid != stat.st_gid:
                os.chown(target, -1, stat.st_gid)
            os.utime(target, ns=(stat.st_atime_ns, stat.st_mtime_ns))
            move_in(target, path)
        else:
            target.unlink(missing_ok=True)
    new_name = needles.id_text(path.name)
    if new_name != path.name:
        n_changed += 1
        if applies:
            path.replace(path.with_name(new_name))
    return n_changed


def _write(place: Place, target: Path, needles: Needles, settings: Settings, *, applies: bool) -> int:
    if place.kind == "delivered":
        assert place.log is not None
        return delivered.rewrite(place.path, target, place.log, needles)
    if place.kind == "parquet":
        return (_write_mart if place.stage == "versions" else _write_parquet)(place, target, needles)
    if place.kind == "duckdb":
        target.unlink(missing_ok=True)
        if place.path.with_name(f"{place.path.name}.wal").exists():
            duckdb.connect(str(place.path)).close()  # what a killed run wrote last is moved into the file
        return databases.rewrite(place.path, target, needles, settings, applies=applies)
    rewrites = messages.rewrite if place.kind == "message" else texts.rewrite
    return rewrites(place.path, target, needles)


def _write_parquet(place: Place, target: Path, needles: Needles) -> int:
    check(place.path)
    table = pq.read_table(place.path, partitioning=None)
    new, n_changed = tables.rewrite(table, needles, place.log)
    if n_changed:
        pq.write_table(new, target, compression="zstd")
        seal(target)
    return n_changed


def _write_mart(place: Place, target: Path, needles: Needles) -> int:
    """Write a mart that lies beside a published database, stretch by stretch: it may be larger than memory."""
    n_changed = 0
    with pq.ParquetFile(place.path) as file:
        # What had a value in every row so far may lose one.
        schema = pa.schema([field.with_nullable(True) for field in file.schema_arrow], file.schema_arrow.metadata)
        with pq.ParquetWriter(target, schema, compression="zstd") as writer:
            for number in range(file.num_row_groups):
                new, n_new = tables.rewrite(file.read_row_group(number), needles)
                writer.write_table(new.cast(schema))
                n_changed += n_new
    return n_changed
