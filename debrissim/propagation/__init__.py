"""Propagation: SGP4 in batch, interpolation windows, frames, two-body motion, and element conversions.

| name                       | meaning                                                  |
|----------------------------|----------------------------------------------------------|
| air_density_kg_m3          | air density by altitude                                  |
| sgp4_air_density_kg_m3     | the air density inside SGP4                              |
| bstar_for_density          | B* for which SGP4's drag matches a real density          |
| SunActivity                | quiet, moderate or active                                |
| state_transition           | states some time later, and the transition matrix        |
| kepler_elements            | semi-major axis, eccentricity and mean anomaly of states |
| perigee_radius_km          | perigee radius of states                                 |
| keplerian_from_equinoctial | Keplerian from equinoctial elements                      |
| equinoctial_from_keplerian | equinoctial from Keplerian elements                      |
| make_window                | interpolated SGP4 positions over a window                |
| EphemerisWindow            | these positions, with a bound on their error             |
| first_failure              | when and how SGP4 first fails for an object              |
| rtn_basis                  | rotation from an inertial frame to RTN                   |
| rotate                     | rotate vectors                                           |
| rotate_covariance          | rotate covariances                                       |
| teme_to_eme2000            | rotation from TEME of date to EME2000                    |
| gcrf_to_teme               | rotation from GCRF to TEME of date                       |
| geodetic                   | latitude, longitude and altitude                         |
| sidereal_angle             | Greenwich mean sidereal time                             |
| mean_elements_from_states  | SGP4 mean elements from states: SGP4 inverted            |
| MeanElements               | the table of these elements                              |
| ElementsStatus             | status of each conversion                                |
| elements_through_states    | the same, at the epoch of another element set            |
| ShiftedElements            | the table of these element sets                          |
| bstar_from_area_to_mass    | B* from an area-to-mass ratio                            |
| make_propagator            | SGP4 records of a catalogue                              |
| Propagator                 | SGP4 for many objects and times                          |
| ObjectStatus               | error codes of objects                                   |
| age_days                   | ages of element sets                                     |
| equinoctial                | equinoctial elements of states                           |
| EquinoctialOrbits          | two-body orbits in equinoctial elements                  |
| propagate                  | two-body propagation of states                           |
| element_covariance         | covariance of the elements from that of the state        |
| is_bound                   | whether states are on ellipses                           |
| sun_direction              | direction of the Sun, to a hundredth of a degree         |

`__init__.pyi` lists the names; each is loaded when it is first used.
"""

from __future__ import annotations

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
