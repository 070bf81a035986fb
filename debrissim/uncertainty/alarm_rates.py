"""How often a screening with modelled errors exceeds the thresholds, compared with how often the station manoeuvres.

Sources
- Rates: `benchmarks/probability_conservation` (alarms.csv): the ISS, 70 m, at 96 random phases, a week each, against
  all objects of two real catalogues (22 January 2022 and 1 November 2024), element sets 0 to 8 days old.
- Manoeuvres: 32 or 33 collision avoidance manoeuvres of the ISS from 1999 to December 2022 (NASA, Orbital Debris
  Quarterly News; two counts are in print), 39 to November 2024.

Assumptions
- Each passage is assessed once, only by that screening. Operators reassess it repeatedly with better data.
- The rates apply to a hard body of 70 m: smaller bodies exceed the thresholds less often.
"""

from __future__ import annotations

from dataclasses import dataclass

from debrissim.uncertainty.element_set_error import DEFAULT_MODEL, PUBLISHED_MODEL

STATION_MANOEUVRES = 33
STATION_YEARS = 24


@dataclass(frozen=True)
class AlarmRate:
    """Passages per year at or above the thresholds, in two catalogues: 1e-5 (yellow) and 1e-4 (red)."""

    yellow_per_year: tuple[float, float]
    red_per_year: tuple[float, float]


ALARM_RATES = {
    DEFAULT_MODEL: AlarmRate((471.0, 565.0), (45.0, 66.0)),
    PUBLISHED_MODEL: AlarmRate((571.0, 769.0), (58.0, 62.0)),
}
"""The lower and the higher rate of the two catalogues, by name of the covariance model."""


def alarm_sentence(covariance_model: str) -> str | None:
    """One line for readers: how often such a screening exceeds red, and how often the station manoeuvres.

    Parameters
    ----------
    covariance_model : str
        Name of the model (`ElementSetErrorModel.name`, `summary.json`: provenance.method.covariance.name).

    Returns
    -------
    str or None
        None for a model whose rate was not measured.
    """
    rate = ALARM_RATES.get(covariance_model)
    if rate is None:
        return None
    low, high = (f"{value:.0f}" for value in rate.red_per_year)
    return (
        f"for scale: with these modelled errors a screening of the ISS (70 m) passes red (1 in 10,000) {low} to "
        f"{high} times a year, and the station manoeuvred {STATION_MANOEUVRES} times in {STATION_YEARS} years; a value "
        "above red calls for better data, not for a manoeuvre"
    )
