"""How a member is shown: by name and id, whatever the name holds; linked only to a page of the web."""

from __future__ import annotations

import pytest

from pipelines.report.parts.blocks import Cell
from pipelines.report.parts.few import HIDDEN
from pipelines.report.parts.people import member, person
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
    assert member(row) == Cell("m2", "m2")


@pytest.mark.parametrize("hidden", [None, HIDDEN])
def test_nobody_and_who_may_not_be_shown_have_no_name(hidden):
    assert member({"asker_id": hidden, "asker_name": HIDDEN, "asker_url": HIDDEN}, "asker") == Cell("–")
