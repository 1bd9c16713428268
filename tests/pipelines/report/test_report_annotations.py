"""The operator's notes on days: read line by line, what is wrong named with its place, in every chart of days."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest

from pipelines.cli.status import annotation_lines
from pipelines.home import Home
from pipelines.report.annotations import LONGEST, MOST, MOST_DRAWN, Annotation, Annotations, Problem, read_annotations
from pipelines.report.context import site_context
from pipelines.report.sections import day_notes
from pipelines.report.site import render_site
from pipelines.settings import Settings
from tests.support.report_marts import CONTEXT, HOSTILE
from tests.support.report_pages import Site

DAY = date(2026, 11, 5)


def read(tmp_path, text):
    path = Home(tmp_path).annotations
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_annotations(Home(tmp_path))


@pytest.mark.parametrize(
    ("text", "notes"),
    [
        ("day,text\n2026-11-05,moved\n", [("moved", "moved")]),
        ("\ufeffDay, Text ,text_zh,by\n2026/11/5,moved,搬迁,ann\n\n", [("moved", "搬迁")]),
        ('text,day\n"a, b",2026-11-05\n', [("a, b", "a, b")]),
        ('day,text\r\n2026-11-05,"two\r\nlines"\r\n', [("two lines", "two lines")]),
        ("day,text\n2026-11-05,\u202egnp.exe\x07 x\n", [("gnp.exe x", "gnp.exe x")]),
        ("day,text\n", []),
    ],
)
def test_a_note_is_a_day_and_a_text(tmp_path, text, notes):
    found = read(tmp_path, text)
    assert found == Annotations(tuple(Annotation(DAY, *one) for one in notes))


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        ("day,text\n2026-11-05,a\n2026-02-30,b\n", "3:1", "“2026-02-30” is no day: write 2026-02-04"),
        ("text,day\na,5 Nov\n", "2:2", "“5 Nov” is no day"),
        ("day,text\n2026-11-05,\n", "2:2", "there is no text"),
        ("day,text\n2026-11-05\n", "2:2", "there is no text"),
        ('day,text\n2026-11-04,"two\nlines"\n2026-11-05,a,b\n', "4:3", "more cells than columns"),
        (f"day,text,text_zh\n2026-11-05,a,{'b' * (LONGEST + 1)}\n", "2:3", "161 characters: 160 are the most"),
        ("day;text\n2026-11-05;a\n", "1:1", "the first line has to name the columns day and text"),
        ("日期,文字\n".encode("gbk"), "1:1", "it is no UTF-8 text: save it as CSV UTF-8"),
        (b"day,text\n" + b"x" * 1_000_000, "1:1", "it is larger than 1 MB"),
        ("day,text\n" + "2026-11-05,a\n" * (MOST + 1), f"{MOST + 2}:1", "only 500 lines are read"),
    ],
)
def test_what_is_wrong_is_named_with_file_line_and_column(tmp_path, text, place, said):
    (problem,) = read(tmp_path, text).problems
    assert problem.place == f"annotations.csv:{place}"
    assert problem.en.startswith(said)
    assert not problem.zh.isascii()
    (line,) = annotation_lines(Home(tmp_path))
    assert f"annotations.csv:{place}: {said}" in line.en


def test_without_the_file_nothing_is_said(tmp_path):
    assert read_annotations(Home(tmp_path)) == Annotations()
    assert annotation_lines(Home(tmp_path)) == []
    assert day_notes.blocks(CONTEXT) == []


def test_the_latest_notes_of_days_that_the_data_has_are_drawn(tmp_path):
    days = [DAY - timedelta(days=n) for n in range(MOST_DRAWN + 5)] + [DAY + timedelta(days=1)]
    found = read(tmp_path, "day,text\n" + "".join(f"{one},a\n" for one in days))
    drawn = found.drawn(DAY)
    assert (len(found.rows), len(drawn)) == (MOST_DRAWN + 6, MOST_DRAWN)
    assert (drawn[0].day, drawn[-1].day) == (DAY - timedelta(days=MOST_DRAWN - 1), DAY)


def test_data_health_shows_each_note_and_what_is_not_drawn(tmp_path):
    read(tmp_path, "day,text\n2026-11-05,moved\n2027-01-01,later\nsoon,b\n")
    wrong, notes = day_notes.blocks(site_context(Settings(home=tmp_path), CONTEXT.through_day, 1))
    assert [place.en for place, _ in wrong.entries] == ["annotations.csv:4:1"]
    assert wrong.body.en.startswith("1 line of annotations.csv")
    assert [(day.en, said.en) for day, said in notes.entries] == [("1 Jan 2027", "later"), ("5 Nov 2026", "moved")]
    assert "1 of 2 stand in the charts" in notes.body.en


def test_the_notes_are_a_script_that_no_text_can_leave(sites: dict[str, Site], tmp_path):
    notes = Annotations((Annotation(DAY, HOSTILE, "\u2028甲"),), (Problem("annotations.csv:3:1", "b", "乙"),))
    render_site(sites["two_logs"].database, tmp_path / "site", context=replace(CONTEXT, annotations=notes))
    script = (tmp_path / "site" / "annotations.js").read_text(encoding="utf-8")
    assert not set("<>&\u2028") & set(script)
    said = json.loads(script.removeprefix("window.guildbookAnnotations = ").removesuffix(".notes;\n"))
    assert said == {"notes": [{"day": "2026-11-05", "en": HOSTILE, "zh": "\u2028甲", "isKnown": False}]}
    pages = {path.stem: path.read_text(encoding="utf-8") for path in (tmp_path / "site").glob("*.html")}
    assert '<script src="annotations.js" defer>' in pages["index"]
    assert "<img" not in pages["health"]
    assert "annotations.csv:3:1" in pages["health"]
    nothing = (sites["two_logs"].folder / "annotations.js").read_text(encoding="utf-8")
    assert nothing == 'window.guildbookAnnotations = {"notes": []}.notes;\n'
