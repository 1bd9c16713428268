"""What stands in for dbt's `adapter` while sqlfluff lints: of what engines say in their own words, DuckDB's is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jinja2 import Environment, pass_context

if TYPE_CHECKING:
    from types import CodeType

    from jinja2.runtime import Context


@pass_context
def dispatch(context: Context, macro: str, _package: str) -> object:
    """Return the macro that DuckDB takes."""
    return context.resolve(f"default__{macro}")


# For every file sqlfluff reads this module anew and compiles all macros twice, which took a third of its time.
if Environment.compile.__module__ != __name__:
    compile_anew = Environment.compile
    compiled: dict[str, CodeType] = {}

    def compile_once(environment: Environment, source: str) -> CodeType:
        """Return the code of a template, which is the same in every environment of a run."""
        if source not in compiled:
            compiled[source] = compile_anew(environment, source)
        return compiled[source]

    Environment.compile = compile_once
