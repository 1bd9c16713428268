"""Storing and loading versions of the model: one folder each, ``pipeline.skops`` and ``card.json``.

A folder is written beside its place and renamed, so it is whole or absent; a version that exists is never
rewritten. Pipelines are stored with skops and loaded against a list of known types: a model file can't run
code.
"""

from __future__ import annotations

import json
import os
import shutil
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import pandas as pd

from models.card import ChurnModel, ModelCard, to_json
from models.churn_definitions import Definition
from models.cutoffs import Split
from models.fit import Fitted
from models.rule import Rule
from models.support import Support

TRUSTED_TYPES = [
    "models.estimators.SvmClassifier",
    "models.learners.known_columns",
    "numpy.dtype",
    "sklearn._loss.link.Interval",
    "sklearn._loss.link.LogitLink",
    "sklearn._loss.loss.HalfBinomialLoss",
    "sklearn.ensemble._hist_gradient_boosting.binning._BinMapper",
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
    "sklearn.tree._tree.Tree",
    "sklearn.utils._bunch.Bunch",
]
"""Types beyond skops' own list that our learners consist of; a file with any other isn't loaded."""


def save_model(model: ChurnModel, root: Path) -> Path:
    """Store a version under ``root`` and return its folder."""
    import skops.io  # noqa: PLC0415 - its import takes seconds, which a run without a model need not spend

    folder = root / model.version
    if folder.exists():
        return folder
    above = [one.parent for one in (root, *root.parents) if not one.exists()]
    beside = root / f".{model.version}.{os.getpid()}"
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir(parents=True)
    parts: dict[str, object] = {"card": model.card}
    if model.fitted:
        parts["background"] = model.fitted.background.to_dict("list")
        skops.io.dump(model.fitted.pipeline, beside / "pipeline.skops")
        parts["pipeline_sha256"] = sha256((beside / "pipeline.skops").read_bytes()).hexdigest()
    (beside / "card.json").write_text(to_json(parts), encoding="utf-8")
    for path in [*beside.iterdir(), beside]:
        _sync(path)
    beside.rename(folder)
    for path in (root, *above):
        _sync(path)
    return folder


def load_model(folder: Path) -> ChurnModel:
    """Load the version stored in ``folder``.

    Raises:
        FileNotFoundError: where there is none.
        ValueError: where the pipeline holds types that aren't known to be harmless.
    """
    import skops.io  # noqa: PLC0415 - as above

    parts = json.loads((folder / "card.json").read_text(encoding="utf-8"))
    card = _card(parts["card"])
    if card.learner == "rule":
        return ChurnModel(card, None)
    path = folder / "pipeline.skops"
    unknown = set(skops.io.get_untrusted_types(file=path)) - set(TRUSTED_TYPES)
    if unknown:
        raise ValueError(f"{path} holds unknown types ({', '.join(sorted(unknown))}); delete the folder and train anew")
    pipeline = skops.io.load(path, trusted=TRUSTED_TYPES)
    background = pd.DataFrame(parts["background"], dtype="float64")[card.features]
    return ChurnModel(card, Fitted(pipeline, background))


def _card(parts: dict[str, Any]) -> ModelCard:
    fields = dict(parts)
    fields["definition"] = Definition(**_with_tuples(parts["definition"]))
    fields["rule"] = Rule(**_with_tuples(parts["rule"]))
    if parts["cutoffs"]:
        days = {name: tuple(date.fromisoformat(day) for day in own) for name, own in parts["cutoffs"].items()}
        fields["cutoffs"] = Split(**days)
    # Cards of before this was kept have none.
    fields["support"] = Support(**parts["support"]) if parts.get("support") else None
    return ModelCard(**fields)


def _with_tuples(parts: dict[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in parts.items()}


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
