"""Where the tables of a mapping lie."""

from __future__ import annotations

from pathlib import Path

from pipelines.connectors.mapping import Mapping
from pipelines.connectors.mapping_table import Table
from pipelines.connectors.report import ConnectorError


def locate(mapping: Mapping, table: Table, mapping_file: Path, data: Path | None) -> Path:
    """Return the file of a table.

    Raises:
        ConnectorError: It is not there, or one file was given for several tables.
    """
    if data is not None and not data.is_dir():
        if len({one.file for one in mapping.tables()}) > 1:
            raise ConnectorError(f"{mapping_file.name} names several tables; give the folder they lie in, not {data}")
        path = data
    else:
        path = (data or mapping_file.parent) / table.file
    if not path.is_file():
        raise ConnectorError(
            f"{path} does not exist; correct table in {mapping_file.name} or give the folder of the data"
        )
    return path
