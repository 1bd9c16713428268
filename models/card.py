"""The model card: everything a reader or a later run must know about one version of the model.

The version is a digest of the data, the configuration and the libraries, so equal input gives an equal
version.
"""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import asdict, dataclass, is_dataclass
from datetime import date
from importlib.metadata import version as installed
from typing import TYPE_CHECKING, Any

import pandas as pd

from models.churn_definitions import Definition
from models.cutoffs import Split
from models.features import FEATURE_NAMES, matrix
from models.rule import Rule
from models.support import Support

if TYPE_CHECKING:
    from models.fit import Fitted

LIBRARIES = ("numpy", "pandas", "scikit-learn", "scipy", "skops")


@dataclass(frozen=True)
class ModelCard:
    """Card of one version. ``learner`` is ``rule`` where no model is used; ``reason`` says why it is used.

    ``metrics`` and ``intervals`` (95 %, members resampled) are the champion's on the test cut-offs, ``validation`` is
    every learner's log-loss on the validation cut-offs, by which it was chosen. ``feature_bins`` are what drift is
    measured against. ``support`` says how sure the test cut-offs allow a shown probability to be; None under the rule.
    """

    version: str
    definition: Definition
    learner: str
    reason: str
    seed: int
    data: dict[str, Any]
    cutoffs: Split | None
    excluded: dict[str, str]
    metrics: dict[str, float]
    intervals: dict[str, list[float]]
    validation: dict[str, float]
    feature_bins: dict[str, dict[str, list[float]]]
    features: list[str]
    feature_medians: dict[str, float]
    libraries: dict[str, str]
    rule: Rule
    support: Support | None = None


@dataclass(frozen=True)
class ChurnModel:
    """A version of the churn model; ``fitted`` is None where the rule is used."""

    card: ModelCard
    fitted: Fitted | None

    @property
    def version(self) -> str:
        """The version's name, 12 hexadecimal digits."""
        return self.card.version


def version_of(fingerprint: str, config: object, libraries: dict[str, str]) -> str:
    """Return the version of what these give: the first 12 digits of their SHA-256."""
    return _digest([fingerprint, config, FEATURE_NAMES, libraries])[:12]


def data_fingerprint(rows: pd.DataFrame) -> str:
    """Return a SHA-256 of the ordered labelled rows."""
    content = matrix(rows).assign(
        member_id=rows["member_id"], as_of_day=rows["as_of_day"], is_churned=rows["is_churned"]
    )
    return hashlib.sha256(pd.util.hash_pandas_object(content, index=False).to_numpy().tobytes()).hexdigest()


def describe_rows(rows: pd.DataFrame, fingerprint: str) -> dict[str, Any]:
    """Return counts and range of the labelled rows."""
    days = rows["as_of_day"]
    return {
        "rows": len(rows),
        "members": int(rows["member_id"].nunique()),
        "churners": int(rows.loc[rows["is_churned"] == 1, "member_id"].nunique()),
        "churn_rate": float(rows["is_churned"].mean()) if len(rows) else None,
        "first_cutoff": days.min().date().isoformat() if len(rows) else None,
        "last_cutoff": days.max().date().isoformat() if len(rows) else None,
        "fingerprint": fingerprint,
    }


def library_versions() -> dict[str, str]:
    """Return the versions of the libraries that predictions depend on."""
    return {name: installed(name) for name in LIBRARIES}


def to_json(value: object) -> str:
    """Return stable JSON: keys in order, days as ISO 8601, dataclasses as objects, NaN as null."""
    return json.dumps(_plain(value), indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False)


def _digest(value: object) -> str:
    return hashlib.sha256(to_json(value).encode()).hexdigest()


def _plain(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        return _plain(asdict(value))
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float) and math.isnan(value):
        return None
    return value.isoformat() if isinstance(value, date) else value
