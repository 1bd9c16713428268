"""Where things lie under ``GUILDBOOK_HOME``: paths only, no reading or writing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

MESSAGES = "messages"
"""Folder of messages, in a home and in copies of one."""


@dataclass(frozen=True)
class Home:
    """The home folder of one community."""

    root: Path

    @property
    def landing(self) -> Path:
        """Files as delivered: ``<log>/<log day>/*``. Never written by the pipeline, only by connectors."""
        return self.root / "landing"

    @property
    def sources(self) -> Path:
        """The operator's files of sources, ``<name>.yaml``."""
        return self.root / "sources"

    @property
    def fetched(self) -> Path:
        """Answers of sources as they were delivered, one folder per source."""
        return self.root / "fetched"

    @property
    def ground_truth(self) -> Path:
        """What is true of the sample community and in none of its logs; absent where the logs are real."""
        return self.root / "sample_truth"

    @property
    def oracle(self) -> Path:
        """The true probabilities of churn of the sample community, which its churn models are measured with."""
        return self.ground_truth / "oracle.parquet"

    @property
    def annotations(self) -> Path:
        """What happened on which day, a CSV file written by the operator."""
        return self.root / "annotations.csv"

    @property
    def lake(self) -> Path:
        """Parquet that the pipeline writes."""
        return self.root / "lake"

    @property
    def staging(self) -> Path:
        """Half-written files of running jobs; swept at the start of a run."""
        return self.lake / ".staging"

    @property
    def ledger(self) -> Path:
        """Append-only records: deliveries, manifest, gate results, evaluations, publications."""
        return self.lake / "ledger"

    @property
    def control(self) -> Path:
        """Small Parquet sources that tell dbt what to build, rewritten by each run."""
        return self.lake / "control"

    @property
    def churn_models(self) -> Path:
        """One folder per version of the churn model."""
        return self.lake / "models" / "churn"

    @property
    def predictions(self) -> Path:
        """Churn predictions: ``day=…/part-<model version>.parquet``."""
        return self.lake / "predictions" / "churn"

    @property
    def warehouse(self) -> Path:
        """The dbt warehouse; only dbt writes it. The stem is fixed: dbt's manifest carries it as catalog name."""
        return self.root / "warehouse.duckdb"

    @property
    def marts(self) -> Path:
        """The marts as dbt builds them, in the format that is published; only dbt writes it. Its stem is fixed too."""
        return self.root / "built.duckdb"

    @property
    def spark(self) -> Path:
        """Tables that a Spark server has built, by schema and name."""
        return self.root / "spark"

    @property
    def versions(self) -> Path:
        """Publications, one numbered folder each."""
        return self.root / "versions"

    @property
    def published(self) -> Path:
        """Symlink to the current publication."""
        return self.root / "published"

    @property
    def last_run(self) -> Path:
        """Page of the last run, if it stopped; gone as soon as one comes to its end."""
        return self.root / "last_run"

    @property
    def dagster(self) -> Path:
        """Dagster's own home: configuration and run history."""
        return self.root / "dagster"

    @property
    def arm_key(self) -> Path:
        """Secret key of the draw into arms, where the settings give none."""
        return self.root / ".arm_key"

    @property
    def pseudonym_key(self) -> Path:
        """Secret key of the pseudonyms, where the settings give none."""
        return self.root / ".pseudonym_key"

    @property
    def erasure_key(self) -> Path:
        """Secret key of the hashes by which an erased id is known again."""
        return self.root / ".erasure_key"

    @property
    def erasure_journal(self) -> Path:
        """What an erasure that was broken off has to finish; absent otherwise."""
        return self.root / ".erasure" / "journal.json"

    @property
    def exports(self) -> Path:
        """Lists for operators."""
        return self.root / "exports"

    @property
    def targets(self) -> Path:
        """Where messages go: one YAML file a target, written by the operator."""
        return self.root / "targets"

    @property
    def drafts(self) -> Path:
        """Pieces to publish: one Markdown file a piece, written by the operator."""
        return self.root / "drafts"

    @property
    def messages(self) -> Path:
        """Messages of targets that are a folder: ``<target>/<message>``."""
        return self.root / MESSAGES

    @property
    def lock(self) -> Path:
        """Lock file held by whoever opens the warehouse."""
        return self.root / ".lock"

    def pending(self, ledger: str) -> Path:
        """Rows of a ledger that wait until the publication of the run in progress is up."""
        return self.control / f"{ledger}.parquet"

    def landing_day(self, log: str, log_day: date) -> Path:
        """Landing folder of one log day."""
        return self.landing / log / log_day.isoformat()

    def raw_part(self, log: str, log_day: date) -> Path:
        """Accepted rows of one log day that passed gate 1."""
        return self.lake / "raw" / log / f"log_day={log_day.isoformat()}" / "part-0.parquet"

    def candidate_part(self, log: str, log_day: date) -> Path:
        """Accepted rows of one log day that wait for gate 1."""
        return self.lake / "candidates" / log / f"log_day={log_day.isoformat()}" / "part-0.parquet"

    def quarantine_part(self, log: str, log_day: date) -> Path:
        """Rows of one log day that could not be accepted."""
        return self.lake / "quarantine" / log / f"log_day={log_day.isoformat()}" / "part-0.parquet"
