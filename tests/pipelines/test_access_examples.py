"""The examples of docs/access in a real nginx: without password or sign-in nobody sees anything, with it the site."""

from __future__ import annotations

import pytest

from pipelines.settings import PROJECT_DIR
from tests.support.nginx import MISSING, PASSWORD, Upstream, ask, behind, make_site, password

EXAMPLES = PROJECT_DIR / "docs" / "access"

pytestmark = pytest.mark.skipif(MISSING is not None, reason=MISSING or "")


@pytest.fixture
def proxied(tmp_path, request):
    """A home, and the address of an nginx with one example in front of it."""
    make_site(tmp_path / "home")
    with behind(tmp_path, (EXAMPLES / request.param).read_text()) as url:
        yield tmp_path / "home", url


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
