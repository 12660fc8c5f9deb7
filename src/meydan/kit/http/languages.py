"""The language that a browser asks for, among those that are offered."""

from collections.abc import Sequence
from typing import TypeVar

Offered = TypeVar("Offered", bound=str)


def accepted_language(header: str, offered: Sequence[Offered]) -> Offered | None:
    """The language with the highest weight in ``Accept-Language``. None where none of them is offered."""
    weights: dict[str, float] = {}
    for entry in header.split(","):
        name, _, weight = entry.partition(";")
        language = name.strip().lower().partition("-")[0]
        weights[language] = max(weights.get(language, 0), _weight(weight))
    best = max(offered, key=lambda language: weights.get(language, 0))
    return best if weights.get(best, 0) > 0 else None


def _weight(parameter: str) -> float:
    """The value of ``q=``: 1 where it is absent, 0 where it is no number."""
    if not parameter.strip():
        return 1
    try:
        return float(parameter.strip().removeprefix("q="))
    except ValueError:
        return 0
