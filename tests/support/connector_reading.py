"""Reads landing files back for the connector tests."""

import csv
from pathlib import Path


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
