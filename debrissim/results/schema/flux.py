"""The files of the flux study: debris and meteoroids, each with its own columns."""

from __future__ import annotations

from debrissim.results.table import Column, Schema

_FLUX_UNIT = "m-2 yr-1"

FLUX = Schema(
    "flux.csv",
    "one particle diameter",
    (
        Column("diameter_cm", "float", "diameter of the particle"),
        Column("*_per_m2_year", "float", "flux of larger particles on one side of a randomly tumbling plate"),
        Column("*_low", "float", "that flux divided by the model's uncertainty factor", unit=_FLUX_UNIT),
        Column("*_high", "float", "that flux times the factor", unit=_FLUX_UNIT),
        Column("*_in_range", "bool", "true: the diameter is within the model's range of validity"),
    ),
)

FACES = Schema(
    "faces.csv",
    "one face of a spacecraft that keeps its attitude",
    (
        Column("face", "text", "direction of its normal: ram, wake, port, starboard, zenith, nadir"),
        Column("*_factor", "float", "flux on it divided by that on a tumbling plate"),
        Column("*_mean_speed_km_s", "float", "mean impact speed on it; empty if nothing hits it"),
    ),
)

SPEEDS = Schema(
    "speeds.csv",
    "one interval of impact speed",
    (
        Column("low_km_s", "float", "lower end of the interval"),
        Column("high_km_s", "float", "upper end"),
        Column("*_share", "float", "fraction of the impacts on a tumbling plate in the interval"),
    ),
)

PUBLISHED = Schema(
    "published.csv",
    "the published flux of one source for the conditions nearest to the scenario's",
    (
        Column("source", "text", "debris or meteoroids"),
        Column("model", "text", "model that gave the published value"),
        Column("conditions", "text", "orbit and year for which it was published"),
        Column("diameter_cm", "float", "smallest diameter counted in it"),
        Column("flux_per_m2_year", "float", "the published flux"),
        Column("ratio", "float", "flux in this study at that diameter divided by the published one"),
    ),
)
