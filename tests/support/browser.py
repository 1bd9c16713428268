"""Opens a page in a headless Chromium and returns what a script saw on it."""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import pytest

if TYPE_CHECKING:
    from pathlib import Path

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
NEEDED = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium on the PATH to open the pages in"),
]

_LEAST_WIDTH = 500
"""Pixels below which Chromium makes no window; narrower pages are opened in a frame."""


def look(page: Path, profile: Path, probe: str, *, width: int = 1280) -> Any:
    """Open a copy of a page that carries a probe, and return what it saw.

    Args:
        page: The page, in a folder where files may be written.
        profile: A folder for the browser.
        probe: Body of an async function of the browser's; what it returns comes back as JSON.
        width: Of the window, in pixels.
    """
    probed = opened = page.with_name(f"probed-{page.name}")
    script = f"""<script>addEventListener("load", async () => {{
      const seen = await (async () => {{ {probe} }})();
      parent.postMessage(encodeURIComponent(JSON.stringify(seen)), "*");
    }});</script>"""
    result = """<script>addEventListener("message", (told) => {
      const result = document.createElement("pre");
      result.id = "probe"; result.textContent = told.data;
      document.body.append(result);
    });</script>"""
    framed = width < _LEAST_WIDTH
    ending = script if framed else result + script
    probed.write_text(page.read_text(encoding="utf-8").replace("</body>", ending + "</body>"), encoding="utf-8")
    if framed:
        opened = page.with_name(f"framed-{page.name}")
        frame = f'<iframe src="{probed.name}" style="width: {width}px; height: 900px; border: 0"></iframe>'
        opened.write_text(f"<!DOCTYPE html><body>{result}{frame}</body>", encoding="utf-8")
    command = [str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=6000"]
    command += [f"--user-data-dir={profile}", f"--window-size={width},900", "--dump-dom", opened.as_uri()]
    dom = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout
    assert '<pre id="probe">' in dom, "the page's script stopped before the probe ran"
    return json.loads(unquote(dom.split('<pre id="probe">')[1].split("</pre>")[0]))
