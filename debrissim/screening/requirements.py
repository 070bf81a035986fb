"""The conditions without which a screening is meaningless: valid arguments, primaries that exist, pairs to examine."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from debrissim.catalog.ages import days_since
from debrissim.catalog.catalog import Catalog
from debrissim.catalog.identifiers import object_label
from debrissim.core.arrays import Index, Mask
from debrissim.core.constants import SECONDS_PER_DAY
from debrissim.core.errors import InputError, PrimaryNotFlownError
from debrissim.core.numbers import count
from debrissim.core.time import utc_text
from debrissim.propagation.sgp4 import ObjectStatus
from debrissim.screening.colocation import CoLocated
from debrissim.screening.existence import Existence
from debrissim.screening.volumes import ScreeningVolume

# An epoch, in seconds of run time, is rounded in two different ways.
_AT_EPOCH_S = 1e-4


def check_arguments(
    catalog: Catalog,
    primaries: Sequence[int] | Index | None,
    duration_s: float,
    volumes: Sequence[ScreeningVolume],
    volumes_of: Mask | None,
    group: Index | None = None,
) -> None:
    """Raise InputError for meaningless arguments of `screen`."""
    if not volumes:
        raise InputError("screen: expected at least one screening volume, got none")
    if not (np.isfinite(duration_s) and duration_s > 0.0):
        raise InputError(f"screen: expected duration_s above 0, got {duration_s!r}")
    if primaries is not None:
        rows = np.asarray(primaries)
        if (
            rows.size == 0
            or rows.min() < 0
            or rows.max() >= len(catalog)
            or np.unique(rows).size != rows.size
        ):
            raise InputError(
                f"screen: expected primaries as distinct rows of a catalogue of {len(catalog)} objects, "
                f"got {primaries!r}"
            )
    if group is not None and np.shape(group) != (len(catalog),):
        raise InputError(
            f"screen: expected group of shape ({len(catalog)},), one number per object, got {np.shape(group)}"
        )
    shape = None if primaries is None else (len(primaries), len(volumes))
    if volumes_of is not None and (volumes_of.shape != shape or not volumes_of.any(axis=1).all()):
        raise InputError(
            "screen: expected volumes_of as a mask of primaries and volumes, at least one volume for each"
        )


def require_valid(
    catalog: Catalog, start: tuple[float, float], primaries: Index, known: Existence, duration_s: float
) -> None:
    """Raise PrimaryNotFlownError for the first primary that exists at no moment of the span."""
    for row in primaries[~known.takes_part(duration_s)[primaries]].tolist():
        label, outcome = object_label(catalog.norad_id[row], catalog.name[row]), int(known.outcome[row])
        if outcome == ObjectStatus.NOT_COVERED:
            raise PrimaryNotFlownError(
                f"primary {label}: its ephemeris or element sets cover no moment of the span",
                int(catalog.norad_id[row]),
            )
        reason = ObjectStatus(outcome).reason
        days = float(days_since(catalog[[row]], *start)[0])
        failure_s, begin_s = float(known.failure_s[row]), float(known.begin_s[row])
        if abs(failure_s - SECONDS_PER_DAY * days) < _AT_EPOCH_S:
            reason += "; SGP4 fails at its epoch already"
        elif np.isfinite(failure_s):
            reason += f"; SGP4 follows it until {utc_text(*start, failure_s, decimals=0)}"
        elif np.isfinite(begin_s):
            epoch, earliest = (utc_text(*start, s, decimals=0) for s in (days * SECONDS_PER_DAY, begin_s))
            reason += (
                f"; SGP4 cannot be run back from its epoch, {epoch}: let the span start there, or at {earliest} at the "
                "earliest"
            )
        raise PrimaryNotFlownError(
            f"primary {label}: {reason} (its epoch is {abs(days):.1f} days "
            f"{'before' if days <= 0.0 else 'after'} the start of the span)",
            int(catalog.norad_id[row]),
        )


def require_others(catalog: Catalog, takes_part: Mask, known: Existence, max_age_days: float) -> None:
    """Raise InputError if fewer than two objects take part: nothing would be screened, and that is not a result."""
    examined = int(takes_part.sum())
    if examined > 1:
        return
    others, stale = len(catalog) - examined, int((known.status == ObjectStatus.STALE).sum())
    uncovered = int((~takes_part & (known.outcome == ObjectStatus.NOT_COVERED)).sum())
    if not others:
        raise InputError("nothing to screen: the catalogue holds no other object")
    reasons = {
        f"with an epoch more than {max_age_days:g} days from the start (catalog.max_age_days)": stale,
        "whose ephemerides or element sets cover no moment of the span": uncovered,
        "that SGP4 cannot propagate to the start": others - stale - uncovered,
    }
    counted = " and ".join(f"{number:,} {reason}" for reason, number in reasons.items() if number)
    raise InputError(f"nothing to screen among {count(others, 'other object')}: {counted}")


def require_pairs_to_examine(co_located: CoLocated, examined: int, primaries: int | None) -> None:
    """Raise InputError if every pair is co-located and hence excluded."""
    p = examined if primaries is None else primaries
    pairs = p * (examined - p) + p * (p - 1) // 2
    if len(co_located) == pairs:
        closest = float(co_located.minimum_separation_km.min())
        raise InputError(
            f"nothing to screen: every pair is co-located and left out ({count(pairs, 'pair')}, at least {closest:.3f} "
            "km apart); colocation.exclude = false keeps them"
        )
