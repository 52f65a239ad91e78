"""One line of the table."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Result:
    """``value`` is judged against ``bound`` (None: only told). ``detail``: the numbers behind it."""

    name: str
    value: float
    bound: float | None
    unit: str
    detail: str

    @property
    def is_kept(self) -> bool:
        return self.bound is None or self.value <= self.bound

    def __str__(self) -> str:
        bound = f"<= {self.bound:g}" if self.bound is not None else ""
        verdict = "" if self.bound is None else ("ok" if self.is_kept else "MISSED")
        return f"{self.name:<46} {self.value:>8.2f} {self.unit:<6} {bound:<8} {verdict:<7} {self.detail}"
