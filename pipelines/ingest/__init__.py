"""Landing files to typed Parquet and quarantine: plain functions, no Dagster, no gates, no marts.

``run`` is the way in. ``landing`` finds the files, ``shape`` opens them, ``texts`` and ``line_reader`` read them
as text, ``rules`` turns text into typed rows or reasons, ``batch`` does that for a few log days, ``parts``
writes parts and moves them in.
"""

from pipelines.ingest.changes import changed_days
from pipelines.ingest.landing import delivered_days
from pipelines.ingest.run import DayReport, IngestReport, ingest_days

__all__ = ["DayReport", "IngestReport", "changed_days", "delivered_days", "ingest_days"]
