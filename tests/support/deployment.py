"""The pieces of deploy/compose.yaml as processes of this machine: its commands and its files, other addresses."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
import urllib.request
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil
import yaml

from pipelines.settings import PROJECT_DIR
from tests.support.postgres import PASSWORD, USER, free_port

if TYPE_CHECKING:
    from collections.abc import Callable

DEPLOY = PROJECT_DIR / "deploy"
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
SERVICES: dict[str, Any] = COMPOSE["services"]

_IN_IMAGE = "/opt/guildbook/deploy"
_MOST_SECONDS = 240


def until(what: str, holds: Callable[[], object], seconds: float = _MOST_SECONDS) -> None:
    """Wait until something holds.

    Raises:
        TimeoutError: It does not come to hold.
    """
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {seconds:g} s: {what}")
        time.sleep(0.2)


class Deployment:
    """Code location, daemon and webserver with a Dagster home of their own, against a PostgreSQL on loopback."""

    def __init__(self, folder: Path, home: Path, postgres_port: int) -> None:
        """Copy the deployment's Dagster home; nothing is started."""
        self.folder, self.home = folder, home
        self.dagster_home = folder / "dagster_home"
        self.dagster_home.mkdir(parents=True)
        for name in ("dagster.yaml", "workspace.yaml"):
            shutil.copy(DEPLOY / name, self.dagster_home)
        self.ports = {"3000": str(free_port()), "4000": str(free_port())}
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        ours = {
            "DAGSTER_POSTGRES_HOST": "127.0.0.1",
            "DAGSTER_POSTGRES_PORT": str(postgres_port),
            "DAGSTER_POSTGRES_USER": USER,
            "DAGSTER_POSTGRES_PASSWORD": PASSWORD,
            "DAGSTER_POSTGRES_DB": "postgres",
            "DAGSTER_CODE_HOST": "127.0.0.1",
            "DAGSTER_CODE_PORT": self.ports["4000"],
            "DAGSTER_HOME": str(self.dagster_home),
        }
        kept = {name: value for name, value in os.environ.items() if not name.startswith("DAGSTER_")}
        self.environment = kept | ours | {"GUILDBOOK_HOME": str(home), "GUILDBOOK_DAGSTER_HOME": str(self.dagster_home)}

    def command(self, words: list[str]) -> list[str]:
        """A command of the compose file, on this machine's loopback, ports and folders."""
        replaced = [word.replace(_IN_IMAGE, str(self.dagster_home)).replace("0.0.0.0", "127.0.0.1") for word in words]
        for theirs, ours in self.ports.items():
            replaced = [ours if word == theirs else word.replace(f":{theirs}/", f":{ours}/") for word in replaced]
        return [str(Path(sys.executable).with_name(replaced[0])), *replaced[1:]]

    def start(self, service: str) -> None:
        """Start a service; what it says goes to a file. Where no home is mounted it gets to know none."""
        log = (self.folder / f"{service}.log").open("ab")
        has_home = any(volume.startswith("home:") for volume in SERVICES[service].get("volumes", []))
        known = {k: value for k, value in self.environment.items() if has_home or not k.startswith("GUILDBOOK_")}
        self.processes[service] = subprocess.Popen(
            self.command(SERVICES[service]["command"]),
            env=known, cwd=PROJECT_DIR, stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip

    def wait_for(self, service: str) -> None:
        """Wait until the compose file's own health check of a service passes.

        Raises:
            AssertionError: The service ended instead.
        """

        def is_healthy() -> bool:
            assert self.processes[service].poll() is None, self.said(service)[-2000:]
            return self.run(SERVICES[service]["healthcheck"]["test"][1:]).returncode == 0

        until(f"{service} is healthy", is_healthy)

    def run(self, words: list[str], **changed: str) -> subprocess.CompletedProcess[str]:
        """Run a command of the deployment to its end."""
        return subprocess.run(
            self.command(words), env=self.environment | changed, cwd=PROJECT_DIR, capture_output=True, text=True,
            check=False, timeout=_MOST_SECONDS,
        )  # fmt: skip

    def said(self, service: str) -> str:
        """What a service has said so far."""
        return (self.folder / f"{service}.log").read_text(encoding="utf-8", errors="replace")

    def kill(self, service: str) -> None:
        """End a service with all its children, as the end of its container does."""
        top = self.processes.pop(service)
        whole = psutil.Process(top.pid)
        for process in (*whole.children(recursive=True), whole):
            with suppress(psutil.NoSuchProcess):
                process.kill()
        top.wait()

    def end(self) -> None:
        """End all services."""
        for service in list(self.processes):
            self.kill(service)

    def ask(self, query: str, **variables: object) -> dict[str, Any]:
        """Ask Dagster's pages, as a browser does."""
        words = json.dumps({"query": query, "variables": variables}).encode()
        asked = urllib.request.Request(
            f"http://127.0.0.1:{self.ports['3000']}/dagster/graphql", words, {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(asked, timeout=60) as answer:
            told = json.load(answer)
        assert "errors" not in told, told
        found: dict[str, Any] = told["data"]
        return found
