"""Settings of what reading may cost: beyond a limit a file or line is refused. ``Settings`` includes them."""

from __future__ import annotations

from pydantic import Field
from pydantic_settings import BaseSettings


class LimitSettings(BaseSettings):
    """Memory, and limits of what is read; the defaults lie far above what honest systems export."""

    memory_limit: str = Field("4GB", description="Memory that DuckDB may use before it spills to disk.")
    threads: int = Field(2, ge=1, description="Threads that DuckDB may use.")
    max_files_per_log_day: int = Field(
        10_000, ge=1, description="Files of a log day beyond which none of them is read: one a minute are 1,440."
    )
    max_columns: int = Field(
        1_000, ge=1, description="Columns of a file beyond which it is refused, and keys of a line of JSON."
    )
    max_nesting: int = Field(
        64, ge=1, le=512, description="Levels of a line of JSON, a Parquet column, a mapping, or the tags of a dump."
    )
    max_line_bytes: int = Field(
        2_000_000,
        ge=1_000,
        le=16_000_000,
        description="Longest line, CSV record or Parquet value read (bytes).",
    )
    max_file_rows: int = Field(100_000_000, ge=1, description="Records of a file beyond which it is refused.")
    max_unpacked_gb: float = Field(
        20.0, gt=0, description="Size of a compressed file or archive once it is unpacked (GB)."
    )
    max_unpack_ratio: float = Field(
        250.0, ge=2, description="Times its own size that a compressed file may unpack to, from 64 MB unpacked on."
    )
    max_xml_tag_bytes: int = Field(
        4_000_000, ge=1_000, description="Longest tag of a Stack Exchange dump, its attributes included (bytes)."
    )
    max_mapping_values: int = Field(
        20_000, ge=1, description="Values of a mapping, counted as if its aliases were written out."
    )


DEFAULT_LIMITS = LimitSettings.model_construct()
"""The defaults; the environment is not read."""


def beyond(limits: LimitSettings, name: str, found: str, cure: str) -> str:
    """Return the sentence that refuses what is beyond the limit ``name``; it names the setting."""
    value = getattr(limits, name)
    shown = value if isinstance(value, str) else f"{value:,.10g}"
    return f"{found}: GUILDBOOK_{name.upper()} allows {shown}; {cure}"


def changed_limits(limits: LimitSettings) -> list[tuple[str, float | str]]:
    """Return the limits that differ from the defaults: with them a file may be read that was refused."""
    values = {name: getattr(limits, name) for name in LimitSettings.model_fields if name != "threads"}
    return [(name, value) for name, value in values.items() if value != getattr(DEFAULT_LIMITS, name)]
