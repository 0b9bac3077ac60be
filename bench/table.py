"""The table that is printed: what is demanded, what was measured, and whether it suffices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One line. `value` is judged where there is a demand: at least, or at most."""

    what: str
    value: float
    demand: float | None = None
    goal: float | None = None
    is_ceiling: bool = False  # the demand is the most that is allowed
    note: str = ""

    @property
    def verdict(self) -> str:
        """`goal`, `ok`, `BELOW` (or `ABOVE`), or nothing where nothing is demanded."""
        if self.demand is None:
            return ""
        if self.is_ceiling:
            return "ok" if self.value <= self.demand else "ABOVE"
        if self.goal is not None and self.value >= self.goal:
            return "goal"
        return "ok" if self.value >= self.demand else "BELOW"

    def as_json(self) -> dict[str, object]:
        """Return the row for programs."""
        return {**asdict(self), "verdict": self.verdict}


def printed(rows: Sequence[Row]) -> str:
    """Return the table as text that is Markdown as well."""
    head = ("what", "measured", "demand", "goal", "", "note")
    lines = [head, *(_cells(row) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    text = ["| " + " | ".join(c.ljust(w) for c, w in zip(line, widths, strict=True)) + " |"
            for line in lines]  # fmt: skip
    return "\n".join([text[0], "|" + "|".join("-" * (w + 2) for w in widths) + "|", *text[1:]])


def _cells(row: Row) -> tuple[str, ...]:
    sign = "≤" if row.is_ceiling else "≥"
    demand = "" if row.demand is None else f"{sign} {row.demand:g}"
    goal = "" if row.goal is None else f"{row.goal:g}"
    return row.what, f"{row.value:.3g}", demand, goal, row.verdict, row.note
