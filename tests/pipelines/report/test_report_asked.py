"""``guildbook member``, ``piece`` and ``event``: the page of whoever is asked for, and what is said without one."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from pipelines.cli import app
from pipelines.home import Home
from pipelines.lake import versions
from pipelines.lake.own_pages import KINDS, own_page
from pipelines.reading import sums
from pipelines.settings import get_settings
from tests.support.report_html import Html
from tests.support.report_pages import Site

LISTED = "m5"


@pytest.fixture(scope="module")
def published(sites: dict[str, Site], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the full site, somebody erased and two members who are called the same; not to be changed."""
    home = Home(tmp_path_factory.mktemp("asked") / "home")
    folder = home.versions / "7"
    shutil.copytree(sites["full"].folder, folder / "site")
    database = Path(shutil.copyfile(sites["full"].database, folder / "analytics.duckdb"))
    with duckdb.connect(database) as con:
        con.execute(
            "create or replace table marts.publication as select 7 as version, date '2026-11-19' as through_day"
        )
        con.execute("insert into marts.dim_members (member_id) values ('erased-0123456789ab'), ('a/../b c#🦊')")
        con.execute("insert into marts.dim_members (member_id, display_name) values ('t1', 'Twin'), ('t2', 'Twin')")
        con.execute("insert into marts.dim_members (member_id, display_name) values ('s1', 'Sole Name')")
        con.execute("insert into marts.member_ids by name select 'other' as member_id, 's1' as person_id")
    home.published.symlink_to("versions/7")
    sums.write(folder)
    return home.root


@pytest.fixture
def home(published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    root = Path(shutil.copytree(published, tmp_path / "home", symlinks=True))
    monkeypatch.setenv("GUILDBOOK_HOME", str(root))
    return Home(root)


def ask(*words: str) -> tuple[int, str, str]:
    get_settings.cache_clear()  # each test has other settings
    result = CliRunner().invoke(app, list(words))
    return result.exit_code, result.stdout.strip(), result.stderr.strip()


def test_whoever_has_a_page_in_the_site_is_shown_by_that(home: Home) -> None:
    code, said, _ = ask("member", LISTED)
    assert (code, said) == (0, str((home.versions / "7" / "site" / own_page("member", LISTED)).resolve()))
    assert not (home.versions / "7" / "site" / "asked").exists()


@pytest.mark.parametrize(
    ("kind", "given", "shown"),
    [
        ("member", "a/../b c#🦊", "a/../b c#🦊"),
        ("member", "Sole Name", "Sole Name s1"),
        ("member", "other", "Sole Name s1"),
        ("piece", "w77", "How do I wait? 77"),
        ("piece", "How do I wait? 77", "How do I wait? 77"),
        ("event", "e19", "e19"),
    ],
)
def test_any_other_gets_a_page_that_leads_to_those_of_the_site(home: Home, kind: str, given: str, shown: str) -> None:
    if kind == "event":
        (home.versions / "7" / "site" / own_page("event", "e19")).unlink()
    code, said, _ = ask(kind, given)
    page = Path(said)
    assert code == 0
    assert page.parent == (home.versions / "7" / "site" / "asked").resolve()
    html = Html(page.read_text(encoding="utf-8"))
    question = next(at for at, (tag, attributes) in enumerate(html.tags) if attributes.get("class") == "question")
    assert html.tags[question + 1][0] != "a", "it does not lead to itself"
    assert shown in " ".join(html.words)
    for link in html.attributes("a", "href") + html.attributes("link", "href"):
        assert link.startswith("https:") or (page.parent / "../" / link.split("#")[0]).is_file(), link


def test_it_is_no_part_of_the_publication_and_goes_with_the_next(home: Home) -> None:
    folder = home.versions / "7"
    before = (folder / "SHA256SUMS").read_text(encoding="utf-8")
    page = Path(ask("member", "Sole Name")[1])
    assert sums.unlike(folder) == []
    sums.write(folder)
    changed = set((folder / "SHA256SUMS").read_text(encoding="utf-8").splitlines()) ^ set(before.splitlines())
    assert not [line for line in changed if "asked" in line]
    versions.forget_beside(home)
    assert not page.parent.exists()
    assert (folder / "site" / own_page("member", LISTED)).exists()


def test_nothing_is_written_while_somebody_is_being_erased(home: Home) -> None:
    home.erasure_journal.parent.mkdir()
    home.erasure_journal.write_text("{}")
    code, _, said = ask("member", "Sole Name")
    assert code == 1
    assert "an erasure was broken off" in said
    assert not (home.versions / "7" / "site" / "asked").exists()


@pytest.mark.parametrize(
    ("words", "en", "zh"),
    [
        (("member", "m55555"), "no member m55555 is published; nearest: m55", "没有成员 m55555；最接近的：m55"),
        (("member", "sole"), "nearest: s1 (Sole Name)", "最接近的：s1 (Sole Name)"),
        (("member", "Twin"), "nearest: t1 (Twin), t2 (Twin)", "最接近的：t1 (Twin), t2 (Twin)"),
        (("member", "erased-0123456789ab"), "was erased: there is no page", "已被抹除，没有页面"),
        (("piece", "w777"), "no piece w777 is published; nearest: w77", "没有内容 w777；最接近的：w77"),
        (("event", "e99"), "no event e99 is published; nearest: e9", "没有活动 e99；最接近的：e9"),
    ],
)
def test_the_unknown_is_told_with_what_is_nearest_in_the_operators_language(
    home: Home, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], en: str, zh: str
) -> None:
    for language, expected in (("en", en), ("zh", zh)):
        monkeypatch.setenv("GUILDBOOK_LANGUAGE", language)
        code, shown, said = ask(*words)
        assert (code, shown) == (1, "")
        assert expected in said
    assert not (home.versions / "7" / "site" / "asked").exists()


def test_under_pseudonyms_it_is_said_how_members_are_called(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GUILDBOOK_PSEUDONYMS", "true")
    code, _, said = ask("member", "nobody-at-all")
    assert code == 1
    assert "guildbook pseudonym says which" in said
    assert "erased-" not in said


def test_pages_without_small_counts_show_nobody_by_themselves(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GUILDBOOK_LEAST_SHOWN_COUNT", "5")
    for kind in KINDS:
        code, _, said = ask(kind, LISTED)
        assert code == 1
        assert "GUILDBOOK_LEAST_SHOWN_COUNT is set" in said


def test_before_the_first_publication_it_is_said_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GUILDBOOK_HOME", str(tmp_path / "new"))
    assert ask("member", "m1") == (1, "", "nothing is published yet: run guildbook run first")


def test_what_an_older_version_published_is_told_and_no_error_of_the_program(home: Home) -> None:
    database = home.versions / "7" / "analytics.duckdb"
    with duckdb.connect(database) as con:
        con.execute("alter table marts.content_performance drop half_life_hours")
    (home.versions / "7" / sums.SUMS).unlink(missing_ok=True)
    sums.write(home.versions / "7")
    code, shown, said = ask("piece", "w77")
    assert (code, shown) == (1, "")
    assert "an older version: run guildbook run first" in said
