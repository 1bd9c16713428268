"""What the reasons of a person's refused lines quote: a name in the column of a time stands nowhere else."""

from __future__ import annotations

import re

import pyarrow.parquet as pq

from pipelines.home import Home
from pipelines.privacy.names import is_number
from pipelines.privacy.needles import Needles, is_long
from pipelines.privacy.tables import speaks_of

_QUOTED = re.compile(r"'(.*)'", re.DOTALL)


def quoted_texts(home: Home, tombstones: dict[str, str]) -> set[str]:
    """Return long texts that reasons quote of lines which speak of the person, and of no other line."""
    needles = Needles(tombstones)
    own, others = set[str](), set[str]()
    for part in sorted((home.lake / "quarantine").glob("*/log_day=*/*.parquet")):
        for row in pq.read_table(part, columns=["raw_text", "reason"], partitioning=None).to_pylist():
            if quoted := _QUOTED.search(row["reason"] or ""):
                (own if speaks_of(row["raw_text"] or "", needles) else others).add(quoted[1])
    return {text for text in own - others if is_long(text) and not is_number(text)}
