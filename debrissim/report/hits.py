"""How often a spacecraft would be hit in the long run, in words: one sentence for every study and run."""

from __future__ import annotations

from collections.abc import Mapping

from debrissim.core.numbers import one_in
from debrissim.hazard.station.station_risk import hit_probability, rate_range

POLICY = "areas and spheres as in every study: docs/station.md, Radius"


def odds(expected: float) -> str:
    """The probability of at least one event of a Poisson process with this expected number: "1 in 120", "30 %"."""
    return one_in(hit_probability(expected))


def odds_range(low: float, high: float) -> str:
    """The range of such a probability, the smaller end first: "1 in 140 to 1 in 100"."""
    return f"{odds(low)} to {odds(high)}"


def hit_sentence(orbit: Mapping[str, float | None]) -> str:
    """The rate of hits on a spacecraft, with its range and its bounds by size.

    Parameters
    ----------
    orbit : mapping of str to float or None
        rate_per_year and its relative_error; rate_low_per_year and rate_high_per_year for the inscribed and the
        enclosing sphere; the radii enclosing_radius_m, mean_shadow_radius_m and inscribed_radius_m. None where not
        known.
    """
    value, extent, basis = hit_parts(orbit)
    return f"{value} a year ({extent}), {basis}"


def hit_parts(orbit: Mapping[str, float | None]) -> tuple[str, str, str]:
    """The rate of hits on a spacecraft as odds, the range by its error, and the size behind it with its bounds.

    orbit: as in `hit_sentence`. Without a projected area the odds are an upper bound: "at most 1 in 210".
    """
    rate, error, area = (orbit[key] for key in ("rate_per_year", "relative_error", "mean_shadow_radius_m"))
    assert rate is not None
    assert error is not None
    extent = odds_range(*rate_range(rate, error))
    if area is None:
        basis = (
            f"by the sphere of {orbit['enclosing_radius_m']:.3g} m around it; its projected area is not known"
        )
        return f"at most {odds(rate)}", extent, basis
    low, high = orbit["rate_low_per_year"], orbit["rate_high_per_year"]
    spheres = (
        "" if low is None or high is None else f"; inscribed and enclosing sphere: {odds_range(low, high)}"
    )
    return odds(rate), extent, f"by its mean projected area, as a sphere of {area:.2g} m{spheres}"
