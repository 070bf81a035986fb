"""Where the numbers of a run come from: scenario, versions, catalogue, counts of omissions and their reasons."""

from __future__ import annotations

import platform
from collections import Counter
from dataclasses import asdict
from importlib.metadata import version
from typing import Any

import numpy as np

from debrissim.catalog import summarize_catalog
from debrissim.conjunctions.coverage import co_located, coverage, flown, notes, uncovered
from debrissim.conjunctions.inputs import RunInputs
from debrissim.conjunctions.totals import RATE_RULE
from debrissim.conjunctions.trajectory_records import earth_orientation, propagation, records
from debrissim.core.constants import SECONDS_PER_DAY
from debrissim.core.time import utc_text
from debrissim.propagation.sgp4 import ObjectStatus
from debrissim.scenario.conjunctions import Scenario
from debrissim.screening.encounters import Encounters
from debrissim.screening.screen import ScreeningResult
from debrissim.screening.volumes import Membership
from debrissim.uncertainty.element_set_error import ElementSetErrorModel
from debrissim.uncertainty.ephemeris_covariances import StatedCovariances
from debrissim.uncertainty.object_covariances import ObjectCovariances

_VERSIONS_OF = ("debrissim", "numpy", "scipy", "sgp4", "numba", "matplotlib")


def provenance(
    scenario: Scenario,
    inputs: RunInputs,
    screened: ScreeningResult,
    model: ElementSetErrorModel,
    object_covariances: ObjectCovariances | None = None,
    stated: tuple[StatedCovariances, StatedCovariances] | None = None,
) -> dict[str, Any]:
    """Where the numbers come from: scenario, versions, catalogue, counts of omissions and their reasons.

    stated: the covariances that ephemerides state, of primaries and secondaries.
    """
    object_covariances = object_covariances or ObjectCovariances()
    catalog = inputs.catalog
    # A run of messages only has no catalogue.
    summary = summarize_catalog(catalog) if len(catalog) else None
    statuses = Counter(int(s) for s in screened.object_status.tolist())
    return {
        "scenario": scenario.model_dump(mode="json"),
        "seed": scenario.seed,
        "versions": {name: version(name) for name in _VERSIONS_OF} | {"python": platform.python_version()},
        "span": {
            "start_utc": utc_text(inputs.start_jd, inputs.start_fraction),
            "end_utc": utc_text(inputs.start_jd, inputs.start_fraction, inputs.duration_s),
            "duration_days": inputs.duration_s / SECONDS_PER_DAY,
            # The moment itself: start_utc is rounded to a millisecond, eight metres of an orbit.
            "start_jd": inputs.start_jd,
            "start_fraction": inputs.start_fraction,
        },
        "catalogue": {
            "sources": [asdict(source) for source in inputs.sources],
            "first_epoch_utc": utc_text(*summary.first_epoch) if summary else None,
            "last_epoch_utc": utc_text(*summary.last_epoch) if summary else None,
            "synthetic": bool(catalog.synthetic.any()),
            "synthetic_objects": int(catalog.synthetic.sum()),
            "objects": len(catalog),
            "objects_by_kind": dict(summary.by_kind) if summary else {},
            "default_radius": int(inputs.size_is_default.sum()),
        },
        "counts": {
            "records_read": sum(source.record_count for source in inputs.sources),
            "records_rejected": len(inputs.rejected),
            "superseded": inputs.superseded_count,
            "filtered_out": inputs.filtered_count,
            "stale": statuses[int(ObjectStatus.STALE)],
            "failed_sgp4": sum(n for s, n in statuses.items() if 0 < s < int(ObjectStatus.STALE)),
            "not_covered": statuses[int(ObjectStatus.NOT_COVERED)],
            "co_located_pairs": len(screened.co_located),
            "after_sieve": screened.searched_count,
            "candidates": screened.candidate_count,
            "encounters": len(screened.encounters),
        },
        "coverage": coverage(inputs, screened),
        "co_located": co_located(inputs, screened),
        "gaps": uncovered(inputs, screened),
        "notes": [
            *notes(inputs),
            *object_covariances.notes(),
            *_ephemeris_notes(screened.encounters, object_covariances, stated),
        ],
        "ephemerides": records(inputs.trajectories),
        **earth_orientation(inputs.trajectories),
        "primaries": [
            {
                "norad_id": int(catalog.norad_id[row]),
                "name": str(catalog.name[row]),
                "element_set_from": origin,
                "epoch_utc": utc_text(float(catalog.epoch_jd[row]), float(catalog.epoch_fraction[row])),
                "hard_body_radius_m": float(catalog.hard_body_radius_m[row]),
                "mass_kg": float(catalog.mass_kg[row]),
                "radius_is_default": bool(inputs.size_is_default[row]),
                "mass_is_default": bool(inputs.mass_is_default[row]),
                "perigee_altitude_km": float(catalog.perigee_altitude_km[row]),
                "apogee_altitude_km": float(catalog.apogee_altitude_km[row]),
            }
            | flown(inputs, screened, int(row))
            for row, origin in zip(
                inputs.primaries if inputs.primaries is not None else [],
                inputs.primary_origin,
                strict=False,
            )
        ],
        "method": _MESSAGES_METHOD
        if scenario.only_events
        else _method(scenario, model, object_covariances, inputs),
        **_if_any(satcat=inputs.satcat, clouds=[cloud.record() for cloud in inputs.clouds]),
    }


def _if_any(**entries: Any) -> dict[str, Any]:
    """The entries that a run has."""
    return {name: entry for name, entry in entries.items() if entry}


_COUNTED = {
    Membership.ANY_MOMENT.value: "approaches count if they are inside a volume at any moment",
    Membership.TCA.value: "approaches count if they are inside a volume at closest approach",
}
_MESSAGES_METHOD = {
    "propagation": "states at TCA as given in the messages, along orbits around it where the method needs that",
    "probability": "by the method that suits each message: auto in events",
    "covariance": {
        "name": "messages",
        "label": "as given in the messages",
        "source": "the messages",
        "warning": "",
        "own": [],
    },
}
"""For a run of messages only."""


def _ephemeris_notes(
    encounters: Encounters,
    object_covariances: ObjectCovariances,
    stated: tuple[StatedCovariances, StatedCovariances] | None,
) -> list[str]:
    """The sentences on objects with a model's errors in spite of their ephemerides."""
    own, size = object_covariances.ephemerides, len(encounters)
    if own is None or stated is None:
        return []
    number = np.concatenate([encounters.primary_norad_id, encounters.secondary_norad_id])
    return list(own.notes(number, np.concatenate([each.sources(size) for each in stated])))


def _method(
    scenario: Scenario, model: ElementSetErrorModel, object_covariances: ObjectCovariances, inputs: RunInputs
) -> dict[str, Any]:
    return {
        "propagation": propagation(inputs.trajectories, len(inputs.catalog)),
        "probability": scenario.probability.method,
        "covariance": {
            "name": model.name,
            "label": object_covariances.label_with(model.label),
            "source": model.source,
            "warning": model.warning,
            "own": object_covariances.records(),
            "with_common": model.with_common,
        },
        "probability_range": "minimum and maximum with every modelled sigma half to twice as large"
        + (f", and with the errors of {model.with_common}" if model.with_common else ""),
        "rates": f"{_COUNTED[scenario.screening.inside]}; {RATE_RULE}",
        "cumulative": "1 - product of (1 - Pc), encounters taken as independent",
    }
