"""The suite of damages as a whole: its page is up to date, every area is proven, nothing is silent without reason."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from pipelines.contract import LOGS
from pipelines.reference.markdown import DOCS_DIR
from tests.damage.page import PAGE, damages_page, write_page
from tests.damage.registry import Verdict, Where, areas, damages

LEAST_KINDS = 510
"""Kinds of damage that the suite has at least; raise it with the suite."""


def test_the_committed_page_is_what_the_suite_renders(tmp_path):
    assert (DOCS_DIR / PAGE).read_text(encoding="utf-8") == damages_page(), "run make docs, or python -m tests.damage"
    assert write_page(tmp_path).read_text(encoding="utf-8") == damages_page()


def test_there_are_as_many_kinds_as_ever():
    assert len(damages()) >= LEAST_KINDS


def test_every_area_has_a_test_that_proves_its_entries():
    assert "rows" in areas()
    for area in areas():
        proof = Path(__file__).with_name(f"test_damage_{area}.py")
        assert "DAMAGES" in proof.read_text(encoding="utf-8")


def test_no_kind_is_listed_twice():
    counted = Counter((damage.log, damage.kind) for damage in damages())
    assert [one for one, times in counted.items() if times > 1] == []


def test_what_is_silent_says_why_and_nothing_else_does():
    for damage in damages():
        is_silent = damage.verdict is Verdict.STAYS
        assert is_silent == bool(damage.why), damage.kind
        assert is_silent == (damage.where is Where.NOWHERE), damage.kind


def test_what_is_noticed_quotes_what_is_said():
    noticed = [damage for damage in damages() if damage.verdict not in (Verdict.STAYS, Verdict.READ)]
    assert [damage.kind for damage in noticed if not damage.says] == []


def test_every_entry_is_of_a_log():
    assert {damage.log for damage in damages()} <= set(LOGS)
