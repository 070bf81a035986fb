"""Particles too small for a catalogue: fluxes of debris and meteoroids, their directions and speeds.

| name                   | meaning                                        |
|------------------------|------------------------------------------------|
| DebrisFlux             | man-made debris by NASA90                      |
| inclination_factor     | psi(i) of NASA90                               |
| debris_speeds          | quadrature over impact speeds of debris        |
| debris_speed_density   | density of impact speeds of debris             |
| model_orbit_speed_km_s | orbital speed in that density                  |
| Rays                   | directions and speeds of particles, weighted   |
| FACES                  | faces of a spacecraft by name                  |
| face_factor            | flux on a face over flux on a tumbling plate   |
| face_mean_speed_km_s   | mean speed of the particles that hit a face    |
| unit_normal            | normal of a face                               |
| circular_speed_km_s    | speed on a circular orbit                      |
| MeteoroidFlux          | meteoroids at an altitude                      |
| grun_flux_per_m2_s     | interplanetary flux by Gruen et al. (1985)     |
| shielding_factor       | fraction of the sky not covered by the Earth   |
| focusing_ssp           | gravitational focusing by SSP 30425            |
| focusing_ecss          | gravitational focusing by ECSS                 |
| motion_factor          | factor due to the motion of the spacecraft     |
| meteoroid_mass_g       | mass of a meteoroid with a given diameter      |
| meteoroid_speeds       | quadrature over speeds of meteoroids           |
| speed_density          | density of speeds of meteoroids                |
| nearest_published      | published fluxes nearest to an orbit           |
| PublishedFlux          | a published flux                               |
| sample_debris          | random directions and speeds of debris         |
| sample_meteoroids      | random directions and speeds of meteoroids     |

`__init__.pyi` lists the names; each is loaded when it is first used.
"""

from __future__ import annotations

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
