"""One expectation of a profile: what a column's values must lie between, how grave it is if not, and why."""

from __future__ import annotations

from dataclasses import dataclass

CRITICAL = "critical"
WARNING = "warning"


@dataclass(frozen=True)
class Rule:
    """One expectation of a profile's column: its value lies between two bounds, on every day.

    ``severity`` critical blocks, warning shows; ``reason`` says why the rule exists.
    """

    column: str
    severity: str
    reason: str
    minimum: float | None = None
    maximum: float | None = None

    @property
    def expected(self) -> str:
        """The bounds in words."""
        if self.minimum is None:
            return f"at most {self.maximum:g}"
        if self.maximum is None:
            return f"at least {self.minimum:g}"
        return f"{self.minimum:g} to {self.maximum:g}"

    def breaks(self, value: float | None) -> bool:
        """Tell whether a value lies outside the bounds; what is not known does not."""
        if value is None:
            return False
        is_low = self.minimum is not None and value < self.minimum
        return is_low or (self.maximum is not None and value > self.maximum)
