"""Running a command as a process of its own and reading what it took, from the system's accounting of that process."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

PROJECT_DIR = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Usage:
    """What one process took; ``output`` is the last line that it printed."""

    wall_seconds: float
    cpu_seconds: float
    peak_gb: float
    written_gb: float
    output: str


def run(module: str, *arguments: object, log: Path, environment: dict[str, str] | None = None) -> Usage:
    """Run ``python -m module`` to its end.

    Raises:
        RuntimeError: It failed; the message holds the last of what it said.
    """
    return run_command([sys.executable, "-m", module, *map(str, arguments)], log=log, environment=environment)


def run_command(
    command: list[str], *, log: Path, environment: dict[str, str] | None = None, folder: Path = PROJECT_DIR
) -> Usage:
    """Run a command in a folder to its end, as ``run`` does a module."""
    started = time.perf_counter()
    with log.open("w") as errors:
        process = subprocess.Popen(  # noqa: S603 - our own modules
            command,
            cwd=folder,
            env=os.environ | (environment or {}),
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
        assert process.stdout is not None
        lines = process.stdout.read().splitlines()
        _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        said = "\n".join(log.read_text().splitlines()[-20:])
        raise RuntimeError(f"{' '.join(command)} failed with {process.returncode}:\n{said}")
    return Usage(
        wall_seconds=time.perf_counter() - started,
        cpu_seconds=used.ru_utime + used.ru_stime,
        peak_gb=used.ru_maxrss * 1024 / 1e9,
        written_gb=used.ru_oublock * 512 / 1e9,
        output=lines[-1] if lines else "",
    )


def machine() -> dict[str, object]:
    """Describe the machine that a measurement was made on."""
    from importlib.metadata import version  # noqa: PLC0415

    cpu = next((line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")), ":")
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "cpu": cpu.partition(":")[2].strip(),
        "cores": os.cpu_count(),
        "memory_gb": round(memory / 1e9, 1),
        "python": sys.version.split()[0],
        **{name: version(name) for name in ("duckdb", "polars", "pandas", "dagster", "dbt-core", "dbt-duckdb")},
    }
