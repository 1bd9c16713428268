"""Connectors: plain functions that turn what other systems export into canonical landing files.

One function per kind of source. Nothing here ingests, casts or judges rows for the warehouse, and nothing
knows Dagster or the command line. ``docs/connectors.md`` is the page for operators.
"""

from pipelines.connectors.folder import import_folder, read_folder
from pipelines.connectors.report import ConnectorError, ImportReport, NotMapped, OnStep
from pipelines.connectors.stackexchange import import_stackexchange
from pipelines.connectors.table import Preview, import_table, preview_table

__all__ = [
    "ConnectorError",
    "ImportReport",
    "NotMapped",
    "OnStep",
    "Preview",
    "import_folder",
    "import_stackexchange",
    "import_table",
    "preview_table",
    "read_folder",
]
