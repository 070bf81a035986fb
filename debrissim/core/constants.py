"""Constants of nature and of the models, each named with its model.

Source: Vallado, Crawford, Hujsak & Kelso (2006), "Revisiting Spacetrack Report #3", AIAA 2006-6753 (WGS-72, as
SGP4 uses it); NIMA TR8350.2 (WGS-84).
"""

from __future__ import annotations

# WGS-72, the model of SGP4 itself.
WGS72_MU_KM3_S2 = 398600.8
WGS72_RADIUS_KM = 6378.135
WGS72_J2 = 0.001082616
WGS72_J3 = -0.00000253881
WGS72_J4 = -0.00000165597

WGS84_MU_KM3_S2 = 398600.4418
WGS84_RADIUS_KM = 6378.137
WGS84_FLATTENING = 1.0 / 298.257223563

SECONDS_PER_DAY = 86400.0
MINUTES_PER_DAY = 1440.0
DAYS_PER_YEAR = 365.25
SECONDS_PER_YEAR = DAYS_PER_YEAR * SECONDS_PER_DAY

# 2000-01-01 12:00, the epoch of EME2000 and of the polynomials of precession, nutation and sidereal time.
J2000_JD = 2451545.0
# 1949-12-31 00:00 UTC, from which SGP4 counts the days of an epoch.
SGP4_DAY_ZERO_JD = 2433281.5
# 1970-01-01 00:00 UTC, from which datetime64 counts.
UNIX_EPOCH_JD = 2440587.5

# The ISS's thresholds, yellow and red (Orbital Debris Quarterly News, April 2012).
YELLOW_PROBABILITY = 1e-5
RED_PROBABILITY = 1e-4
# From this value up NASA CARA counts a conjunction as yellow (the bands of NASA/SP-20205011318, not seen in print).
CARA_YELLOW_PROBABILITY = 1e-7
