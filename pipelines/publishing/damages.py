"""Every file of a home that has a checksum, checked: what is damaged, and what to do about it. Nothing is written."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from pipelines.churn.store import check_model
from pipelines.faults import UserError, damaged_databases, republish
from pipelines.home import Home
from pipelines.lake import ledger, seal, versions
from pipelines.lake.delivery import read_delivery
from pipelines.lake.schemas import SCHEMAS
from pipelines.lake.whole import parts
from pipelines.reading import sums


@dataclass(frozen=True)
class Checked:
    """How many files were read, how many of the lake are older than checksums, and a sentence for each damaged one."""

    n_files: int
    n_unsealed: int
    damaged: list[str]


def check_files(home: Home) -> Checked:
    """Read every file of the lake, the databases, the publications and the churn models."""
    sealed = [path for paths in (parts(home), _ledgers(home), home.control.glob("*.parquet")) for path in paths]
    looks: list[Callable[[], object]] = [partial(seal.check, path) for path in sealed]
    told = sorted(home.lake.glob("*/*/log_day=*/*delivery.json"))
    looks += [partial(read_delivery, path) for path in told]
    models = sorted(path for path in home.churn_models.glob("*") if not path.name.startswith("."))
    looks += [partial(check_model, home, folder.name) for folder in models]
    damaged = []
    for look in looks:
        try:
            look()
        except UserError as error:
            damaged.append(str(error))
    published = [home.versions / str(number) for number in versions.numbers(home)]
    damaged += [sentence for folder in published for sentence in _unlike(home, folder)]
    damaged += [one for one in damaged_databases(home) if one not in damaged]
    others = [path for folder in (*models, *published) for path in folder.rglob("*") if path.is_file()]
    others += [path for path in (home.warehouse, home.marts) if path.exists()]
    n_unsealed = sum(not seal.is_sealed(path) for path in sealed)
    return Checked(len(sealed) + len(told) + len(others), n_unsealed, damaged)


def _ledgers(home: Home) -> Iterator[Path]:
    for name in SCHEMAS:
        yield from ledger.files(home, name)


def _unlike(home: Home, folder: Path) -> Iterator[str]:
    is_up = versions.current(home) == int(folder.name)
    for path in sums.unlike(folder):
        cure = republish(home) if is_up else f"remove {folder}, so that no rollback puts it up"
        yield f"{path} is damaged: {cure}"
