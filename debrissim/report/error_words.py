"""The origin of the errors behind a probability: an operator's, given by the scenario or an ephemeris, or a model's."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from debrissim.results.table import Table

_ROLES = ("primary", "secondary")


def given_by_operators(conjunctions: Table, role: str | None = None) -> NDArray[np.bool_]:
    """(m,) whether the errors of the "primary" or the "secondary", by default of both, are an operator's.

    conjunctions: m rows of conjunctions.csv.
    """
    columns = [conjunctions[f"{each}_covariance_source"] for each in _ROLES if role in (None, each)]
    return np.asarray(np.all([np.asarray(column != "modelled") for column in columns], axis=0))


def error_words(conjunctions: Table) -> str:
    """The origin of the errors of encounters, and the side that they are a model's of if only one side's are.

    conjunctions: their rows of conjunctions.csv.
    """
    stated = any(
        np.isin(conjunctions[f"{role}_covariance_source"], ("modelled", "given"), invert=True).any()
        for role in _ROLES
    )
    primary, secondary = (bool(given_by_operators(conjunctions, role).all()) for role in _ROLES)
    if primary and secondary:
        return "operators' covariances" if stated else "operators' errors"
    if not stated:
        return "modelled errors"
    if primary or secondary:
        modelled, given = ("secondaries", "primary") if primary else ("primary", "secondaries")
        return f"modelled errors of the {modelled}, operators' covariances of the {given}"
    return "modelled errors, operators' covariances of some objects"
