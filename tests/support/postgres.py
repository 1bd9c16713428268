"""A PostgreSQL server of one's own in a temporary folder, where the machine has the programs."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MISSING = None if shutil.which("initdb") and shutil.which("postgres") else "PostgreSQL's initdb is not on this machine"

USER, PASSWORD = "guild", "hush-hush"

_OTHER = "nobody"
"""Who runs the server where we are root: it refuses to run as root."""


def free_port() -> int:
    """A port of this machine on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def postgres(folder: Path) -> Iterator[str]:
    """Give the address of a running server; it listens on loopback alone and ends with the block."""
    data = folder / "data"
    data.mkdir(mode=0o700)
    if os.geteuid() == 0:
        for one in (folder, *folder.parents):
            if one.stat().st_uid == 0 and one != Path("/") and not one.stat().st_mode & 0o001:
                one.chmod(one.stat().st_mode | 0o011)
        shutil.chown(data, _OTHER)
    word = folder / "password"
    word.write_text(PASSWORD)
    word.chmod(0o644)
    _run("initdb", "-D", data, "-U", USER, "--auth=scram-sha-256", f"--pwfile={word}", "--no-sync")
    port = free_port()
    options = f"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories={data} -c fsync=off"
    _run(*_control(folder), "-o", options, "start")
    try:
        yield f"postgresql+psycopg://{USER}:{PASSWORD}@127.0.0.1:{port}/postgres"
    finally:
        _run(*_control(folder), "-m", "immediate", "stop")


def restart(folder: Path) -> None:
    """Stop the server of a folder and start it again; whoever is connected is not."""
    _run(*_control(folder), "-m", "fast", "restart")


def _control(folder: Path) -> tuple[object, ...]:
    return (shutil.which("pg_ctl") or "pg_ctl", "-D", folder / "data", "-w", "-l", folder / "data" / "log")


def _run(*command: object) -> None:
    user = {"user": _OTHER} if os.geteuid() == 0 else {}
    subprocess.run([str(part) for part in command], check=True, stdout=subprocess.DEVNULL, cwd="/", **user)
