"""Makes the home that an earlier version leaves behind, for ``test_upgrade.py``.

    python -m tests.end_to_end.make_home REVISION NAME

The revision's own code is installed into an environment of its own with the versions that it pins (this needs a package
index), makes a small sample community, runs it twice, and does what operators do in between. What is left goes to
``made_by/NAME/home.tar.xz``, without Dagster's history, pages and what is only in the way of a build.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from pipelines.settings import PROJECT_DIR

MADE_BY = Path(__file__).with_name("made_by")
FIRST_RUN = ("run", "--from", "2025-01-01", "--to", "2025-02-18")
SECOND_RUN = ("run", "--from", "2025-02-19", "--to", "2025-02-19")
COMMANDS = (
    ("sample", "--members", "40", "--days", "50"),
    FIRST_RUN,
    ("actions", "export"),
    ("gate", "waive", "interactions", "2025-02-19", "--reason", "a quiet day of the fixture"),
    ("identity", "link", "m00003", "m00007", "--day", "2025-02-19"),
    SECOND_RUN,
)
"""What is done, by names that every version knows."""
SETTINGS = {
    "GUILDBOOK_TIMEZONE": "Asia/Shanghai",
    "GUILDBOOK_CHURN_HORIZON_DAYS": "14",
    "GUILDBOOK_RETENTION_LEAST_RISK": "0.01",
    "GUILDBOOK_RETENTION_LEAST_RISK_RATIO": "0.01",
}
"""With these fifty days are enough for predictions and a list. They lie beside the home, in ``settings.env``."""
LEFT_OUT = ("dagster", "last-run", "lake/.staging", "versions/1", "exports")


def make_home(revision: str, name: str) -> Path:
    """Make the home and return the archive."""
    with tempfile.TemporaryDirectory(prefix="guildbook-earlier-") as made:
        code, home = Path(made) / "code", Path(made) / "home"
        code.mkdir()
        packed = subprocess.run(["git", "archive", revision], cwd=PROJECT_DIR, check=True, capture_output=True)
        subprocess.run(["tar", "-x"], cwd=code, check=True, input=packed.stdout)
        subprocess.run([sys.executable, "-m", "venv", ".venv"], cwd=code, check=True)
        pip = [".venv/bin/python", "-m", "pip", "install", "--quiet", "--constraint", "constraints.txt"]
        subprocess.run([*pip, "--editable", "."], cwd=code, check=True)
        subprocess.run([".venv/bin/python", "-m", "pipelines.warehouse"], cwd=code, check=True)
        own = {key: value for key, value in os.environ.items() if not key.startswith(("GUILDBOOK_", "PYTHONPATH"))}
        env = own | SETTINGS | {"GUILDBOOK_HOME": str(home)}
        for command in COMMANDS:
            subprocess.run([".venv/bin/guildbook", *command], cwd=code, check=True, env=env)
        (home / "settings.env").write_text("".join(f"{name}={value}\n" for name, value in sorted(SETTINGS.items())))
        return _pack(home, MADE_BY / name / "home.tar.xz")


def _pack(home: Path, archive: Path) -> Path:
    for one in LEFT_OUT:
        shutil.rmtree(home / one, ignore_errors=True)
    for site in home.glob("versions/*/site"):
        shutil.rmtree(site)
    archive.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(archive, "w:xz") as packed:
        packed.add(home, arcname=".")
    return archive


if __name__ == "__main__":
    sys.stdout.write(f"{make_home(*sys.argv[1:])}\n")
