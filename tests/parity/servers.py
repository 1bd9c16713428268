"""Servers on loopback that speak Spark Connect: Sail, and a real Spark standalone cluster of two workers."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import closing, suppress
from pathlib import Path

import psutil

from pipelines.settings import PROJECT_DIR

SPARK_PYTHON = PROJECT_DIR / ".venv-spark" / "bin" / "python"
"""Has the package with a whole Spark in it, which cannot lie beside the client's."""
_LEAST_JAVA = 17
_WAIT_SECONDS = 120
_LOOPBACK = ("--host", "127.0.0.1", "--port")
_WORKER = ("--host", "127.0.0.1", "--cores", "1", "--memory", "2g")
_CONNECT = "org.apache.spark.sql.connect.service.SparkConnectServer"


class NotThereError(RuntimeError):
    """What a server needs is not on this machine; the message says what."""


class Server:
    """Processes that are one server; ``address`` is its own for the client."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        folder.mkdir(parents=True, exist_ok=True)

    @property
    def address(self) -> str:
        return f"sc://127.0.0.1:{self.port}"

    def __enter__(self) -> Server:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        for name in list(self.processes):
            self.kill(name)

    def start(self) -> None:
        raise NotImplementedError

    def kill(self, name: str) -> None:
        """Kill a process with all that it has started, as nobody who is asked first would go."""
        process = self.processes.pop(name)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def megabytes(self) -> int:
        """Memory that the processes have now."""
        bytes_ = 0
        for process in self.processes.values():
            with suppress(psutil.NoSuchProcess):
                root = psutil.Process(process.pid)
                bytes_ += sum(one.memory_info().rss for one in (root, *root.children(recursive=True)))
        return bytes_ >> 20

    def _run(self, name: str, command: list[str], environment: dict[str, str] | None = None) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                command,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                env=os.environ | (environment or {}),
                start_new_session=True,
            )

    def _wait(self, port: int, name: str) -> None:
        until = time.monotonic() + _WAIT_SECONDS
        while time.monotonic() < until:
            if self.processes[name].poll() is not None:
                break
            with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                return
            time.sleep(0.1)
        said = (self.folder / f"{name}.log").read_text(encoding="utf-8", errors="replace")[-2000:]
        raise NotThereError(f"{name} does not answer on port {port}: {said}")


class Sail(Server):
    """Sail: a server in one process, without a JVM."""

    name = "sail"

    def start(self) -> None:
        program = Path(sys.executable).with_name("sail")
        if not program.exists():
            raise NotThereError("the package pysail is not installed")
        self._run("sail", [str(program), "spark", "server", "--ip", "127.0.0.1", "--port", str(self.port)])
        self._wait(self.port, "sail")


class Spark(Server):
    """A standalone cluster: a master, two workers, and the Connect server as their driver."""

    name = "spark"

    def start(self) -> None:
        java = _java()
        if not SPARK_PYTHON.exists():
            raise NotThereError(f"{SPARK_PYTHON} is missing: make parity sets it up")
        asked = [str(SPARK_PYTHON), "-c", "import os, pyspark; print(os.path.dirname(pyspark.__file__))"]
        home = Path(subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip())
        environment = {"JAVA_HOME": str(java), "SPARK_HOME": str(home), "SPARK_LOCAL_IP": "127.0.0.1"}
        environment |= {"SPARK_WORKER_DIR": str(self.folder / "work"), "SPARK_NO_DAEMONIZE": "1"}
        spark_class, master = str(home / "bin" / "spark-class"), free_port()
        url = f"spark://127.0.0.1:{master}"
        self._run(
            "master",
            [spark_class, "org.apache.spark.deploy.master.Master", *_LOOPBACK, str(master), *self._pages()],
            environment,
        )
        self._wait(master, "master")
        for worker in ("worker-1", "worker-2"):
            self._run(
                worker,
                [spark_class, "org.apache.spark.deploy.worker.Worker", *_WORKER, *self._pages(), url],
                environment,
            )
        options = {
            "spark.connect.grpc.binding.port": self.port,
            "spark.connect.grpc.binding.address": "127.0.0.1",
            "spark.ui.enabled": "false",
            "spark.executor.memory": "1536m",
            "spark.sql.warehouse.dir": self.folder / "warehouse",
        }
        self._run(
            "connect",
            [
                *(str(home / "bin" / "spark-submit"), "--master", url, "--driver-memory", "2g", "--class", _CONNECT),
                *(part for name, value in options.items() for part in ("--conf", f"{name}={value}")),
                "spark-internal",
            ],
            environment,
        )
        self._wait(self.port, "connect")

    def _pages(self) -> tuple[str, str]:
        return "--webui-port", str(free_port())


def _java() -> Path:
    """Return the home of a Java that Spark runs on."""
    found = shutil.which("java")
    places = [Path(os.environ["JAVA_HOME"])] if "JAVA_HOME" in os.environ else []
    places += [Path(found).resolve().parents[1]] if found else []
    for place in places:
        said = subprocess.run([place / "bin" / "java", "-version"], capture_output=True, text=True, check=False).stderr
        version = re.search(r'version "(\d+)', said)
        if version and int(version[1]) >= _LEAST_JAVA:
            return place
    raise NotThereError(f"Spark needs Java {_LEAST_JAVA} or newer: install one, or set JAVA_HOME to where it is")


def free_port() -> int:
    """Return a port of loopback that nobody listens on."""
    with closing(socket.socket()) as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])
