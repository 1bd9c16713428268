"""The examples of docs/access in a real nginx: without password or sign-in nobody sees anything, with it the site."""

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
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

import pytest

from pipelines.settings import PROJECT_DIR

EXAMPLES = PROJECT_DIR / "docs" / "access"
PASSWORD = "correct horse"

pytestmark = pytest.mark.skipif(
    shutil.which("nginx") is None or shutil.which("openssl") is None, reason="nginx and openssl are not installed"
)


class Upstream(BaseHTTPRequestHandler):
    """Stands for the sign-in service and for Dagster's pages; keeps the headers that it gets."""

    seen: ClassVar[dict[str, dict[str, str]]] = {}

    def do_GET(self) -> None:
        self.seen[self.path] = dict(self.headers)
        is_known = "session=good" in self.headers.get("Cookie", "")
        is_auth = self.path == "/oauth2/auth"
        self.send_response(202 if is_known or not is_auth else 401)
        if is_auth and is_known:
            self.send_header("X-Auth-Request-User", "ana")
        self.end_headers()
        self.wfile.write(self.path.encode())

    do_POST = do_GET  # noqa: N815 - the name that http.server calls

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@pytest.fixture
def upstream():
    Upstream.seen = {}
    server = ThreadingHTTPServer(("127.0.0.1", 0), Upstream)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


@pytest.fixture
def proxied(tmp_path, upstream, request):
    """An nginx with one example, its paths and ports replaced by the test's own."""
    home = tmp_path / "home"
    for version in (1, 2):
        (home / "versions" / str(version) / "site").mkdir(parents=True)
        (home / "versions" / str(version) / "site" / "index.html").write_text(f"version {version}")
        (home / "versions" / str(version) / "site" / ".half.tmp").write_text("half")
    (home / "warehouse.duckdb").write_text("rows")
    (home / "published").symlink_to("versions/1")
    text = (EXAMPLES / request.param).read_text()
    port = free_port()
    crypted = subprocess.run(
        ["openssl", "passwd", "-apr1", PASSWORD], capture_output=True, text=True, check=True
    ).stdout
    (tmp_path / "htpasswd").write_text(f"ana:{crypted}")
    key = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost", "-days", "1"]
    subprocess.run(
        [*key, "-keyout", tmp_path / "key.pem", "-out", tmp_path / "cert.pem"], check=True, capture_output=True
    )
    for ours, theirs in (
        ("listen 443 ssl", f"listen 127.0.0.1:{port}"),
        ("/etc/ssl/guildbook/fullchain.pem", f"{tmp_path}/cert.pem"),
        ("/etc/ssl/guildbook/privkey.pem", f"{tmp_path}/key.pem"),
        ("/etc/nginx/guildbook.htpasswd", f"{tmp_path}/htpasswd"),
        ("/srv/guildbook/data", str(home)),
    ):
        assert ours in text or "htpasswd" in ours
        text = text.replace(ours, theirs)
    text = re.sub(r"127\.0\.0\.1:(3001|4180)", f"127.0.0.1:{upstream}", text)
    temporary = " ".join(
        f"{name}_temp_path {tmp_path}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    config = tmp_path / "nginx.conf"
    user = "user root;\n" if shutil.os.geteuid() == 0 else ""
    config.write_text(
        f"{user}daemon off; worker_processes 1; pid {tmp_path}/pid; error_log {tmp_path}/error.log;\n"
        f"events {{ worker_connections 64; }}\nhttp {{ access_log off; {temporary}\n{text}\n}}\n"
    )
    subprocess.run(["nginx", "-t", "-c", config, "-e", tmp_path / "error.log"], check=True, capture_output=True)
    with subprocess.Popen(["nginx", "-c", config, "-e", tmp_path / "error.log"]) as process:
        for _ in range(100):
            with socket.socket() as one:
                if one.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield home, f"http://127.0.0.1:{port}"
        process.terminate()


def ask(url: str, method: str = "GET", **headers: str) -> tuple[int, str, dict[str, str]]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    asked = urllib.request.Request(url, headers=named, method=method, data=b"" if method == "POST" else None)
    try:
        with urllib.request.build_opener(_NoRedirect).open(asked, timeout=10) as answer:
            return answer.status, answer.read().decode(), dict(answer.headers)
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode(), dict(error.headers)


def password(word: str) -> str:
    return "Basic " + base64.b64encode(f"ana:{word}".encode()).decode()


@pytest.mark.parametrize("proxied", ["basic.conf"], indirect=True)
def test_a_password_opens_the_site_and_dagsters_pages(proxied):
    home, url = proxied
    for path in ("/", "/index.html", "/dagster/runs", "/nothing"):
        assert ask(url + path)[0] == 401, path
        assert ask(url + path, Authorization=password("wrong"))[0] == 401, path
    good = {"Authorization": password(PASSWORD)}
    status, body, headers = ask(url + "/", **good)
    assert (status, body, headers["Cache-Control"]) == (200, "version 1", "no-cache")
    assert headers["X-Frame-Options"] == "DENY"
    assert ask(url + "/dagster/runs", **good)[:2] == (202, "/dagster/runs")
    assert "Authorization" not in Upstream.seen["/dagster/runs"], "the password goes no further"
    for path, expected in (("/.half.tmp", 404), ("/../../warehouse.duckdb", 400), ("/analytics.duckdb", 404)):
        assert ask(url + path, **good)[0] == expected, path
    assert ask(url + "/index.html", "POST", **good)[0] == 403
    (home / "beside").symlink_to("versions/2")
    (home / "beside").replace(home / "published")
    assert ask(url + "/", **good)[1] == "version 2", "a publication is up at once"


@pytest.mark.parametrize("proxied", ["forward-auth.conf"], indirect=True)
def test_whom_the_sign_in_service_knows_gets_in(proxied):
    _, url = proxied
    for path in ("/", "/index.html", "/dagster/graphql", "/nothing"):
        status, _, headers = ask(url + path, X_Auth_Request_User="ana", X_Forwarded_User="ana", Cookie="session=bad")
        assert (status, headers["Location"]) == (302, f"{url}/oauth2/start?rd={path}"), path
    assert ask(url + "/.half.tmp")[0] == 404
    assert ask(url + "/oauth2/start?rd=/")[:2] == (202, "/oauth2/start?rd=/")
    assert ask(url + "/oauth2/auth")[0] == 404, "only nginx itself asks it"
    good = {"Cookie": "session=good"}
    assert ask(url + "/", **good)[:2] == (200, "version 1")
    assert ask(url + "/.half.tmp", **good)[0] == 404
    assert ask(url + "/dagster/graphql", "POST", X_Forwarded_User="root", **good)[:2] == (202, "/dagster/graphql")
    assert Upstream.seen["/dagster/graphql"]["X-Forwarded-User"] == "ana", "a name that the browser sends is replaced"
