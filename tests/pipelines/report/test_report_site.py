"""The rendered site as a whole: complete, closed in itself, bilingual, safe, each number with its SQL."""

import csv
import json
import re
import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from pipelines.home import Home
from pipelines.report.context import site_context
from pipelines.report.parts import charts
from pipelines.report.parts.database import Marts
from pipelines.report.parts.text import Text
from pipelines.report.sections.scores import not_learnt
from pipelines.report.site import _embed, render_site
from pipelines.report.stopped import StoppedRun, render_stopped
from pipelines.settings import Settings
from tests.support.report_marts import CONTEXT, HOSTILE
from tests.support.report_pages import PAGES, Site

PROFILE = "https://forum.example.org/u/"
"""How members' own pages begin: the only links that lead out of the site."""
CHINESE = re.compile("[\u4e00-\u9fff]")
SWITCH = ("中文", "English")
NOT_TRANSLATED = re.compile(
    r"CSV|SQL|CNY|EUR|JPY|Guildbook|Gophers & Co|ROC AUC|PR AUC|F1|Brier|R|n|[kM]?B|Asia/Shanghai|landing/\S+|\w+\.csv"
)


@pytest.mark.parametrize("page", PAGES)
def test_every_page_renders_well_formed(site: Site, page: str) -> None:
    html = site.page(page)
    assert len([tag for tag, _ in html.tags if tag == "h1"]) == 1
    assert site.folder / f"{page}.html" in site.files


@pytest.mark.parametrize("page", PAGES)
def test_every_link_stays_in_the_site(site: Site, page: str) -> None:
    html = site.page(page)
    links = html.attributes("a", "href") + html.attributes("link", "href") + html.attributes("script", "src")
    links = [link for link in links if not link.startswith(PROFILE)]
    assert links
    for link in links:
        assert link == "status.js" or (site.folder / link.split("#")[0]).is_file(), link
    own = [site.folder / f"{page}.html", site.folder / "static/report.css", site.folder / "static/report.js"]
    for path in own:
        text = re.sub(
            rf'<a href="{PROFILE}[^"]*" rel="noopener noreferrer nofollow">', "", path.read_text(encoding="utf-8")
        )
        assert not re.search(r"https?:|//\w+\.\w|@import|url\(", text), path.name


@pytest.mark.parametrize("page", PAGES)
def test_both_languages_say_everything(site: Site, page: str) -> None:
    spans = site.page(page).spans
    english = [text for language, text in spans if language == "en"]
    chinese = [text for language, text in spans if language == "zh-Hans"]
    assert len(english) == len(chinese) == len(spans) / 2
    pairs = [pair for pair in zip(english, chinese, strict=True) if pair != SWITCH]
    assert len(pairs) == len(english) - 1
    for text, translation in pairs:
        assert CHINESE.search(translation), f"not translated: {text!r} -> {translation!r}"
        assert not CHINESE.search(text), text


@pytest.mark.parametrize("page", PAGES)
def test_no_word_stands_outside_the_two_languages(sites: dict[str, Site], page: str) -> None:
    for word in sites["empty"].page(page).words + sites["full"].page(page).labels:
        rest = re.sub(rf"\b(?:{NOT_TRANSLATED.pattern})\b|[^A-Za-z]", "", word)
        assert not rest, f"{word!r} is not translated"


@pytest.mark.parametrize("page", PAGES)
def test_hostile_words_stay_words(sites: dict[str, Site], page: str) -> None:
    html = sites["full"].page(page)
    assert "img" not in {tag for tag, _ in html.tags}
    assert not any(name.startswith("on") for _, attributes in html.tags for name in attributes)
    assert not any("alert" in body for body in html.json)


@pytest.mark.parametrize(
    "page",
    [
        "index",
        "members",
        "interactions",
        "risk",
        "actions",
        "answers",
        "revenue",
        "sales",
        "content",
        "events",
        "health",
    ],
)
def test_hostile_words_are_shown_as_they_are(sites: dict[str, Site], page: str) -> None:
    assert HOSTILE in sites["full"].page(page).text


def test_a_figure_can_not_end_its_script_element() -> None:
    embedded = _embed(charts.figure([], x_title=Text(HOSTILE, "甲&\u2028")))
    assert not set("<>&\u2028") & set(embedded)
    assert json.loads(embedded)["x"]["title"] == {"en": HOSTILE, "zh": "甲&\u2028"}


def test_every_figure_has_its_query_and_each_query_runs(site: Site) -> None:
    n_queries = 0
    with duckdb.connect(site.database, read_only=True) as connection:
        for page in PAGES:
            html = site.page(page)
            for sql in html.code:
                connection.execute(sql).fetchall()
                n_queries += 1
            sections = [str(a["class"]).split() for tag, a in html.tags if tag == "section" and a.get("class")]
            measured = [classes for classes in sections if {"tiles", "chart", "table"} & set(classes)]
            drawers = [a for tag, a in html.tags if tag == "details" and a.get("class") == "sql"]
            assert len(drawers) >= len(measured)
    assert (n_queries > 0) == (site.name in ("full", "two_logs"))


def test_rows_of_a_query_have_an_order_so_that_its_file_is_the_same_each_time(site: Site) -> None:
    modifiers = "select json_serialize_sql(?::varchar) ->> '$.statements[0].node.modifiers'"
    with Marts(site.database, timezone="UTC") as marts:
        not_learnt(marts)  # its file is linked from no page
        asked = {result.sql for result in marts.results.values()}
    with duckdb.connect(site.database, read_only=True) as connection:
        for sql in sorted(asked.union(*(site.page(page).code for page in PAGES))):
            if sql in asked or len(connection.execute(sql).fetchall()) > 1:
                ((found,),) = connection.execute(modifiers, [sql]).fetchall()
                assert "ORDER_MODIFIER" in [one["type"] for one in json.loads(found)], sql


def test_csv_holds_what_the_query_gives(sites: dict[str, Site]) -> None:
    site = sites["full"]
    html = site.page("risk")
    links = [link for link in html.attributes("a", "href") if link.endswith("risk_inactivity.csv")]
    with duckdb.connect(site.database, read_only=True) as connection:
        sql = next(code for code in html.code if "reasons_en" in code and "churn_predictions" in code)
        expected = connection.execute(sql).fetchall()
    with (site.folder / links[0]).open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.reader(stream))
    assert len(rows) == len(expected) + 1 > 201
    assert [row[0] for row in rows[1:]] == [row[0] for row in expected]


@pytest.mark.parametrize("page", PAGES)
def test_figures_are_json_in_known_colours(site: Site, page: str) -> None:
    css = (site.folder / "static/report.css").read_text(encoding="utf-8")
    html = site.page(page)
    figures = [json.loads(body) for body in html.json]
    for figure in figures:
        for one in figure["series"]:
            assert f"--{one['ink']}:" in css
            assert len(one["x"]) == len(one["y"]) == len(one.get("low", one["y"]))
            assert not figure["panels"] or 0 <= one.get("panel", 0) < len(figure["panels"])
    assert len(html.attributes("script", "data-figure")) == len(figures)
    assert ("static/charts.js" in html.attributes("script", "src")) == bool(figures)


def test_the_full_site_draws_every_chart(sites: dict[str, Site]) -> None:
    counts = {page: len(sites["full"].page(page).json) for page in PAGES}
    assert counts == {
        "index": 2, "owner": 0, "members": 3, "activation": 0, "interactions": 4, "risk": 0, "actions": 1, "answers": 2,
        "revenue": 4, "sales": 1, "content": 1, "events": 1, "churn": 2, "alerts": 1, "health": 0,
    }  # fmt: skip


def test_empty_pages_say_so_instead_of_zero(sites: dict[str, Site]) -> None:
    for name in ("empty", "bare"):
        assert "There is no activity to report yet." in sites[name].page("index").text
        assert "No member has been scored yet." in sites[name].page("risk").text
        assert "no log has been delivered" in sites[name].page("health").text
        assert not any(page.json for page in map(sites[name].page, PAGES))


def test_a_log_not_collected_says_how_to_add_it(sites: dict[str, Site]) -> None:
    text = sites["two_logs"].page("health").text
    assert "2 of 2 complete, 8 not collected" in text
    assert "landing/subscriptions/YYYY-MM-DD/*.csv" in text
    assert "subscription_id, member_id, occurred_at, step, term_start, term_end" in text
    assert "landing/content/" not in text


def test_rendering_again_gives_the_same_bytes_and_drops_what_is_gone(sites: dict[str, Site], tmp_path: Path) -> None:
    first = sites["full"]
    out = shutil.copytree(first.folder, tmp_path / "site")
    (out / "data" / "old.csv").write_text("x")
    again = render_site(first.database, out, context=CONTEXT)
    assert {path.relative_to(out): path.read_bytes() for path in again} == {
        path.relative_to(first.folder): path.read_bytes() for path in first.files
    }
    assert not (out / "data" / "old.csv").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


@pytest.mark.parametrize(("language", "opens"), [("", "en"), ("en", "en"), ("zh", "zh")])
def test_pages_open_in_the_communitys_language_unless_the_reader_chose_another(
    sites: dict[str, Site], tmp_path: Path, language: str, opens: str
) -> None:
    render_site(sites["empty"].database, tmp_path / "site", context=replace(CONTEXT, language=language))
    stopped = render_stopped(
        StoppedRun(
            community="Gophers & Co",
            timezone="Asia/Shanghai",
            run_id="r",
            stopped_at=datetime(2026, 11, 20, tzinfo=UTC),
            through_day=None,
            failed_gate="",
            reason="the disk is full",
            language=language,
        )
    )
    for page in ((tmp_path / "site" / "index.html").read_text(encoding="utf-8"), stopped):
        head = re.search(r'<html lang="(.*?)" data-lang="(.*?)"', page)
        assert head is not None
        assert head.groups() == ({"en": "en", "zh": "zh-Hans"}[opens], opens)
        assert f'stored.lang || "{language}" || (' in page


def test_a_failed_rendering_leaves_the_old_site_whole(sites: dict[str, Site], tmp_path: Path) -> None:
    out = shutil.copytree(sites["full"].folder, tmp_path / "site")
    before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    broken = tmp_path / "broken.duckdb"
    with duckdb.connect(broken) as connection:
        connection.execute("create schema marts; create table marts.community_days as select 1 as surprise")
    with pytest.raises(duckdb.BinderException, match="day"):
        render_site(broken, out, context=CONTEXT)
    assert {path: path.read_bytes() for path in out.rglob("*") if path.is_file()} == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["broken.duckdb", "site"]


def test_only_the_sample_community_is_called_one(sites: dict[str, Site], tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    assert not site_context(Settings(home=home.root), CONTEXT.through_day, 1).is_sample
    home.ground_truth.mkdir(parents=True)
    assert site_context(Settings(home=home.root), CONTEXT.through_day, 1).is_sample
    render_site(sites["empty"].database, tmp_path / "site", context=replace(CONTEXT, is_sample=True))
    assert " data-sample>" in (tmp_path / "site" / "index.html").read_text(encoding="utf-8")
    assert " data-sample>" not in (sites["empty"].folder / "index.html").read_text(encoding="utf-8")
