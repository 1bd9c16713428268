"""The pages for those who do not see them, or have no mouse: axe finds nothing, and the keyboard reaches all."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from pipelines.lake.own_pages import own_page
from tests.support.browser import NEEDED, look, look_at_all
from tests.support.report_pages import PAGES, Site

OWN = {"member": own_page("member", "m5"), "piece": own_page("piece", "q3"), "event": own_page("event", "e2")}
"""Pages of one member, piece or event that hold all that there may be on one."""

axe_core_python = pytest.importorskip("axe_core_python")
pytestmark = [*NEEDED, pytest.mark.slow]

LOOK = """
  const [lang, theme] = %s;
  const script = document.createElement("script");
  script.src = "axe.min.js";
  await new Promise((resolve) => { script.onload = resolve; document.head.append(script); });
  const root = document.documentElement;
  if (root.dataset.lang !== lang) document.getElementById("switch-language").click();
  if (root.dataset.theme !== theme) document.getElementById("switch-theme").click();
  const bars = Array.from(document.querySelectorAll("nav > *")).map((one) => one.getBoundingClientRect().top);
  for (const drawer of document.querySelectorAll("details:not([name])")) drawer.open = true;
  for (const row of document.querySelectorAll("tbody tr:nth-child(n + 9)")) row.remove(); // they are like the others
  const offScreen = Array.from(document.querySelectorAll("main *"))
    .filter((one) => one.getBoundingClientRect().right > root.clientWidth + 1 && !one.closest(".scroll, pre, .figure"))
    .map((one) => one.outerHTML.slice(0, 120));
  const cut = Array.from(document.querySelectorAll("main .scroll"))
    .filter((one) => root.clientWidth > 1000 && one.scrollWidth > one.clientWidth + 1)
    .map((one) => one.closest("section").querySelector("h2").textContent);
  const rules = { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"] };
  const axe = (await window.axe.run(document, rules)).violations.map((one) => [one.id, one.nodes[0].html]);
  return { axe, offScreen, cut, wide: root.scrollWidth - root.clientWidth, lines: new Set(bars.map(Math.round)).size };
"""
KEYS = """
  const menu = document.querySelector("nav details");
  const summary = menu.querySelector("summary");
  summary.focus();
  summary.click();
  const links = Array.from(menu.querySelectorAll("a"));
  const shown = links.map((link) => link.getBoundingClientRect().height > 0);
  links[1].focus();
  const stays = menu.open;
  links[1].dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
  const closed = [menu.open, document.activeElement === summary];
  const figure = document.querySelector(".figure");
  figure.focus();
  const reached = document.activeElement === figure;
  const told = ["Home", "ArrowRight", "End", "ArrowLeft", "Escape"].map((key) => {
    figure.dispatchEvent(new KeyboardEvent("keydown", { key }));
    const tip = figure.querySelector(".tip");
    return tip.hidden ? "" : tip.querySelector("b").textContent;
  });
  return { shown, stays, closed, reached, told };
"""


@pytest.fixture(scope="module")
def folder(sites: dict[str, Site], tmp_path_factory: pytest.TempPathFactory) -> Path:
    site = shutil.copytree(sites["full"].folder, tmp_path_factory.mktemp("accessible") / "site")
    shutil.copy(Path(axe_core_python.__file__).with_name("axe.min.js"), site)
    return site


@pytest.fixture(scope="module", params=[(1280, '["en", "light"]'), (400, '["zh", "dark"]')], ids=["wide", "narrow"])
def seen(folder: Path, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What is seen on each page, all of them opened in one browser."""
    width, choices = request.param
    pages = [folder / OWN.get(page, f"{page}.html") for page in (*PAGES, *OWN)]
    looked = look_at_all(pages, tmp_path_factory.mktemp("browser"), LOOK % choices, width=width)
    return {page: one | {"width": width} for page, one in zip((*PAGES, *OWN), looked, strict=True)}


@pytest.mark.parametrize("page", [*PAGES, *OWN])
def test_axe_finds_nothing_and_all_is_within_the_window(seen: dict[str, Any], page: str) -> None:
    found = {name: seen[page][name] for name in ("axe", "offScreen", "cut", "wide")}
    assert found == {"axe": [], "offScreen": [], "cut": [], "wide": 0}
    assert seen[page]["lines"] == 1 or seen[page]["width"] == 400


def test_the_keyboard_opens_the_menu_and_reads_a_chart(folder: Path, tmp_path: Path) -> None:
    seen = look(folder / "members.html", tmp_path, KEYS)
    assert all(seen["shown"])
    assert seen["stays"]
    assert seen["closed"] == [False, True]
    assert seen["reached"]
    assert seen["told"] == ["1", "2", "28", "27", ""]
