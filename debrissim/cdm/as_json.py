"""Assessments of messages as plain values, for JSON: every number in full, None if there is no value."""

from __future__ import annotations

from typing import Any

from debrissim.cdm.assess import CdmAssessment
from debrissim.cdm.message import CdmObject


def assessment_as_json(report: CdmAssessment) -> dict[str, Any]:
    """The assessment as plain values; an infinite number is None."""
    message = report.conjunction
    return {
        "file": message.source,
        "message_id": message.message_id,
        "originator": message.originator,
        "tca_utc": message.tca_utc,
        "primary": _object(message.primary),
        "secondary": _object(message.secondary),
        "miss_distance_km": report.miss_distance_km,
        "miss_sigmas": _finite(report.miss_sigmas),
        "relative_speed_km_s": report.relative_speed_km_s,
        "hard_body_radius_m": report.hard_body_radius_m,
        "hard_body_radius_from_message": report.radius_from_message,
        "sigma_major_km": report.sigma_major_km,
        "sigma_minor_km": report.sigma_minor_km,
        "flags": list(report.flags),
        "maximum_probability": report.maximum,
        "maximum_sigma_factor": _finite(report.maximum_scale),
        "dilution": report.dilution,
        "auto": {"method": report.chosen, "reason": report.reason},
        "stated": {
            "collision_probability": message.collision_probability,
            "method": message.collision_probability_method or None,
        },
        "methods": [
            {
                "method": value.method,
                "collision_probability": value.value,
                "lower": value.lower,
                "upper": value.upper,
                "flags": list(value.flags),
                "description": value.description,
            }
            for value in report.values
        ],
        "notes": list(message.notes),
    }


def _object(item: CdmObject) -> dict[str, Any]:
    return {
        "designator": item.designator,
        "name": item.name,
        "international_designator": item.international_designator,
        "object_type": item.object_type or None,
        "reference_frame": item.reference_frame,
    }


def _finite(value: float) -> float | None:
    return value if abs(value) < float("inf") else None
