"""Elrod's Gauss-Chebyshev quadrature of the disc integral: a fixed rule, fast in arrays.

Source: Elrod (2019), doctoral dissertation, Department of Statistical Science, Baylor University, as described by NASA
CARA: strips along the miss, integrated by the error function and summed across it at the nodes of Gauss-Chebyshev
quadrature of the second kind, with the covariance factored as U U^T, U upper triangular. CARA's later form (`PcCircle`)
has strips along the minor axis and the nodes along the major one.

Assumptions
- The assumptions of the encounter plane and of a circular hard body.
- The integrand is smooth on the scale of the nodes. 64 nodes are exact to rounding where the radius is below about five
  minor sigmas, and useless at hundreds, where the nodes step over the density; nodes along the major axis only step
  over the disc's edge: the error is 1e-4 at thousands, unless the miss grazes the disc. `collision_probability` flags
  inaccurate values.
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from debrissim.core.arrays import Array
from debrissim.core.errors import InputError
from debrissim.probability import kernels
from debrissim.probability.batch import apply_rows
from debrissim.probability.encounter_plane import EncounterPlane
from debrissim.probability.method import PlaneMethod

ORDER = 64


def elrod(
    plane: EncounterPlane,
    hard_body_radius_km: Array,
    *,
    order: int = ORDER,
    nodes: Literal["across the miss", "along the major axis"] = "across the miss",
) -> Array:
    """(m,) collision probabilities; hard_body_radius_km (m,) km, >= 0.

    order: number of nodes, even; nodes: where they lie. Raises InputError for an order that is odd or below 2, or for
    any other location of the nodes.
    """
    if nodes not in ("across the miss", "along the major axis"):
        raise InputError(f'nodes: expected "across the miss" or "along the major axis", got {nodes!r}')
    if order < 2 or order % 2:
        raise InputError(f"order: expected an even number of nodes from 2, got {order}")
    out = np.empty(len(plane))
    apply_rows(
        kernels.quadrature.elrod,
        plane,
        hard_body_radius_km,
        out,
        parameters=(order, nodes == "along the major axis"),
    )
    return out


METHOD = PlaneMethod(
    name="elrod",
    function=elrod,
    summary="Gauss-Chebyshev quadrature, 64 nodes (Elrod 2019)",
    source="Elrod (2019), doctoral dissertation, Department of Statistical Science, Baylor University",
    is_exact=True,
)
