"""Assessments of messages as plain values, for JSON: every number in full, None if there is no value."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from debrissim.cdm.answer import headline, level
from debrissim.cdm.assess import CdmAssessment
from debrissim.cdm.density_error import SharedDrag
from debrissim.cdm.facts import OrbitQuality
from debrissim.cdm.message import CdmObject
from debrissim.core.arrays import Array
from debrissim.core.constants import CARA_YELLOW_PROBABILITY, RED_PROBABILITY, YELLOW_PROBABILITY
from debrissim.core.numbers import finite_or_none


def assessment_as_json(report: CdmAssessment) -> dict[str, Any]:
    """The assessment as plain values; an infinite number is None."""
    message, facts, stated = report.conjunction, report.facts, report.stated
    usable = report.recommended.value is not None
    return {
        "answer": headline(report),
        "collision_probability": report.recommended.value,
        "method": report.chosen,
        "level": level(report.recommended.value) or None,
        "thresholds": {
            "red": RED_PROBABILITY,
            "yellow": YELLOW_PROBABILITY,
            "yellow_nasa_cara": CARA_YELLOW_PROBABILITY,
        },
        "file": message.source,
        "message_id": message.message_id,
        "originator": message.originator,
        "tca_utc": message.tca_utc,
        "created_utc": facts.created_utc,
        "message_age_s": facts.message_age_s,
        **{
            role: _object(item, facts.sigma_rtn_km[k], facts.quality[k]) | {"faults": list(report.faults[k])}
            for k, (role, item) in enumerate((("primary", message.primary), ("secondary", message.secondary)))
        },
        "miss_rtn_km": _list(facts.miss_rtn_km),
        "relative_velocity_rtn_km_s": _list(facts.velocity_rtn_km_s),
        "combined_sigma_rtn_km": _list(facts.combined_sigma_rtn_km),
        "miss_distance_km": report.miss_distance_km,
        "miss_sigmas": finite_or_none(report.miss_sigmas) if usable else None,
        "relative_speed_km_s": report.relative_speed_km_s,
        "hard_body_radius_m": report.hard_body_radius_m,
        "hard_body_radius_from_message": report.radius_from_message,
        "hard_body_radius_origin": report.radius_origin,
        "exclusion_radius_m": message.exclusion_radius_m,
        "sigma_major_km": finite_or_none(report.sigma_major_km) if usable else None,
        "sigma_minor_km": finite_or_none(report.sigma_minor_km) if usable else None,
        "encounter_begin_s": finite_or_none(facts.begin_s),
        "encounter_end_s": finite_or_none(facts.end_s),
        "flags": list(report.flags),
        "maximum_probability": finite_or_none(report.maximum),
        "maximum_sigma_factor": finite_or_none(report.maximum_scale),
        "dilution": report.dilution,
        "dilution_by_object": None
        if facts.dilutes is None or facts.maximum is None
        else [
            {"dilutes": is_guilty, "maximum_probability": maximum}
            for is_guilty, maximum in zip(facts.dilutes, facts.maximum, strict=True)
        ],
        "auto": {"method": report.chosen, "reason": report.reason},
        "stated": {
            "collision_probability": message.collision_probability,
            "method": message.collision_probability_method or None,
            "ratio": finite_or_none(stated.ratio if stated else None),
            "reproduced_by": stated.reproduced_by if stated else None,
            "reproduced_radius_m": stated.radius_m if stated else None,
            "disc_radius_m": stated.disc_radius_m if stated else None,
            "reason": stated.reason if stated else None,
        },
        **({} if report.shared_drag is None else {"shared_drag": _shared_drag(report.shared_drag)}),
        "methods": [
            {
                "method": value.method,
                "collision_probability": value.value,
                "lower": value.lower,
                "upper": value.upper,
                "flags": list(value.flags),
                "description": value.description,
            }
            for value in report.results
        ],
        "notes": list(message.notes),
    }


def _shared_drag(found: SharedDrag) -> dict[str, Any]:
    return {
        "collision_probability": found.value,
        "independent_collision_probability": found.independent,
        "factor": found.factor,
        "reason": found.reason or None,
        "contradictions": list(found.contradictions),
    }


def _object(item: CdmObject, sigma_rtn_km: Array, quality: OrbitQuality) -> dict[str, Any]:
    return {
        "designator": item.designator,
        "name": item.name,
        "international_designator": item.international_designator,
        "object_type": item.object_type or None,
        "reference_frame": item.reference_frame,
        "covariance_method": item.covariance_method,
        "maneuverable": item.maneuverable,
        "hard_body_radius_m": item.hard_body_radius_m,
        "exclusion_radius_m": item.exclusion_radius_m,
        "sigma_rtn_km": _list(sigma_rtn_km),
        "orbit_determination": asdict(quality),
    }


def _list(values: Array) -> list[float | None]:
    return [finite_or_none(value) for value in values.tolist()]
