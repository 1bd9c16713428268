"""The language of what Dagster's pages and the console show of a run: that of the settings."""

from pipelines.report.parts.languages import in_language
from pipelines.report.parts.text import Text
from pipelines.settings import get_settings


def spoken(text: Text | str) -> str:
    """Return a text in the language of the settings."""
    return in_language(text, get_settings().language or "en")
