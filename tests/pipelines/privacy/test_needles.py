"""What is replaced in a text and what stays: whole ids in any form, never a part of another id, word or number."""

from __future__ import annotations

import html
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape

from pipelines.contract import LOGS
from pipelines.lake.own_pages import own_page
from pipelines.privacy.names import MEMBER_COLUMNS, OTHER_ID_COLUMNS, OWNERS, PRIVATE, draw_tombstones, is_distinctive
from pipelines.privacy.needles import Needles, is_long

GONE = "erased-00aa11bb22cc"
ODD = 'Zoë "<O\'Neil>" 李雷 🦊'


def test_every_id_of_the_contract_names_a_member_or_something_else():
    ids = {column.name for log in LOGS.values() for column in log.own_columns if column.type == "id"}
    assert ids <= MEMBER_COLUMNS | OTHER_ID_COLUMNS
    assert not MEMBER_COLUMNS & OTHER_ID_COLUMNS
    assert {name for names in OWNERS.values() for name in names} <= MEMBER_COLUMNS
    assert OWNERS.keys() == LOGS.keys()
    for log, names in PRIVATE.items():
        assert all(LOGS[log].column(name).type == "text" for name in names)


@pytest.mark.parametrize(
    ("member", "distinctive"),
    [
        ("m01096", True), ("quantum:u26", True), ("ada@example.org", True), ("ada_lovelace", True),
        ("李雷2024号", True), (ODD, True), ("u-1f2e3d", True), ("12", False), ("1234567", False),
        ("2025-01-05", False), ("1.5e10", False), ("m12", False), ("python", False), ("well-known", False),
        ("the end", False), ("", False),
    ],
)  # fmt: skip
def test_ids_that_can_be_told_anywhere(member, distinctive):
    assert is_distinctive(member) is distinctive


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("m01096", GONE),
        ("m010961 xm01096 m01096_2", "m010961 xm01096 m01096_2"),
        ("m01096-1 and (m01096), m01096's", f"{GONE}-1 and ({GONE}), {GONE}'s"),
        ("成员m01096的", f"成员{GONE}的"),
        (r"{\"a\": \"x\nm01096\n\uff0cm01096\"}", rf"{{\"a\": \"x\n{GONE}\n\uff0c{GONE}\"}}"),
        ("?member=%20m01096&x", f"?member=%20{GONE}&x"),
    ],
)  # fmt: skip
def test_a_distinctive_id_is_replaced_as_a_word(before, after):
    assert Needles({"m01096": GONE}).text(before) == after


@pytest.mark.parametrize(
    ("member", "before", "after"),
    [
        ("12", "<td>12</td><td>112</td> 12 members, “12”", f"<td>{GONE}</td><td>112</td> 12 members, “12”"),
        ("python", "<td>python</td> learn python “python”", f"<td>{GONE}</td> learn python “{GONE}”"),
        ("m12", "m12 m123 'm12'", f"m12 m123 '{GONE}'"),
    ],
)
def test_a_plain_id_is_replaced_only_where_it_stands_alone(member, before, after):
    assert Needles({member: GONE}).text(before) == after


def test_a_plain_id_is_replaced_as_a_value_of_json():
    needles = Needles({"python": GONE})
    assert needles.text('{"by": "python", "on": "python 3"}', is_json=True) == f'{{"by": "{GONE}", "on": "python 3"}}'


@pytest.mark.parametrize(
    "written",
    [
        str(escape(ODD)), html.escape(ODD), json.dumps(ODD), json.dumps(ODD, ensure_ascii=False),
        json.dumps(ODD).upper().replace("\\U", "\\u")[:0] or json.dumps(json.dumps(ODD)), str(escape(json.dumps(ODD))),
        json.dumps(str(escape(ODD))), ODD.replace('"', '""'), ODD.replace("'", "''"), repr(ODD),
    ],
)  # fmt: skip
def test_an_odd_id_goes_in_every_form_that_a_file_writes_it_in(written):
    after = Needles({ODD: GONE}).text(f"<b>{written}</b>")
    assert GONE in after
    assert "Neil" not in after


@given(member=st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=8, max_size=20).map(str.strip))
def test_any_distinctive_id_goes_from_json_html_and_both(member):
    if not is_distinctive(member) or member in GONE:
        return
    needles = Needles({member: GONE})
    for written in (member, json.dumps(member)[1:-1], str(escape(member)), str(escape(json.dumps(member)[1:-1]))):
        assert needles.text(f" {written} ") == f" {GONE} "


@pytest.mark.parametrize(
    ("text", "before", "after"),
    [
        ("Why is my thread blocked?", "Send: “Why is my thread blocked?”.", "Send: “[erased]”."),
        ("Rust", "“Rust” and “Rust in anger” in Rust", "“[erased]” and “Rust in anger” in Rust"),
        ("42", "“42”", "“42”"),
        ("Why do threads block c1", "“Why do threads block c10”", "“Why do threads block c10”"),
    ],
)  # fmt: skip
def test_a_text_of_the_member_goes_from_other_texts(text, before, after):
    assert Needles({"m01096": GONE}, texts=frozenset({text})).text(before) == after


def test_titles_of_others_are_never_changed_inside():
    needles = Needles({"m01096": GONE}, texts=frozenset({"Rust in anger 2"}))
    assert is_long("Rust in anger 2")
    assert needles.cell("title", "Rust in anger 2") is None
    assert needles.cell("title", "Rust in anger 2, part two") == "Rust in anger 2, part two"


def test_ids_of_one_person_get_one_name_and_keep_their_order():
    drawn = draw_tombstones(["b", "a", "c"])
    stem = drawn["a"]
    assert drawn == {"a": stem, "b": f"{stem}-02", "c": f"{stem}-03"}
    assert draw_tombstones(["d"], {"a": stem}) == {"a": stem, "d": f"{stem}-02"}
    assert draw_tombstones(["a"]) != draw_tombstones(["a"])


@pytest.mark.parametrize("member", ["m01096", "42", "eve", ODD])
def test_a_link_to_the_persons_own_page_goes_with_all_that_it_shows_and_those_to_others_stay(member):
    needles = Needles({member: GONE})
    shown = f'<span class="person"><bdi>Any Name</bdi> <small>{escape(member)}</small></span>'
    link = f'<a href="{own_page("member", member)}">{shown}</a>'
    other = f'<a href="{own_page("member", "m7")}">m7</a>'
    piece = f'<a href="{own_page("piece", "p1")}">A title</a>'

    assert needles.text(f"<li>{link} · {other} {piece}</li>") == f"<li>{GONE} · {other} {piece}</li>"
