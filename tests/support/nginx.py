"""An nginx of one's own with one of the examples, its paths and ports replaced, and a server that stands behind it."""

from __future__ import annotations

import base64
import re
import shutil
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, ClassVar

from tests.support.postgres import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MISSING = None if shutil.which("nginx") and shutil.which("openssl") else "nginx and openssl are not installed"
PASSWORD = "correct horse"
USER = "ana"


class Upstream(BaseHTTPRequestHandler):
    """Stands for the sign-in service and for Dagster's pages; keeps the headers that it gets."""

    seen: ClassVar[dict[str, dict[str, str]]] = {}

    def do_GET(self) -> None:
        self.seen[self.path] = dict(self.headers)
        is_known = "session=good" in self.headers.get("Cookie", "")
        is_auth = self.path == "/oauth2/auth"
        self.send_response(202 if is_known or not is_auth else 401)
        if is_auth and is_known:
            self.send_header("X-Auth-Request-User", USER)
        self.end_headers()
        self.wfile.write(self.path.encode())

    do_POST = do_GET  # noqa: N815 - the name that http.server calls

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


@contextmanager
def upstream() -> Iterator[int]:
    """Give the port of the server behind."""
    Upstream.seen = {}
    server = ThreadingHTTPServer(("127.0.0.1", 0), Upstream)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


def make_site(home: Path) -> None:
    """Two publications of a home, the first of them up, and a file that nobody may see."""
    for version in (1, 2):
        (home / "versions" / str(version) / "site").mkdir(parents=True)
        (home / "versions" / str(version) / "site" / "index.html").write_text(f"version {version}")
        (home / "versions" / str(version) / "site" / ".half.tmp").write_text("half")
    (home / "warehouse.duckdb").write_text("rows")
    (home / "published").symlink_to("versions/1")


def line_of_passwords() -> str:
    """The line that ``htpasswd`` writes for the user."""
    command = ["openssl", "passwd", "-apr1", PASSWORD]
    return f"{USER}:{subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()}"


def make_certificate(folder: Path) -> None:
    """A certificate that signs itself, under the names that the examples give."""
    key = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost", "-days", "1"]
    subprocess.run(
        [*key, "-keyout", folder / "privkey.pem", "-out", folder / "fullchain.pem"], check=True, capture_output=True
    )


def write_config(folder: Path, text: str) -> Path:
    """A whole configuration around an example; what nginx writes goes below ``folder``."""
    temporary = " ".join(
        f"{name}_temp_path {folder}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    config = folder / "nginx.conf"
    user = "user root;\n" if shutil.os.geteuid() == 0 else ""
    config.write_text(
        f"{user}daemon off; worker_processes 1; pid {folder}/pid; error_log {folder}/error.log;\n"
        f"events {{ worker_connections 64; }}\nhttp {{ access_log off; {temporary}\n{text}\n}}\n"
    )
    subprocess.run(["nginx", "-t", "-c", config, "-e", folder / "error.log"], check=True, capture_output=True)
    return config


@contextmanager
def started(command: list[str], port: int, **environment: str) -> Iterator[None]:
    """Have a command run that starts nginx on a port."""
    with subprocess.Popen(command, env=environment or None) as process:
        for _ in range(100):
            with socket.socket() as one:
                if one.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield
        process.terminate()


def replaced(text: str, words: dict[str, str]) -> str:
    """An example with the words of its place replaced; each has to be there."""
    for theirs, ours in words.items():
        assert theirs in text, theirs
        text = text.replace(theirs, ours)
    return text


def ask(url: str, method: str = "GET", **headers: str) -> tuple[int, str, dict[str, str]]:
    """Ask as a browser does, without following where it is led."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    asked = urllib.request.Request(url, headers=named, method=method, data=b"" if method == "POST" else None)
    try:
        with urllib.request.build_opener(_NoRedirect).open(asked, timeout=10) as answer:
            return answer.status, answer.read().decode(), dict(answer.headers)
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode(), dict(error.headers)


def password(word: str) -> str:
    """The header of basic authentication."""
    return "Basic " + base64.b64encode(f"{USER}:{word}".encode()).decode()


@contextmanager
def behind(folder: Path, text: str) -> Iterator[str]:
    """Give the address of an nginx with an example of docs/access in front of the server behind."""
    port = free_port()
    (folder / "htpasswd").write_text(line_of_passwords())
    make_certificate(folder)
    words = {
        "listen 443 ssl": f"listen 127.0.0.1:{port}",
        "/etc/ssl/guildbook": str(folder),
        "/srv/guildbook/data": str(folder / "home"),
    }
    text = replaced(text, words).replace("/etc/nginx/guildbook.htpasswd", f"{folder}/htpasswd")
    with upstream() as server:
        config = write_config(folder, re.sub(r"127\.0\.0\.1:(3001|4180)", f"127.0.0.1:{server}", text))
        with started(["nginx", "-c", str(config), "-e", str(folder / "error.log")], port):
            yield f"http://127.0.0.1:{port}"
