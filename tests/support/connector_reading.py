"""Reads landing files back for the connector tests."""

import csv
from datetime import date
from pathlib import Path

from pipelines.contract import LOGS
from pipelines.home import Home
from pipelines.ingest import ingest_days
from pipelines.lake.delivery import read_delivery
from pipelines.settings import Settings


def read_log(landing: Path, log: str) -> list[dict[str, str]]:
    """All rows of a log in order of file and line; ``log_day`` tells the folder, empty fields are dropped."""
    return [
        {"log_day": file.parent.name, **{key: value for key, value in row.items() if value}}
        for file in sorted((landing / log).glob("*/*.csv"))
        for row in csv.DictReader(file.read_text(encoding="utf-8").splitlines(keepends=True))
    ]


def snapshot(landing: Path) -> dict[str, bytes]:
    """Every visible file below landing with its bytes."""
    return {
        str(file.relative_to(landing)): file.read_bytes()
        for file in sorted(landing.rglob("*"))
        if file.is_file() and not file.name.startswith(".")
    }


def leftovers(landing: Path) -> list[str]:
    """Hidden import folders that should be gone."""
    return [folder.name for folder in landing.glob(".import-*") if folder.is_dir()]


def assert_good(home: Path, timezone: str = "Asia/Shanghai") -> None:
    """Every row in the home's landing is accepted by ingestion, and nothing is found odd about any."""
    settings = Settings(home=home, timezone=timezone, threads=1)
    for folder in sorted((home / "landing").glob("[!.]*")):
        days = sorted(date.fromisoformat(day.name) for day in folder.iterdir())
        ingest_days(Home(home), settings, LOGS[folder.name], days, run_id="run")
        for day in days:
            delivery = read_delivery(Home(home).candidate_part(folder.name, day))
            assert delivery is not None
            counts = [(one["accepted"], one["delivered"], one["reason"]) for one in delivery["files"]]
            assert all(accepted == delivered for accepted, delivered, _ in counts), (folder.name, day, counts)
            assert delivery["findings"] == [], (folder.name, day)
