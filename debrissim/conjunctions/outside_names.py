"""The names under which files and texts of a run show its objects.

Inside a run an object of a population bears the name and the breakup of the real objects that it represents
("SYNTHETIC COSMOS 2251 DEB 000012"): sizes, behaviour and statistics go by them. It does not exist, and nothing outside
names it so.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from debrissim.catalog import Catalog, ObjectKind, Origin, object_label


def outside_names(catalog: Catalog) -> NDArray[np.str_]:
    """(n,) names; for an object of a population, which has none, its kind ("sampled payload")."""
    of_population = catalog.origin == Origin.SYNTHETIC
    kinds = np.array([kind.label for kind in ObjectKind])[catalog.object_kind]
    return np.where(of_population, np.char.add("sampled ", kinds), catalog.name)


def outside_events(catalog: Catalog) -> NDArray[np.str_]:
    """(n,) the breakup that each object comes from, "" for none: an object of a population comes from no real one."""
    return np.where(catalog.origin == Origin.SYNTHETIC, "", catalog.parent_event)


def with_outside_names(catalog: Catalog) -> Catalog:
    """The catalogue (n,) as given in files; orbits, kinds and sizes are the same."""
    return catalog.with_columns(name=outside_names(catalog), parent_event=outside_events(catalog))


def outside_label(catalog: Catalog, row: int) -> str:
    """Name and number of an object of the catalogue for a person."""
    return object_label(int(catalog.norad_id[row]), str(outside_names(catalog[[row]])[0]))
