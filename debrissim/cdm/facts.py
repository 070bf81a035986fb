"""The facts that an analyst needs in addition to the probability of a message: times, geometry, errors, quality of the
orbits.

Sources: CCSDS 508.0-B-1 for the keywords; the duration of the encounter as `probability.duration`, the object whose
errors dilute as `probability.dilution`.

Assumptions
- Those of the encounter plane for duration and dilution: straight motion through a constant covariance.
- The age of a message and of its last observations is counted to TCA, so that it does not depend on the day of reading.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from debrissim.cdm.message import CdmObject, Conjunction
from debrissim.cdm.states import combined_covariance_rtn, position_covariances_rtn, to_state_pair
from debrissim.core.arrays import Array
from debrissim.core.constants import SECONDS_PER_DAY
from debrissim.core.epochs import parse_iso_epochs
from debrissim.core.time import utc_text
from debrissim.probability.dilution import dilution_by_object
from debrissim.probability.duration import conjunction_duration


@dataclass(frozen=True)
class OrbitQuality:
    """The orbit determination behind one object's state, None if the message does not state it.

    last_observation_days: from the end of the interval that holds the last observation to TCA; span_days,
    recommended_span_days: of the observations used, and of those recommended; residuals_accepted: %; weighted_rms:
    about 1 if the errors of the observations are those assumed.
    """

    last_observation_days: float | None
    span_days: float | None
    recommended_span_days: float | None
    observations_used: int | None
    observations_available: int | None
    tracks_used: int | None
    tracks_available: int | None
    residuals_accepted: float | None
    weighted_rms: float | None

    @property
    def is_known(self) -> bool:
        """Whether the message says anything about it."""
        return any(value is not None for value in vars(self).values())


@dataclass(frozen=True, eq=False)
class EncounterFacts:
    """The facts of an encounter in its message, in the primary's RTN at TCA unless noted.

    created_utc: of the message; message_age_s: from there to TCA, negative if it was made later.
    miss_rtn_km, velocity_rtn_km_s: (3,) secondary minus primary. sigma_rtn_km: (2, 3) standard deviations of either
    object along its own RTN, NaN for a negative variance; combined_sigma_rtn_km: (3,).
    begin_s, end_s: bounds of the encounter, s from TCA, infinite at standstill. dilutes: whether a smaller covariance
    of that object alone would raise the probability in the plane; maximum: the value that it would reach. Both are None
    at standstill, and all four where the message is not usable.
    """

    created_utc: str
    message_age_s: float
    miss_rtn_km: Array
    velocity_rtn_km_s: Array
    sigma_rtn_km: Array
    combined_sigma_rtn_km: Array
    begin_s: float | None
    end_s: float | None
    dilutes: tuple[bool, bool] | None
    maximum: tuple[float, float] | None
    quality: tuple[OrbitQuality, OrbitQuality]


def encounter_facts(
    conjunction: Conjunction, hard_body_radius_m: float, *, usable: bool = True
) -> EncounterFacts:
    """Collect the facts of a message.

    Parameters
    ----------
    conjunction : Conjunction
        The message.
    hard_body_radius_m : float
        Combined radius, m.
    usable : bool
        False where its covariances or states are not fit for a probability: then nothing is derived from them.
    """
    state = conjunction.relative_state_rtn
    objects = (conjunction.primary, conjunction.secondary)
    begin, end, dilutes, maximum = (
        _derived(conjunction, hard_body_radius_m) if usable else (None, None, None, None)
    )
    created, age_s = _before_tca(conjunction, conjunction.creation_date) or ("not known", 0.0)
    return EncounterFacts(
        created_utc=created,
        message_age_s=age_s,
        miss_rtn_km=state[:3],
        velocity_rtn_km_s=state[3:],
        sigma_rtn_km=np.array([_sigmas(np.diag(item.covariance_rtn)[:3]) for item in objects]),
        combined_sigma_rtn_km=_sigmas(np.diag(combined_covariance_rtn([conjunction])[0])),
        begin_s=begin,
        end_s=end,
        dilutes=dilutes,
        maximum=maximum,
        quality=(_quality(conjunction, objects[0]), _quality(conjunction, objects[1])),
    )


def _derived(
    conjunction: Conjunction, radius_m: float
) -> tuple[float | None, float | None, tuple[bool, bool] | None, tuple[float, float] | None]:
    """Bounds of the encounter, and which object's errors dilute."""
    pair = to_state_pair([conjunction])
    duration = conjunction_duration(pair, radius_m / 1000.0)
    begin, end = float(duration.begin_s[0]), float(duration.end_s[0])
    if not np.isfinite([begin, end]).all():
        return begin, end, None, None
    state = conjunction.relative_state_rtn
    covariances = position_covariances_rtn([conjunction])
    own = dilution_by_object(state[None, :3], state[None, 3:], *covariances, np.array([radius_m / 1000.0]))
    return (
        begin,
        end,
        (bool(own.primary[0]), bool(own.secondary[0])),
        (float(own.primary_maximum[0]), float(own.secondary_maximum[0])),
    )


def _sigmas(variance: Array) -> Array:
    return np.sqrt(np.where(variance >= 0.0, variance, np.nan))


def _quality(conjunction: Conjunction, item: CdmObject) -> OrbitQuality:
    last = _before_tca(conjunction, item.other.get("TIME_LASTOB_END", ""))
    return OrbitQuality(
        last_observation_days=None if last is None else last[1] / SECONDS_PER_DAY,
        span_days=_number(item.other, "ACTUAL_OD_SPAN"),
        recommended_span_days=_number(item.other, "RECOMMENDED_OD_SPAN"),
        observations_used=_count(item.other, "OBS_USED"),
        observations_available=_count(item.other, "OBS_AVAILABLE"),
        tracks_used=_count(item.other, "TRACKS_USED"),
        tracks_available=_count(item.other, "TRACKS_AVAILABLE"),
        residuals_accepted=_number(item.other, "RESIDUALS_ACCEPTED"),
        weighted_rms=_number(item.other, "WEIGHTED_RMS"),
    )


def _before_tca(conjunction: Conjunction, moment: str) -> tuple[str, float] | None:
    """A time in ISO 8601 as UTC text, and the seconds from there to TCA; None for any other text."""
    jd, fraction, bad = parse_iso_epochs([moment])
    if bad:
        return None
    days = (conjunction.tca_jd - float(jd[0])) + (conjunction.tca_fraction - float(fraction[0]))
    return utc_text(float(jd[0]), float(fraction[0])), days * SECONDS_PER_DAY


def _number(other: Mapping[str, str], keyword: str) -> float | None:
    """The number of an optional keyword; None for any other text."""
    try:
        value = float(other.get(keyword, ""))
    except ValueError:
        return None
    return value if np.isfinite(value) and value >= 0.0 else None


def _count(other: Mapping[str, str], keyword: str) -> int | None:
    value = _number(other, keyword)
    return None if value is None or value > 1e9 else int(value)
