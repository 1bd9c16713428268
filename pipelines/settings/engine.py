"""Settings of the engine that builds the warehouse's tables, and of where the largest are published."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings


class EngineSettings(BaseSettings):
    """Which engine builds, and where it is."""

    engine: Literal["duckdb", "spark"] = Field(
        "duckdb",
        description="What builds the warehouse's tables: `duckdb` in this process, or `spark`, a server that is there "
        "already. What is published is a DuckDB file with either.",
    )
    spark_remote: str = Field(
        "", description="Address of the Spark Connect server, as `sc://host:15002`. It must see the home folder."
    )
    spark_token: SecretStr = Field(
        SecretStr(""), description="Token for the Spark Connect server; the connection is encrypted then."
    )
    spark_tables: Literal["delta", "parquet"] = Field(
        "delta",
        description="Format of the server's tables. `delta` needs a server that has it; with `parquet` every run "
        "builds all days, because days cannot be taken out of a table.",
    )

    published_file_rows: int = Field(
        100_000_000,
        ge=1,
        description="Rows beyond which a mart is no table of `analytics.duckdb`: it is published as a Parquet file "
        "beside it, in `marts/`, and a view reads it there.",
    )

    @field_validator("spark_remote")
    @classmethod
    def _check_remote(cls, value: str) -> str:
        if value and (not value.startswith("sc://") or ";" in value or not value.removeprefix("sc://").strip("/")):
            raise ValueError(f"{value!r} is no address of a server: write one such as sc://spark.example.org:15002")
        return value.rstrip("/")
