"""Damaged files by the thousand: whatever lies in the landing folder is counted row for row, and nothing falls over.

A seed is one log and some generations of files. A generation damages those of the one before whose outcome was new, so
that damage piles up where the reader says something that it did not say before.
"""

from __future__ import annotations

import re
import resource
import sys
from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING

from pipelines.contract import LOGS
from tests.support.ingest_community import DAY, Community
from tests.torture.fuzz_files import ENDINGS, File, damaged, whole
from tests.torture.suite import Found, Suite

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from pipelines.contract import Log

GENERATIONS, FILES, MANY = 5, 40, 2000
"""Generations of a seed, and files of a generation, of a long seed as well."""
LONG = 11
"""Every eleventh seed is long, so that each log has its turn: damage piles up, and a file takes half the time."""
MOST_MEMORY_GB = 1.5
CLEAN = "clean.csv"
"""Lies beside the damaged files of each day, and has to come through untouched."""
TEXTS, PACKED, TABLES, BROKEN_TABLES = (DAY + timedelta(days=number) for number in range(4))
"""Log days, by what the files of a day are: texts, texts damaged after packing, Parquet, Parquet damaged as bytes."""


def play(seed: int, _: Path, own: Path) -> str:
    """Deliver damaged files of one log, generation by generation, and count what became of them."""
    rng, n_files = Random(seed), MANY if seed % LONG == LONG - 1 else FILES
    log = list(LOGS.values())[seed % len(LOGS)]
    pool = [whole(log, rng, ending) for ending in ENDINGS]
    seen: set[str] = set()
    for generation in range(GENERATIONS):
        files = [damaged(rng.choice(pool), rng) for _ in range(n_files)]
        before = _peak_memory_gb()  # making files takes some too
        outcomes = _deliver(own / str(generation), log, files)
        memory = _peak_memory_gb()
        assert memory <= MOST_MEMORY_GB or memory == before, f"{memory:.2f} GB of memory"
        pool = [file for file, outcome in zip(files, outcomes, strict=True) if outcome not in seen] or pool
        seen.update(outcomes)
    return f"{GENERATIONS * n_files:,} files of {log.name}, {len(seen)} kinds of outcome"


def _deliver(root: Path, log: Log, files: list[File]) -> list[str]:
    """Ingest files, hold every count against the file itself, and return what became of each, without its numbers."""
    root.mkdir(parents=True)
    community = Community(root, log.name)
    clean = whole(log, Random(1), "csv", only_required=True)
    days = {TEXTS: [], PACKED: [], TABLES: [], BROKEN_TABLES: []}
    for number, file in enumerate(files):
        days[_day_of(file)].append(file)
        community.deliver_as_is(file.name(number), file.stored(), _day_of(file))
    for day in days:
        community.deliver_as_is(CLEAN, clean.body, day)
    report = community.ingest(*days)
    outcomes = {}
    for told in report.days:
        of_day = community.outcome(told.log_day)
        assert told.delivered == told.accepted + told.quarantined, told
        assert len(community.rows("1", told.log_day)) == told.accepted, told
        assert len(community.quarantine("1", told.log_day)) == told.quarantined, told
        assert told.accepted == sum(accepted for _, accepted, _, reason in of_day.values() if not reason), of_day
        assert of_day.pop(CLEAN) == (clean.counted(), clean.counted(), 0, None), told.log_day
        outcomes.update(of_day)
    _hold_nothing_invented(community, [*days[TEXTS], clean])
    return [_hold_counts(file, file.name(number), outcomes) for number, file in enumerate(files)]


def _day_of(file: File) -> date:
    if file.ending == "parquet":
        return BROKEN_TABLES if file.packed else TABLES
    return PACKED if file.packed else TEXTS


def _hold_counts(file: File, name: str, outcomes: dict[str, tuple]) -> str:
    delivered, accepted, quarantined, reason = outcomes[name]
    if not reason:
        counted = file.counted()
        assert delivered == accepted + quarantined, (name, outcomes[name])
        assert counted is None or delivered == counted, (name, outcomes[name], f"{counted} are in it")
    words = re.sub(r"\d+", "0", reason or "")[:60]
    return f"{file.ending} {bool(accepted)} {bool(quarantined)} {words}"


def _hold_nothing_invented(community: Community, files: list[File]) -> None:
    """Every plain id that was accepted stands in one of the files that are text."""
    texts = [file.body.decode(errors="replace") for file in files]
    if any("\\u" in text for text in texts):
        return
    for name in community.log.key:
        for (value,) in set(community.rows(f"{name}::varchar", TEXTS)):
            if re.fullmatch(r"[a-z][\w-]*", value, re.ASCII):
                assert any(value in text for text in texts), f"{name} {value!r} is in no file"


def _peak_memory_gb() -> float:
    """Return the most memory that this process ever held; macOS counts in bytes, Linux in KiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024) / 1e9


SUITE = Suite(
    name="fuzz",
    title="Files that nobody would deliver",
    what=f"""\
A seed takes one of the logs and makes {GENERATIONS * FILES} files of it, each {LONG}th {GENERATIONS * MANY:,}: CSV,
JSON Lines and Parquet, packed and not, damaged in their bytes, lines, encodings, columns, types and packing, before it
and after. Each of {GENERATIONS} generations is made of the files before it whose outcome was new. They are ingested
together, a file that is whole beside them. For each file that is read, delivered = accepted + quarantined, and
delivered is what another reader counts in it; the parts hold as many rows as were counted; the whole file comes through
untouched; no id is accepted that stands in no file; no file makes the process fall over, and it never holds more than
{MOST_MEMORY_GB} GB. All seeds together are a million files.
""",
    prepare=lambda folder: None,
    play=play,
    n_seeds=924,
    n_short=5,
    finds_short=False,
    found=(
        Found(
            (3,),
            "a Parquet file whose columns differ in capitals alone, such as `kind` and `Kind`, ended the ingestion of "
            "its log: no day of it was read",
            "the contract's own counts, the other is kept in `extra` and named as unknown",
        ),
        Found(
            (8,),
            "a column with a NUL or another control character in its name ended the ingestion of its log",
            "its values are kept in `extra`; it is named with such characters spelled out",
        ),
        Found(
            (13,),
            "a Parquet file whose footer contradicts itself ended the whole process without a word: the library that "
            "read it calls abort",
            "DuckDB reads what the footer says of its columns, and the file is refused by its name",
        ),
        Found(
            (692,),
            "a Parquet file whose footer says that a column takes fewer than 0 bytes ended the database that read it, "
            "and with it the ingestion of its log",
            "sizes and places below 0 are refused by their column; and where a file ends the database nonetheless, "
            "each is read alone, that one is refused by its name, and the others are read",
        ),
    ),
    unseen=(
        "a damage that turns a value into another honest one of the same kind: nothing in a file speaks against it",
        "how many records a CSV file with quotes or bare carriage returns holds: other readers disagree, so there the "
        "product's own count is held against what it read",
    ),
)
