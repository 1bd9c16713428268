"""``guildbook open`` and ``--version``: the report in a browser where there is one, its place anywhere else."""

from __future__ import annotations

import webbrowser
from importlib.metadata import version

import pytest
from typer.testing import CliRunner

from pipelines.cli import app, open_site
from pipelines.home import Home


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("GUILDBOOK_HOME", str(tmp_path / "home"))
    return Home(tmp_path / "home")


@pytest.fixture
def page(home):
    site = home.versions / "3" / "site"
    site.mkdir(parents=True)
    (site / "index.html").write_text("the brief")
    home.published.symlink_to("versions/3")
    return home.published / "site" / "index.html"


def opened_on_a_terminal(monkeypatch, browser):
    """Run the command as on a terminal of a machine with this browser, or with none."""

    class Terminal:
        @staticmethod
        def isatty():
            return True

    def get():
        if browser is None:
            raise webbrowser.Error
        return browser

    monkeypatch.setattr(open_site, "sys", type("sys", (), {"stdout": Terminal}))
    monkeypatch.setattr(webbrowser, "get", get)
    return CliRunner().invoke(app, ["open"])


class Window(webbrowser.BackgroundBrowser):
    def __init__(self):
        super().__init__("any")
        self.shown = []

    def open(self, url, new=0, autoraise=True):
        self.shown.append(url)
        return True


def test_the_version_is_that_of_the_package():
    result = CliRunner().invoke(app, ["--version"])

    assert (result.exit_code, result.stdout) == (0, f"guildbook {version('guildbook')}\n")


def test_before_the_first_publication_it_says_what_to_do(home):
    empty = CliRunner().invoke(app, ["open"])
    (home.landing / "members").mkdir(parents=True)
    with_data = CliRunner().invoke(app, ["open"])
    home.last_run.mkdir(parents=True)
    (home.last_run / "index.html").write_text("why")
    stopped = CliRunner().invoke(app, ["open"])

    assert {one.exit_code for one in (empty, with_data, stopped)} == {1}
    assert "guildbook import" in empty.stderr
    assert "guildbook run publishes" in with_data.stderr
    assert str(home.last_run / "index.html") in stopped.stderr


def test_without_a_terminal_it_says_where_the_report_lies_and_opens_nothing(page, monkeypatch):
    monkeypatch.setattr(webbrowser, "get", lambda: pytest.fail("a browser was asked for"))

    result = CliRunner().invoke(app, ["open"])

    assert (result.exit_code, result.stdout) == (0, f"{page}\n")


def test_a_browser_shows_the_version_that_is_up(page, monkeypatch):
    browser = Window()

    result = opened_on_a_terminal(monkeypatch, browser)

    assert browser.shown == [page.resolve().as_uri()]
    assert browser.shown[0].endswith("/versions/3/site/index.html")
    assert result.stderr == ""


@pytest.mark.parametrize("browser", [None, webbrowser.GenericBrowser("lynx")], ids=["none", "one in the terminal"])
def test_where_no_window_can_open_the_place_is_said(page, monkeypatch, browser):
    result = opened_on_a_terminal(monkeypatch, browser)

    assert result.exit_code == 0
    assert str(page) in result.stdout
    assert "open that file" in result.stderr
