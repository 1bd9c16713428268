"""dbt's own site is made without data, as one page that needs no network."""

from __future__ import annotations

import re

import pytest

from pipelines.reference.docs_site import SITE_DIR, write_docs_site
from pipelines.settings import Settings


@pytest.mark.long
def test_the_site_is_one_page_with_every_table_and_its_columns(project, tmp_path):
    page = write_docs_site(Settings(home=tmp_path / "nobody", threads=1), tmp_path / "site")

    assert page == tmp_path / "site" / "index.html"
    assert not (tmp_path / "nobody").exists()
    text = page.read_text(encoding="utf-8")
    assert "INLINE DATA" not in text
    marts = [name for name, node in project.models.items() if node["schema"] == "marts"]
    for name in marts:
        assert f'"model.guildbook.{name}": {{"metadata"' in text.replace('":{"', '": {"'), name
    assert '"send_anonymous_usage_stats": false' in text.replace('":false', '": false')  # or it would report visits
    assert not re.search(r"""<(?:script|link|img)[^>]+(?:src|href)=["']https?://""", text)


def test_git_ignores_where_the_site_is():
    assert SITE_DIR.parts[-3:] == ("dbt_project", "target", "site")
