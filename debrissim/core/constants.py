"""Constants of nature and of the models, each named with its model.

Source: Vallado, Crawford, Hujsak & Kelso (2006), "Revisiting Spacetrack Report #3", AIAA 2006-6753 (WGS-72, as
SGP4 uses it); NIMA TR8350.2 (WGS-84).
"""

from __future__ import annotations

# WGS-72, the constants of SGP4 itself (Vallado et al. 2006, "Revisiting Spacetrack Report #3").
WGS72_MU_KM3_S2 = 398600.8


WGS72_RADIUS_KM = 6378.135


WGS84_MU_KM3_S2 = 398600.4418


SECONDS_PER_DAY = 86400.0


MINUTES_PER_DAY = 1440.0


# 1949-12-31 00:00 UTC, from which SGP4 counts the days of an epoch.
SGP4_DAY_ZERO_JD = 2433281.5


DAYS_PER_YEAR = 365.25
