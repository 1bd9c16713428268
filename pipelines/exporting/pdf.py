"""A published page as PDF, printed by a browser of the Chromium family where there is one."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from pipelines.faults import UserError
from pipelines.home import Home

OWNER = "owner"
"""The page that fits on one sheet."""
BROWSERS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "microsoft-edge",
    "msedge",
)
_OF_MACOS = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
_SECONDS = 60


class NoPdfError(UserError):
    """The page could not be printed."""


def browser() -> str | None:
    """Return the browser that can print; None where none is on the PATH."""
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    return found or (_OF_MACOS if sys.platform == "darwin" and Path(_OF_MACOS).exists() else None)


def print_page(home: Home, out: Path, *, page: str = OWNER, language: str = "") -> Path:
    """Print a page of the publication that is up.

    Args:
        home: of the community.
        out: the file to write; one that is there is replaced.
        page: name of the page.
        language: `en` or `zh`; empty, as the pages open.

    Raises:
        NoPdfError: Nothing is published, there is no such page or no browser, or the browser wrote nothing.
    """
    site = home.published / "site"
    if not site.is_dir():
        raise NoPdfError(f"{home.root} has published nothing yet: guildbook run")
    path = site / f"{page}.html"
    if not path.is_file():
        raise NoPdfError(
            f"there is no page {page}; one of: {', '.join(sorted(one.stem for one in site.glob('*.html')))}"
        )
    if (program := browser()) is None:
        raise NoPdfError(f"no Chromium, Chrome or Edge is on the PATH: install one, or print {path} from any browser")
    out.parent.mkdir(parents=True, exist_ok=True)
    url = path.resolve().as_uri() + (f"#lang={language}" if language else "")
    with TemporaryDirectory(prefix="guildbook-pdf-") as folder:
        made = Path(folder) / "page.pdf"
        command = [program, "--headless", "--disable-gpu", "--no-pdf-header-footer", f"--print-to-pdf={made}"]
        command += [f"--user-data-dir={folder}/profile", "--virtual-time-budget=5000"]
        if os.geteuid() == 0:  # Chromium's sandbox refuses the superuser
            command.append("--no-sandbox")
        try:
            subprocess.run([*command, url], capture_output=True, timeout=_SECONDS, check=True)  # noqa: S603 - no shell
            if not made.read_bytes().startswith(b"%PDF"):
                raise NoPdfError(f"{program} wrote no PDF of {path}")
            shutil.copyfile(made, out)
        except subprocess.TimeoutExpired as error:
            raise NoPdfError(f"{program} was not done with {path} after {_SECONDS} seconds") from error
        except (subprocess.CalledProcessError, FileNotFoundError) as error:
            raise NoPdfError(f"{program} could not print {path}") from error
    return out
