"""What the scenarios of every kind are made of: numbers that are numbers, times that are times, closed tables."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field


def _no_number(value: Any) -> Any:
    """Refuse what pydantic would take for seconds since 1970."""
    if isinstance(value, int | float):
        raise ValueError("expected a UTC time such as 2024-11-01T00:00:00Z")
    return value


def _ascending(band: tuple[float, float]) -> tuple[float, float]:
    if band[0] > band[1]:
        raise ValueError(f"expected the lowest altitude first, got {list(band)}")
    return band


# Strict: a number in quotes, or true for 1, is a slip.
Positive = Annotated[float, Field(gt=0.0, allow_inf_nan=False, strict=True)]
Finite = Annotated[float, Field(allow_inf_nan=False, strict=True)]
CatalogNumber = Annotated[int, Field(ge=1, strict=True)]
Flag = Annotated[bool, Field(strict=True)]
Moment = Annotated[datetime, BeforeValidator(_no_number)]
Band = Annotated[tuple[Finite, Finite], AfterValidator(_ascending)]
Triple = tuple[Positive, Positive, Positive]


class ScenarioTable(BaseModel):
    """A table of a scenario file: unknown keys are errors, and nothing changes it afterwards."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def titled(title: str) -> str:
    """Refuse a title without text."""
    if not title.strip():
        raise ValueError("expected some text")
    return title


Title = Annotated[str, AfterValidator(titled)]
Seed = Annotated[int, Field(ge=0, strict=True)]


class MeanElements(ScenarioTable):
    """SGP4 mean elements of an object, in the units of an OMM."""

    epoch: Moment | Literal["start"] = Field(
        "start", description='UTC time, or "start": the start of the span'
    )
    mean_motion_rev_day: Positive = Field(description="revolutions per day")
    eccentricity: Annotated[float, Field(ge=0.0, lt=1.0, strict=True)] = Field(description="0 to below 1")
    inclination_deg: Annotated[float, Field(ge=0.0, le=180.0, strict=True)] = Field(
        description="degrees, TEME"
    )
    raan_deg: Finite = Field(0.0, description="right ascension of the ascending node, degrees, TEME")
    arg_perigee_deg: Finite = Field(0.0, description="argument of perigee, degrees")
    mean_anomaly_deg: Finite = Field(0.0, description="mean anomaly, degrees")
    bstar: Finite = Field(0.0, description="drag term B*, 1/Earth radii")
