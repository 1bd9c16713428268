"""The unit tests that stand beside the models pass, and no model with logic of its own is without one."""

from __future__ import annotations

FEWEST_UNIT_TESTS = 140
TESTED_FOLDERS = ("base", "staging", "rebuild", "intermediate", "marts", "gates", "retention")
TESTED_ELSEWHERE = {"log_coverage": "it lists dbt's own sources, which a unit test does not have: test_empty_logs.py"}


def test_every_unit_test_passes(project):
    failed = [f"{one.node.name}: {one.message}" for one in project.unit_tests if one.status != "pass"]
    assert not failed, "\n\n".join(failed)


def test_the_unit_tests_were_found(project):
    assert len(project.unit_tests) >= FEWEST_UNIT_TESTS


def test_every_model_has_a_unit_test(project):
    tested = {one["model"] for one in project.manifest["unit_tests"].values()}
    models = {name for name, node in project.models.items() if node["fqn"][1] in TESTED_FOLDERS}
    assert models - tested == set(TESTED_ELSEWHERE)
