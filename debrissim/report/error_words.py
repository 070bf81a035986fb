"""The origin of the errors behind a probability: an operator's, given by the scenario or an ephemeris, or a model's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from debrissim.results.table import Table

_ROLES = ("primary", "secondary")


def covariance_sources(conjunctions: Table, provenance: Mapping[str, Any]) -> NDArray[np.object_]:
    """(m, 2) the origin of the errors of the primary and of the secondary: their columns in conjunctions.csv.

    Folders written before version 0.2 lack these columns: their errors are modelled, or the scenario gives them.
    """
    if "primary_covariance_source" in conjunctions:
        return np.stack([conjunctions[f"{role}_covariance_source"] for role in _ROLES], axis=1)
    own = provenance["method"]["covariance"]["own"]
    given = [number for entry in own if entry["source"] == "the scenario" for number in entry["norad_ids"]]
    numbers = np.stack([conjunctions[f"{role}_norad_id"] for role in _ROLES], axis=1)
    return np.where(np.isin(numbers, given), "given", "modelled").astype(object)


def given_by_operators(sources: NDArray[np.object_]) -> NDArray[np.bool_]:
    """(m,) whether the errors of both objects are an operator's. sources: (m, 2), of `covariance_sources`."""
    return np.asarray((sources != "modelled").all(axis=1))


def error_words(sources: NDArray[np.object_]) -> str:
    """The origin of the errors of encounters, and the object with modelled errors if only one has them.

    sources: their sources, (m, 2), from `covariance_sources`.
    """
    stated = not np.isin(sources, ("modelled", "given")).all()
    primary, secondary = (sources != "modelled").all(axis=0).tolist()
    if primary and secondary:
        return "operators' covariances" if stated else "operators' errors"
    if not stated:
        return "modelled errors"
    if primary or secondary:
        modelled, given = ("secondaries", "primary") if primary else ("primary", "secondaries")
        return f"modelled errors of the {modelled}, operators' covariances of the {given}"
    return "modelled errors, operators' covariances of some objects"
