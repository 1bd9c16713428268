"""The pages in a real browser: charts, switches, sorting, search, banner. Skips without Chromium."""

import shutil
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from pipelines.metrics.targets import read_targets
from pipelines.report.annotations import Annotation, Annotations
from pipelines.report.site import render_site
from pipelines.report.status import SiteStatus, write_status
from pipelines.settings import Settings
from tests.support.browser import NEEDED, look, look_at_all
from tests.support.report_marts import CONTEXT
from tests.support.report_pages import Site

pytestmark = NEEDED

NOW = datetime(2026, 11, 21, 6, 1, tzinfo=UTC)
PROBE = """
  const seen = {}, all = (query) => Array.from(document.querySelectorAll(query));
  const click = (query) => document.querySelector(query).click();
  const table = all("table").at(-1);
  const rows = () => Array.from(table.tBodies[0].rows);
  const numbers = (n) => rows().map((row) => Number(row.cells[n - 1].dataset.sort));
  seen.charts = all(".figure").length;
  seen.drawn = all(".figure").map((node) => node.querySelectorAll("svg rect, svg path, svg circle").length);
  seen.banner = document.getElementById("banner").innerText;
  const link = document.querySelector("#banner a");
  seen.link = link ? link.getAttribute("href") : "";
  seen.tone = document.getElementById("banner").className;
  document.documentElement.dataset.lang = "en";
  click("#switch-language");
  seen.heading = document.querySelector("h1").innerText;
  seen.title = document.title;
  seen.legend = all(".legend span").map((node) => node.textContent).join();
  seen.labels = all(".figure").map((node) => node.getAttribute("aria-label"));
  seen.outside = all(".figure").flatMap((node) => Array.from(node.querySelectorAll("text")).filter((text) => {
    const [box, own] = [node.querySelector("svg").getBoundingClientRect(), text.getBoundingClientRect()];
    return own.left < box.left - 1 || own.right > box.right + 1 || own.bottom > box.bottom + 1;
  }).map((text) => text.textContent));
  const figure = document.querySelector(".figure");
  if (figure) {
    for (const key of ["Home", "ArrowRight"]) figure.dispatchEvent(new KeyboardEvent("keydown", { key }));
    seen.told = figure.querySelector(".tip").innerText;
    click(".figures summary");
    const drawer = figure.closest("section").querySelector(".figures");
    drawer.dispatchEvent(new Event("toggle"));
    seen.cells = Array.from(drawer.querySelectorAll("tr")).map((row) => row.cells.length);
  }
  const theme = document.documentElement.dataset.theme;
  click("#switch-theme");
  seen.themeChanged = document.documentElement.dataset.theme !== theme;
  seen.remembered = JSON.parse(localStorage.getItem("guildbook"));
  const header = table && table.querySelectorAll("th button")[1];
  if (header) { header.click(); seen.down = numbers(2); header.click(); seen.up = numbers(2); }
  const search = document.querySelector(".search input");
  if (search) {
    search.value = "M11"; search.dispatchEvent(new Event("input"));
    seen.found = rows().filter((row) => !row.hidden).map((row) => row.cells[0].innerText);
  }
  return seen;
"""


def _open(page: Path, profile: Path) -> dict[str, object]:
    """What the probe saw on a page."""
    seen: dict[str, object] = look(page, profile, PROBE)
    return seen


@pytest.fixture(scope="module")
def folder(sites: dict[str, Site], tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shutil.copytree(sites["full"].folder, tmp_path_factory.mktemp("browser") / "site")


def test_the_members_page_draws_sorts_and_searches(folder: Path, tmp_path: Path) -> None:
    seen = _open(folder / "members.html", tmp_path)
    drawn = seen["drawn"]
    assert isinstance(drawn, list)
    assert seen["charts"] == len(drawn) == 3
    assert all(n > 5 for n in drawn)
    assert "首次活跃" in str(seen["legend"])
    assert seen["remembered"] == {"lang": "zh", "theme": "dark"}
    assert "最近 28 天" in str(seen["heading"])
    assert str(seen["title"]).startswith("成员")


def test_a_chart_is_told_in_words_by_keys_and_in_a_table(folder: Path, tmp_path: Path) -> None:
    seen = _open(folder / "members.html", tmp_path)
    assert [str(label).split("。图表：")[0] for label in seen["labels"]] == [  # type: ignore[attr-defined]
        "最近 28 天活跃几天？", "每周增长核算", "活跃层级",
    ]  # fmt: skip
    assert "成员 56；至28" in str(seen["labels"])
    assert str(seen["told"]).split() == ["2", "成员", "42"]
    assert seen["cells"] == [2] * 29


def test_no_word_of_a_chart_is_cut_off(folder: Path, tmp_path: Path) -> None:
    names = ("index", "members", "interactions", "answers", "actions", "revenue", "churn", "alerts")
    seen = look_at_all([folder / f"{name}.html" for name in names], tmp_path, PROBE)
    assert {name: one["outside"] for name, one in zip(names, seen, strict=True)} == {name: [] for name in names}
    assert min(one["charts"] for one in seen) > 0


def test_the_risk_page_sorts_by_number_and_finds_a_member(folder: Path, tmp_path: Path) -> None:
    seen = _open(folder / "risk.html", tmp_path)
    down, up = seen["down"], seen["up"]
    assert isinstance(down, list)
    assert isinstance(up, list)
    assert len(down) == 75
    assert down == sorted(down, reverse=True)
    assert up == sorted(down)
    assert seen["found"]
    assert all("m11" in name for name in seen["found"])  # type: ignore[attr-defined]


def test_the_banner_tells_the_age_without_a_status(folder: Path, tmp_path: Path) -> None:
    (folder / "status.js").unlink(missing_ok=True)
    seen = _open(folder / "index.html", tmp_path)
    assert "2026-11-19" in str(seen["banner"])
    assert seen["tone"] == "warn"


def test_the_banner_of_the_sample_says_so_and_not_that_it_is_old(folder: Path, tmp_path: Path) -> None:
    page = folder / "sample.html"
    text = (folder / "index.html").read_text(encoding="utf-8")
    page.write_text(text.replace("data-timezone=", "data-sample data-timezone=", 1), encoding="utf-8")
    seen = _open(page, tmp_path)
    assert seen["banner"] == "This is the sample community: its members are made up, and its last day is 2026-11-19."
    assert not seen["tone"]


def test_the_banner_names_the_gate_that_stopped_the_run(folder: Path, tmp_path: Path) -> None:
    failed = SiteStatus(
        through_day=CONTEXT.through_day,
        published_at=NOW - timedelta(days=1),
        run_finished_at=NOW,
        run_succeeded=False,
        failed_gate="deliveries: content 2026-11-20",
        reason="<b>8%</b> of the rows are broken",
        page="last_run.html",
    )
    write_status(folder, failed)
    seen = _open(folder / "index.html", tmp_path)
    health = _open(folder / "health.html", tmp_path)
    (folder / "status.js").unlink()
    assert (seen["link"], health["link"]) == ("last_run.html", "last_run.html")
    assert "仅就 2026-11-19 及当时发布的内容而言" in str(health["heading"])
    assert "Yes" not in str(health["heading"])
    assert "deliveries: content 2026-11-20: <b>8%</b> of the rows are broken" in str(seen["banner"])
    assert seen["tone"] == "bad"


BROKEN = """
  document.querySelector("#switch-language").click();
  document.querySelector("#switch-language").click();
  const days = [], broken = [], banner = document.getElementById("banner");
  for (let width = 120; width < 420; width += 5) {
    banner.style.width = `${width}px`;
    const walk = document.createTreeWalker(banner, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) for (const found of walk.currentNode.data.matchAll(/[0-9]{4}-[0-9]{2}-[0-9]{2}/g)) {
      const range = document.createRange();
      range.setStart(walk.currentNode, found.index);
      range.setEnd(walk.currentNode, found.index + found[0].length);
      days.push(found[0]);
      if (range.getClientRects().length > 1) broken.push(width);
    }
  }
  return { days: [...new Set(days)], broken };
"""


def test_a_day_is_broken_at_its_hyphens_on_no_width(folder: Path, tmp_path: Path) -> None:
    (folder / "status.js").unlink(missing_ok=True)
    seen = look(folder / "index.html", tmp_path, BROKEN)

    assert seen == {"days": ["2026-11-19"], "broken": []}


KEYS = """
  const entries = () => {
    const svg = document.querySelector(".figure svg"), found = {};
    let title = "";
    for (const one of svg.querySelectorAll("text.title, text.key")) {
      if (one.classList.contains("title")) found[title = one.textContent] = [];
      else found[title].push(one.textContent);
    }
    return found;
  };
  const inside = () => Array.from(document.querySelectorAll("text.key")).every((one) =>
    one.getBoundingClientRect().right <= document.querySelector(".figure svg").getBoundingClientRect().right + 1);
  return { entries: entries(), inside: inside(), n: document.querySelectorAll(".figure svg rect.key").length };
"""


@pytest.mark.parametrize("width", [1280, 400])
def test_a_panel_of_several_things_has_its_key_beside_its_title(folder: Path, tmp_path: Path, width: int) -> None:
    (folder / "status.js").unlink(missing_ok=True)
    pages = [one for one in (folder / "member").glob("*.html") if one.stem.isalnum()]
    page = max(pages, key=lambda one: (one.stat().st_size, one.name))
    seen = look(page, tmp_path, KEYS, width=width)

    several = {title: names for title, names in seen["entries"].items() if names}
    assert seen["inside"]
    assert seen["n"] == sum(map(len, several.values()))
    assert several == {
        "What they did": ["contents and interactions", "reads"],
        "Events": ["attended", "did not come"],
        "Questions asked": ["waiting", "never answered"],
        "Contacts and rewards": ["message", "coupon"],
    }
    single = [title for title, names in seen["entries"].items() if not names]
    assert single == ["Paid, less what was paid back: CNY", "Risk of churn, %: inactivity"]


PLANNED = """
  const figure = document.querySelector(".figure");
  const own = (query) => Array.from(figure.closest("section").querySelectorAll(query), (one) => one.textContent);
  const drawer = figure.closest("section").querySelector(".figures");
  drawer.open = true;
  drawer.dispatchEvent(new Event("toggle"));
  const rows = Array.from(drawer.querySelectorAll("tr"), (row) => Array.from(row.cells, (cell) => cell.textContent));
  for (const key of ["End"]) figure.dispatchEvent(new KeyboardEvent("keydown", { key }));
  return { lines: figure.querySelectorAll("line.target, line.note").length, marks: own("svg text.note"),
    goals: own("svg text.target"), list: own(".annotations li"), known: own(".known-days li"),
    fold: figure.closest("section").querySelector(".known-days").innerText, head: rows[0], last: rows.at(-1),
    noted: rows.slice(1).filter((row) => row[4]).map((row) => [row[0], row[4]]),
    said: figure.getAttribute("aria-label"),
    tip: figure.querySelector(".tip").textContent, bold: document.querySelectorAll(".figure b, .annotations b").length,
    lists: Array.from(document.querySelectorAll(".annotations"), (list) => list.hidden ? 0 : list.children.length) };
"""


def test_targets_and_notes_stand_in_a_chart_its_table_and_its_description(
    sites: dict[str, Site], tmp_path: Path
) -> None:
    said = ((date(2025, 1, 1), "before"), (date(2026, 11, 9), "<b>moved</b>"), (CONTEXT.through_day, "late"))
    context = replace(
        CONTEXT,
        annotations=Annotations(tuple(Annotation(day, text, "甲") for day, text in said)),
        targets=read_targets(Settings(targets={"mau": 5000})),
    )
    render_site(sites["full"].database, tmp_path / "site", context=context)
    seen = look(tmp_path / "site" / "index.html", tmp_path / "browser", PLANNED)
    assert seen["marks"] == ["a", "b", "c", "d", "e", "1", "f", "2"], "letters for what the marts know"
    assert (seen["lines"], seen["goals"]) == (9, ["30 days: target 5,000"])
    assert seen["list"] == ["Mon 9 Nov 2026: <b>moved</b>", "Thu 19 Nov 2026: late"]
    assert seen["head"] == ["", "30 days", "7 days", "day", "notes"]
    assert seen["last"] == ["target", "target 5,000", "", "", ""]
    assert seen["known"][0] == "Fri 28 Aug 2026: price of “c4”: 29.00 CNY → 19.00 CNY"
    assert (len(seen["known"]), seen["fold"]) == (6, "a–f: campaigns and changed prices")
    assert [said for _, said in seen["noted"]] == [
        *seen["known"][:5],
        seen["list"][0],
        seen["known"][5],
        seen["list"][1],
    ]
    assert seen["said"].endswith(f"; 30 days: target 5,000; notes: {'; '.join([*seen['list'], *seen['known']])}")
    assert "2 · late" in seen["tip"]
    assert seen["bold"] == 1, "the title of the tip alone"
    assert seen["lists"] == [2, 2]
    months = look(tmp_path / "site" / "sales.html", tmp_path / "browser", PLANNED)
    assert months["list"] == seen["list"]
    assert months["marks"] == ["a", "b–e", "f", "1–2", "g"], "both notes fall into the month that is not over"


CHOSEN = """
  const section = Array.from(document.querySelectorAll(".filters")).at(-1).closest("section");
  const rows = () => Array.from(section.querySelectorAll("tbody tr")).filter((row) => !row.hidden);
  const values = (n) => Array.from(new Set(rows().map((row) => row.cells[n].innerText))).sort();
  const select = (name) => section.querySelector(`select[data-filter="${name}"]`);
  const choose = (name, value) => { select(name).value = value; select(name).dispatchEvent(new Event("change")); };
  const told = () => section.querySelector(".shown").textContent;
  const seen = { all: rows().length, options: Array.from(select("band").options, (one) => one.value), before: told() };
  choose("band", "high");
  Object.assign(seen, { bands: values(2), n: rows().length, told: told(), hash: location.hash });
  document.getElementById("switch-language").click();
  Object.assign(seen, { chinese: told(), kept: select("band").value, still: rows().length });
  document.getElementById("switch-language").click();
  const search = section.querySelector(".search input");
  search.value = rows()[0].cells[0].innerText.split(" ").at(-1);
  search.dispatchEvent(new Event("input"));
  seen.both = rows().length;
  search.value = "";
  choose("band", "");
  Object.assign(seen, { again: rows().length, cleared: [location.hash, told()] });
  location.hash = "#band=medium";
  await new Promise((resolve) => setTimeout(resolve, 50));
  seen.linked = values(2);
  location.hash = "#band=nothing";
  await new Promise((resolve) => setTimeout(resolve, 50));
  seen.unknown = [rows().length, select("band").value];
  return seen;
"""
DAYS = """
  const figure = document.querySelector(".figure");
  const cells = () => {
    const drawer = figure.closest("section").querySelector(".figures");
    drawer.open = true;
    drawer.dispatchEvent(new Event("toggle"));
    return Array.from(drawer.querySelectorAll("tbody tr"), (row) => row.cells[0].textContent);
  };
  const buttons = Array.from(document.querySelectorAll(".spans button"));
  const seen = { words: buttons.map((one) => one.textContent), all: cells().length };
  buttons[0].click();
  seen.last = [cells().length, cells()[0], cells().at(-1), location.hash];
  seen.said = [figure.querySelector(".legend").textContent, figure.getAttribute("aria-label")];
  seen.pressed = buttons.map((one) => one.getAttribute("aria-pressed"));
  buttons.at(-1).click();
  seen.again = [cells().length, location.hash, figure.querySelector(".legend b")];
  return seen;
"""


def test_rows_of_one_kind_are_chosen_and_the_link_and_the_words_say_so(folder: Path, tmp_path: Path) -> None:
    seen = look(folder / "risk.html", tmp_path, CHOSEN)
    n = seen["n"]
    assert set(seen["options"]) == {"", "high", "medium"}
    assert seen["before"] == ""
    assert 0 < n < seen["all"] == 75
    assert (seen["bands"], seen["hash"]) == (["high"], "#band=high")
    assert seen["told"] == f"Shown: Band = high; {n} of 75 rows on this page."
    assert seen["chinese"] == f"显示：等级 = 高；本页 75 行中的 {n} 行。"
    assert (seen["kept"], seen["still"]) == ("high", n)
    assert 0 < seen["both"] < n, "those of the band that the search finds"
    assert (seen["again"], seen["cleared"]) == (75, ["", ""])
    assert seen["linked"] == ["medium"]
    assert seen["unknown"] == [75, ""], "what no row is leaves all of them"


def test_the_last_days_of_charts_are_chosen_and_the_words_say_so(folder: Path, tmp_path: Path) -> None:
    seen = look(folder / "index.html", tmp_path, DAYS)
    assert seen["words"] == ["Charts by day: last 30 days", "all days"]
    assert seen["all"] > 30
    assert seen["last"] == [30, "Wed 21 Oct 2026", "Thu 19 Nov 2026", "#days=30"]
    assert seen["said"][0].startswith("shown: the last 30 days")
    assert "from Wed 21 Oct 2026" in seen["said"][1]
    assert seen["pressed"] == ["true", "false"]
    assert seen["again"] == [seen["all"], "", None]
