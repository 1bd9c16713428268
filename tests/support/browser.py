"""Opens pages in a headless Chromium and returns what a script saw on them."""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import pytest

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
NEEDED = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium on the PATH to open the pages in"),
]

_PROBED = """<script>addEventListener("load", async () => {
  const seen = await (async () => { PROBE })();
  parent.postMessage(encodeURIComponent(JSON.stringify(seen)), "*");
});</script></body>"""
_WALK = """<!DOCTYPE html><body><iframe style="width: WIDTHpx; height: 900px; border: 0"></iframe><script>
  const pages = PAGES, frame = document.querySelector("iframe");
  const open = () => { if (pages.length) frame.src = pages.shift(); };
  addEventListener("message", (told) => {
    const result = document.createElement("pre");
    result.textContent = told.data;
    document.body.append(result);
    open();
  });
  open();
</script></body>"""


def look(page: Path, profile: Path, probe: str, *, width: int = 1280) -> Any:
    """Return what a probe saw on one page, as ``look_at_all`` does for several."""
    return look_at_all([page], profile, probe, width=width)[0]


def look_at_all(pages: Sequence[Path], profile: Path, probe: str, *, width: int = 1280) -> list[Any]:
    """Open copies of pages that carry a probe, one after another in one browser, and return what it saw on each.

    Args:
        pages: Pages in folders where files may be written.
        profile: A folder for the browser.
        probe: Body of an async function of the browser's; what it returns comes back as JSON.
        width: Of the frame that shows the pages, in pixels: Chromium makes no window as narrow as a telephone.
    """
    probed = [page.with_name(f"probed-{page.name}") for page in pages]
    for page, copy in zip(pages, probed, strict=True):
        ending = _PROBED.replace("PROBE", probe)
        copy.write_text(page.read_text(encoding="utf-8").replace("</body>", ending), encoding="utf-8")
    walk = pages[0].with_name("walk.html")
    addresses = json.dumps([copy.as_uri() for copy in probed])
    walk.write_text(_WALK.replace("WIDTH", str(width)).replace("PAGES", addresses), encoding="utf-8")
    budget = f"--virtual-time-budget={6000 * len(pages)}"
    command = [str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu", budget, f"--user-data-dir={profile}"]
    command += [f"--window-size={max(width, 500)},900", "--dump-dom", walk.as_uri()]
    dom = subprocess.run(command, capture_output=True, text=True, timeout=60 + 10 * len(pages), check=True).stdout
    told = [part.split("</pre>")[0] for part in dom.split("<pre>")[1:]]
    assert len(told) == len(pages), f"the script of {pages[len(told)].name} stopped before the probe ran"
    return [json.loads(unquote(one)) for one in told]
