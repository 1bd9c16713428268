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


def free_port() -> int:
    """A port of this machine on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def postgres(folder: Path) -> Iterator[str]:
    """Give the address of a running server; it listens on loopback alone and ends with the block."""
    user = {"user": "nobody"} if os.geteuid() == 0 else {}  # it refuses to run as root
    data = folder / "data"
    data.mkdir(mode=0o700)
    for one in (folder, *folder.parents):
        if user and one.stat().st_uid == 0 and one != Path("/") and not one.stat().st_mode & 0o001:
            one.chmod(one.stat().st_mode | 0o011)
    if user:
        shutil.chown(data, "nobody")

    def run(*command: object) -> None:
        subprocess.run([str(part) for part in command], check=True, stdout=subprocess.DEVNULL, cwd="/", **user)

    word = folder / "password"
    word.write_text(PASSWORD)
    word.chmod(0o644)
    run("initdb", "-D", data, "-U", USER, "--auth=scram-sha-256", f"--pwfile={word}", "--no-sync")
    port = free_port()
    options = f"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories={data} -c fsync=off"
    control = (shutil.which("pg_ctl") or "pg_ctl", "-D", data, "-w", "-l", data / "log")
    run(*control, "-o", options, "start")
    try:
        yield f"postgresql+psycopg://{USER}:{PASSWORD}@127.0.0.1:{port}/postgres"
    finally:
        run(*control, "-m", "immediate", "stop")
