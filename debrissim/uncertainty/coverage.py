"""Are the stated errors real? A covariance model compared with the element sets of many objects.

Sources
- Pairs: `uncertainty.element_differences` (Osweiler 2006). Coverage and the probability integral transform (PIT):
  Dawid (1984), "Statistical theory: the prequential approach", Journal of the Royal Statistical Society A 147,
  278-292; Gneiting, Balabdaoui & Raftery (2007), "Probabilistic forecasts, calibration and sharpness", JRSS B 69,
  243-268.

Method. The difference between an older set and a newer one contains the errors of both: its covariance is the sum of
the older set's at its age and the newer set's at epoch. The fraction of differences within one, two and three sigma is
compared with a Gaussian's 68.3, 95.4 and 99.7 %; Mahalanobis distances in three dimensions are compared with the
distances that contain the same fractions.

Assumptions
- Pairs that share an element set are not independent, nor are pairs of the same object.
- Errors that all sets of an object have in common are not detected.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.stats import chi2

from debrissim.catalog.catalog import Catalog
from debrissim.core.arrays import Array
from debrissim.uncertainty.aged_element_sets import aged
from debrissim.uncertainty.element_differences import PLACES, OrbitDifferences
from debrissim.uncertainty.element_set_error import ElementSetErrorModel

MULTIPLES = (1.0, 2.0, 3.0)
GAUSSIAN = chi2.cdf(np.square(MULTIPLES), 1)
MAHALANOBIS = np.sqrt(chi2.ppf(GAUSSIAN, 3))


@dataclass(frozen=True, eq=False)
class StandardisedDifferences:
    """m differences in units of a model's errors, at P places of the revolution that begins at the newer's epoch.

    rtn: (m, P, 3), R, T, N over their sigmas. distance: (m, P), Mahalanobis distances.
    """

    rtn: Array
    distance: Array

    def coverage(self, rows: NDArray[np.bool_] | slice = slice(None), *, at_epoch: bool = True) -> Array:
        """(4, 3) fractions of R, T, N and of the Mahalanobis distance within one, two and three sigma.

        `at_epoch`: at the first place alone, where the newer set was issued; otherwise over the whole revolution.
        """
        places = slice(0, 1) if at_epoch else slice(None)
        rtn = np.abs(self.rtn[rows][:, places])
        within = [(rtn[..., axis, None] <= MULTIPLES).mean(axis=(0, 1)) for axis in range(3)]
        within.append((self.distance[rows][:, places, None] <= MAHALANOBIS).mean(axis=(0, 1)))
        return np.stack(within)

    def pit(self) -> Array:
        """(m,) probability integral transforms of the squared Mahalanobis distance at the first place: uniform if the
        model is right.
        """
        return np.asarray(chi2.cdf(self.distance[:, 0] ** 2, 3))


def standardise(
    model: ElementSetErrorModel, catalog: Catalog, pairs: OrbitDifferences
) -> StandardisedDifferences:
    """Divide differences by the errors that a model states for them.

    Parameters
    ----------
    model : ElementSetErrorModel
        The model.
    catalog : Catalog
        The element sets of the pairs.
    pairs : OrbitDifferences
        m pairs, as from `orbit_differences`.
    """
    older = catalog[pairs.older]
    rtn, distance = [], []
    for place in range(PLACES):
        sets = aged(older, pairs.age_days, argument_of_latitude_deg=pairs.latitude_deg[:, place])
        at_epoch = replace(sets, age_days=np.zeros(len(pairs)))
        covariance = model.covariance(sets) + model.covariance(at_epoch)
        difference = pairs.difference_rtn_km[:, place]
        rtn.append(difference / np.sqrt(np.diagonal(covariance, axis1=1, axis2=2)))
        solved = np.linalg.solve(covariance, difference[:, :, None])[:, :, 0]
        distance.append(np.sqrt(np.einsum("mi,mi->m", difference, solved)))
    return StandardisedDifferences(np.stack(rtn, axis=1), np.stack(distance, axis=1))
