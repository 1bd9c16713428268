"""A word means one thing: where several pages of a site name the same figure, they name the same number."""

from __future__ import annotations

import csv
import re
from html import unescape
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.support.running import Running

N = r"([\d,]+)"
FIGURES = {
    "questions waiting": {
        "index": rf"{N} questions? waits? for a response|No question (w)aits\.",
        "answers": rf"{N} questions? waits? for a first response|No(b)ody waits",
    },
    "members": {
        "index": rf"Members n = {N}",
        "answers": rf"Members n = {N}",
        "members": rf"of {N} members are silent",
    },
    "paying members": {
        "index": rf"Paying members {N}",
        "revenue": rf"from {N} paying members",
    },
    "active in 30 days": {
        "index": rf"Active in 30 days · MAU {N}",
        "members": rf"of the {N} members active in it",
    },
}
"""Figure -> page -> where the page's words say it."""


@pytest.fixture(scope="module")
def words(good_home: Running) -> dict[str, str]:
    """The English words of each page."""
    pages = {}
    for path in sorted((good_home.home.published / "site").glob("*.html")):
        text = re.sub(r"<script.*?</script>|<style.*?</style>", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        text = re.sub(r'<span lang="zh-Hans">.*?</span>', "", text, flags=re.DOTALL)
        pages[path.stem] = " ".join(unescape(re.sub(r"<[^>]+>", " ", text)).split())
    return pages


def said(words: dict[str, str], page: str, pattern: str) -> int:
    found = re.search(pattern, words[page])
    assert found, (page, pattern, words[page][:1500])
    value = next(group for group in found.groups() if group)
    return int(value.replace(",", "")) if value[0].isdigit() else 0


@pytest.mark.parametrize("figure", FIGURES)
def test_pages_give_one_number_for_one_word(words: dict[str, str], figure: str) -> None:
    numbers = {page: said(words, page, pattern) for page, pattern in FIGURES[figure].items()}
    assert len(set(numbers.values())) == 1, numbers


def test_contents_by_members_are_the_briefs(words: dict[str, str], good_home: Running) -> None:
    """The content page sums over its days what the brief shows for one."""
    site = good_home.home.published / "site"
    with (site / "data" / "contents_by_members.csv").open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)
    ((expected,),) = good_home.query(
        "select sum(n_contents) from marts.community_days "
        "where day > (select max(day) from marts.community_days) - interval 90 day"
    )
    assert int(row["n_contents"]) == expected > 0
    assert said(words, "content", rf"\({N} by members\)") == expected


def test_every_page_counts_the_same_members(words: dict[str, str]) -> None:
    assert len({said(words, page, rf"Members n = {N}") for page in words}) == 1
