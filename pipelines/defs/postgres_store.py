"""Where a deployment keeps Dagster's history: Dagster's own PostgreSQL storage, through connections that stay open.

Dagster opens a connection for every statement or two and closes it again. A daily run opened 3,200 of them, 10 ms each,
which took as long as all the rest of the run.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

import sqlalchemy as sa
from dagster_postgres import DagsterPostgresStorage
from dagster_postgres.utils import DagsterPostgresException, pg_url_from_config

from pipelines.faults import UserError, brief


class PostgresStore(DagsterPostgresStorage):
    """Dagster's storage of runs, events and schedules in PostgreSQL, all three through one pool of connections."""

    def __init__(self, postgres_url: str, inst_data: Any = None) -> None:  # noqa: ANN401 - Dagster's own
        """Connect, and make the tables that are missing.

        Raises:
            UserError: The database does not let us in, or nobody answers there.
        """
        try:
            super().__init__(postgres_url, inst_data=inst_data)
        except DagsterPostgresException as error:
            said = getattr(error.__cause__, "orig", error)
            raise UserError(
                f"Dagster's history cannot be reached: {brief(str(said))}; see that PostgreSQL is up, and that the "
                "variables DAGSTER_POSTGRES_* name it"
            ) from error
        # A connection that the server closed meanwhile, by a restart of its own, is replaced unnoticed.
        engine = sa.create_engine(postgres_url, isolation_level="AUTOCOMMIT", pool_pre_ping=True)
        for storage in (self._run_storage, self._event_log_storage, self._schedule_storage):
            storage._engine = engine

    @classmethod
    def from_config_value(cls, inst_data: Any, config_value: Mapping[str, Any]) -> Self:  # noqa: ANN401 - Dagster's own
        """Make a storage as ``dagster.yaml`` configures it."""
        return cls(pg_url_from_config(config_value), inst_data)
