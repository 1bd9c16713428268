"""One language of a text: what holds both says it, what was said in English alone is looked up."""

from __future__ import annotations

from pipelines.report.parts.text import Text


def in_language(text: Text | str, language: str) -> str:
    """Return a text in a language; what was said in English alone is looked up among the sentences that are known."""
    if isinstance(text, Text):
        return text.zh if language == "zh" else text.en
    if language != "zh":
        return text
    from pipelines.report.parts.reasons import chinese  # noqa: PLC0415 - reading them takes as long as many a command

    return chinese(text)
