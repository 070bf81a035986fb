"""The columns of conjunctions.csv as values: whole numbers, numbers, truths, texts, and None where a cell is empty."""

from __future__ import annotations

from typing import Any, Literal

Kind = Literal["whole", "number", "truth", "text"]

# What is a text or a truth by its meaning, whatever the cells of one run look like: an object may be named "12345".
_TEXTS = frozenset(
    {
        "tca_utc", "primary_name", "secondary_name", "object_kind", "parent_event", "status", "volumes",
        "collision_probability_method", "flags", "covariance_model", "catastrophic_over_range",
    }
)  # fmt: skip
_TRUTHS = frozenset({"synthetic", "dilution", "hard_body_radius_is_default", "catastrophic"})


def kind_of(name: str, cells: list[str]) -> Kind:
    """What a column holds: by its name, and for a column that is not known here by its cells."""
    if name in _TEXTS:
        return "text"
    if name in _TRUTHS:
        return "truth"
    if name.endswith("_norad_id"):
        return "whole"
    filled = [cell for cell in cells if cell]
    if filled and all(cell in ("true", "false") for cell in filled):
        return "truth"
    try:
        for cell in filled:
            float(cell)
    except ValueError:
        return "text"
    return "number"


def values_of(kind: Kind, cells: list[str]) -> list[Any]:
    """The cells as Python values."""
    if kind == "text":
        return list(cells)
    if kind == "truth":
        return [cell == "true" if cell else None for cell in cells]
    of = int if kind == "whole" else float
    return [of(cell) if cell else None for cell in cells]
