"""How a member is shown: by name and id, whatever the name holds; linked to a page of the site, or of the web."""

from __future__ import annotations

import re

import pytest
from markupsafe import escape

from pipelines.report.parts.blocks import Cell
from pipelines.report.parts.few import HIDDEN
from pipelines.report.parts.linked import One, linked, person
from pipelines.report.parts.people import member
from tests.support.report_marts import HOSTILE

REL = 'rel="noopener noreferrer nofollow"'


@pytest.mark.parametrize(
    ("name", "url", "shown"),
    [
        (None, None, "m1"),
        ("Ana", None, '<span class="person"><bdi>Ana</bdi> <small>m1</small></span>'),
        (
            "Ana",
            "https://x.org/a?b=1&c=2",
            f'<span class="person"><a href="https://x.org/a?b=1&amp;c=2" {REL}><bdi>Ana</bdi></a> '
            "<small>m1</small></span>",
        ),
        (None, "http://x.org/a", f'<a href="http://x.org/a" {REL}>m1</a>'),
        ("Ana", "javascript:alert(1)", '<span class="person"><bdi>Ana</bdi> <small>m1</small></span>'),
        (None, " https://x.org", "m1"),
    ],
)
def test_a_name_has_the_id_beside_it_and_a_link_where_there_is_a_page(name, url, shown):
    assert str(person("m1", name, url)) == shown


def test_markup_in_a_name_an_id_or_an_address_is_text():
    shown = str(person(HOSTILE, HOSTILE, f"https://x.org/{HOSTILE}"))
    assert "<img" not in shown
    assert "</script>" not in shown
    assert shown.count("<") == 8


def test_the_cell_is_sorted_by_what_is_read_first():
    row = {"asker_id": "m1", "asker_name": "Ana", "asker_url": None, "member_id": "m2"}
    assert member(row, "asker").sort == "Ana"
    assert member(row) == Cell(One("member", "m2"), "m2")


@pytest.mark.parametrize("hidden", [None, HIDDEN])
def test_nobody_and_who_may_not_be_shown_have_no_name(hidden):
    assert member({"asker_id": hidden, "asker_name": HIDDEN, "asker_url": HIDDEN}, "asker") == Cell("–")


@pytest.mark.parametrize("id_", [HOSTILE, "a/b", "..", "a b#c?d", "🦊", "x" * 300, "甲", "CON", "A", "a"])
def test_any_id_has_a_place_of_its_own_that_is_safe_as_a_file_and_in_a_link(id_):
    assert re.fullmatch(r"member/[0-9a-f]{20}\.html", One("member", id_).page)
    assert len({One("member", other).page for other in (id_, id_ + " ", id_.swapcase() + "'")}) == 3


def test_a_name_is_a_link_where_there_is_a_page_and_a_page_of_the_web_gives_way_to_it():
    one = One("member", "m1", "Ana & Co", "https://x.org/a")
    assert str(one.shown({one.page})) == (
        f'<a href="{one.page}"><span class="person"><bdi>Ana &amp; Co</bdi> <small>m1</small></span></a>'
    )
    assert "https://x.org/a" in str(one.shown(()))
    for kind in ("member", "piece"):
        assert str(escape(One(kind, HOSTILE))).count("<") == 0
    assert str(One("piece", "p1", HOSTILE).shown(())).count("<") == 0
    assert "<img" not in str(One("event", HOSTILE).shown({One("event", HOSTILE).page}))


def test_several_things_in_a_row_are_each_linked_and_each_escaped():
    one = One("piece", "p1", "A <b>")
    assert linked((one, " · <i>"), {one.page}) == f'<a href="{one.page}">A &lt;b&gt;</a> · &lt;i&gt;'
