"""The proxy of deploy/ in a real nginx: nobody gets in without a password, and no other site's page with one."""

from __future__ import annotations

import os

import pytest

from tests.support import nginx
from tests.support.deployment import DEPLOY, SERVICES
from tests.support.postgres import free_port

pytestmark = pytest.mark.skipif(nginx.MISSING is not None, reason=nginx.MISSING or "")

GOOD = {"Authorization": nginx.password(nginx.PASSWORD)}


@pytest.fixture
def url(tmp_path):
    """The address of the proxy, started as the compose file starts it."""
    port = free_port()
    nginx.make_site(tmp_path / "home")
    nginx.make_certificate(tmp_path)
    with nginx.upstream() as server:
        words = {
            "listen 8443 ssl": f"listen 127.0.0.1:{port}",
            "/etc/ssl/guildbook": str(tmp_path),
            "/tmp/htpasswd": f"{tmp_path}/htpasswd",
            "/srv/guildbook/data": str(tmp_path / "home"),
            "webserver:3000": f"127.0.0.1:{server}",
            "resolver 127.0.0.11 valid=10s;": "",
        }
        text = nginx.replaced((DEPLOY / "proxy.conf").read_text(encoding="utf-8"), words)
        config = nginx.write_config(tmp_path, text)
        proxy = SERVICES["proxy"]
        command = proxy["command"][0].replace("$$", "$").replace("/tmp/htpasswd", f"{tmp_path}/htpasswd")
        command = nginx.replaced(command, {"nginx -g 'daemon off;'": f"nginx -c {config} -e {tmp_path}/error.log"})
        line = nginx.line_of_passwords()
        with nginx.started([*proxy["entrypoint"], command], port, PATH=os.environ["PATH"], PROXY_HTPASSWD=line):
            yield f"http://127.0.0.1:{port}"


def test_a_password_opens_the_site_and_dagsters_pages(url):
    for path in ("/", "/index.html", "/dagster/runs", "/dagster/graphql", "/nothing"):
        assert nginx.ask(url + path)[0] == 401, path
        assert nginx.ask(url + path, Authorization=nginx.password("wrong"))[0] == 401, path
    assert nginx.ask(url + "/", **GOOD)[:2] == (200, "version 1")
    assert nginx.ask(url + "/dagster/runs", **GOOD)[:2] == (202, "/dagster/runs")
    assert "Authorization" not in nginx.Upstream.seen["/dagster/runs"], "the password goes no further"
    for path, expected in (("/.half.tmp", 404), ("/../../warehouse.duckdb", 400), ("/analytics.duckdb", 404)):
        assert nginx.ask(url + path, **GOOD)[0] == expected, path
    assert nginx.ask(url + "/index.html", "POST", **GOOD)[0] == 403
    assert nginx.ask(url + "/health")[:2] == (204, "")


def test_what_another_sites_page_asks_for_reaches_nobody(url):
    for place in ("cross-site", "same-site"):
        for method in ("GET", "POST"):
            asked = nginx.ask(url + "/dagster/graphql?query=mutation", method, Sec_Fetch_Site=place, **GOOD)
            assert asked[0] == 403, (place, method)
    assert nginx.Upstream.seen == {}
    for place in ("same-origin", "none"):
        assert nginx.ask(url + "/dagster/graphql", "POST", Sec_Fetch_Site=place, **GOOD)[0] == 202
