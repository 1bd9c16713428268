"""The notebook runs from top to bottom over what is published, and shows what the catalogue's metrics give."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from pipelines.metrics.metric import catalogue
from pipelines.settings import PROJECT_DIR
from tests.support.asking import publish

pytestmark = pytest.mark.slow

RUN = """
import json, runpy
notebook = runpy.run_path("docs/notebook.py")["app"]
outputs, defined = notebook.run()
print(json.dumps([defined["overview"], [one.text for one in outputs if one is not None]], default=str))
"""


def community(marts):
    for day in range(1, 11):
        marts.insert("community_days", day=f"2026-02-{day:02}", mau=day, n_interactions=day, mau_days_missing=0)
    marts.insert("revenue_months", month="2026-01-01", currency="CNY", mrr_end_minor=12345, is_complete=True)
    marts.con.execute("update marts.log_coverage set is_collected = false where log in ('events', 'content')")


def test_the_notebook_shows_each_metric_and_says_what_is_not_collected(tmp_path):
    home = publish(tmp_path / "home", community)

    said = subprocess.run(
        [sys.executable, "-c", RUN],
        cwd=PROJECT_DIR,
        env=os.environ | {"GUILDBOOK_HOME": str(home.root), "GUILDBOOK_COMMUNITY": "Gophers"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert said.returncode == 0, said.stderr
    overview, shown = json.loads(said.stdout.splitlines()[-1])
    values = {row["metric"]: row["value"] for row in overview}
    lacking = {one.name.en for one in catalogue().values() if {"events", "content"} & {*one.needs}}
    assert lacking <= {name for name, value in values.items() if value == "not collected"}
    assert (values["Active in 30 days · MAU"], values["Recurring revenue · MRR"]) == (10, 12345)
    assert values["Events"] == values["Questions waiting"] == "not collected"
    text = " ".join(shown)
    assert "Gophers" in text
    assert "data through <strong>2026-02-10</strong>" in text
    assert "not collected (content)" in text
    assert text.count("<marimo-plotly") == 3 + 1


def test_it_can_be_exported_as_a_page(tmp_path):
    home = publish(tmp_path / "home", community)
    command = [sys.executable, "-m", "marimo", "export", "html", "docs/notebook.py", "-o", str(tmp_path / "page.html")]

    said = subprocess.run(
        command,
        cwd=PROJECT_DIR,
        env=os.environ | {"GUILDBOOK_HOME": str(home.root)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert said.returncode == 0, said.stderr
    assert "2026-02-10" in (tmp_path / "page.html").read_text(encoding="utf-8")
