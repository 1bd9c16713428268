"""The owner's sheet as PDF: one page of A4 where a browser is there, a line that says what to do where none is."""

from __future__ import annotations

import re
import stat
from dataclasses import replace

import pytest

from pipelines.exporting import pdf
from pipelines.home import Home
from pipelines.report.site import render_site
from tests.support.browser import NEEDED
from tests.support.report_marts import CONTEXT, full

A4 = (595, 842)


@pytest.fixture
def home(tmp_path):
    """A home with a site of three files."""
    site = tmp_path / "published" / "site"
    site.mkdir(parents=True)
    for name in ("index", "owner"):
        (site / f"{name}.html").write_text("<p>a</p>", encoding="utf-8")
    return Home(tmp_path)


def program(tmp_path, body):
    """A browser on the PATH that does nothing but this."""
    path = tmp_path / "bin" / "chromium"
    path.parent.mkdir()
    path.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path.parent)


@pytest.mark.parametrize(
    ("body", "page", "said"),
    [
        (None, "owner", "no Chromium, Chrome or Edge is on the PATH: install one, or print "),
        ("exit 3", "owner", "could not print"),
        ("exit 0", "owner", "could not print"),
        (
            'for one in "$@"; do case $one in --print-to-pdf=*) echo no > "${one#*=}";; esac; done',
            "owner",
            "wrote no PDF",
        ),
        ("exit 0", "money", "there is no page money; one of: index, owner"),
    ],
)
def test_what_cannot_be_printed_is_said_in_a_line_and_leaves_no_file(home, tmp_path, monkeypatch, body, page, said):
    monkeypatch.setenv("PATH", program(tmp_path, body) if body else str(tmp_path))
    monkeypatch.setattr(pdf, "_OF_MACOS", "/nowhere")
    with pytest.raises(pdf.NoPdfError, match=re.escape(said)):
        pdf.print_page(home, tmp_path / "a.pdf", page=page)
    assert not (tmp_path / "a.pdf").exists()


def test_before_the_first_publication_there_is_nothing_to_print(tmp_path):
    with pytest.raises(pdf.NoPdfError, match="published nothing yet"):
        pdf.print_page(Home(tmp_path), tmp_path / "a.pdf")


class TestPrinted:
    pytestmark = NEEDED

    def test_the_month_for_the_owner_is_one_sheet_in_the_language_asked_for(self, tmp_path):
        (tmp_path / "published").mkdir()
        render_site(
            full(tmp_path / "a.duckdb"), tmp_path / "published" / "site", context=replace(CONTEXT, language="en")
        )
        pages = {}
        for language in ("en", "zh"):
            out = pdf.print_page(Home(tmp_path), tmp_path / language / "owner.pdf", language=language)
            pages[language] = out.read_bytes()
        assert [re.findall(rb"/Count (\d+)", body) for body in pages.values()] == [[b"1"], [b"1"]]
        (box,) = set(re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", pages["en"]))
        assert tuple(round(float(one)) for one in box) == A4
        assert pages["en"] != pages["zh"]
