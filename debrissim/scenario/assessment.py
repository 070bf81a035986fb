"""The tables of a scenario that say how encounters are judged."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, get_args

from pydantic import Field, model_validator

from debrissim.scenario.fields import Flag, Positive, ScenarioTable, Triple

CovarianceModel = Literal[
    "flohrer-2008+growth",
    "flohrer-2008+growth-quiet",
    "flohrer-2008+growth-active",
    "flohrer-2008",
    "socrates",
    "fixed",
]


ProbabilityMethod = Literal[
    "foster",
    "alfano-2005",
    "patera-2005",
    "laas-2015",
    "elrod",
    "chan-1997",
    "alfriend-akella",
    "foster-square",
    "foster-square-equal-area",
    "square-circumscribing",
    "square-equal-area",
    "auto",
]


class CoLocation(ScenarioTable):
    """Docked and formation-flying objects: excluded from the approaches, and listed."""

    exclude: Flag = Field(True, description="false keeps every pair")
    start_separation_km: Positive = Field(5.0, description="nearer than this at the start ...")
    start_speed_km_s: Positive = Field(0.1, description="... and slower than this against each other ...")
    greatest_separation_km: Positive = Field(
        50.0, description="... and never further apart than this in the span"
    )

    @model_validator(mode="after")
    def _ordered(self) -> CoLocation:
        if self.greatest_separation_km < self.start_separation_km:
            raise ValueError("expected greatest_separation_km of at least start_separation_km")
        return self


class Covariance(ScenarioTable):
    """The error of the element sets: always a model, and labelled so."""

    model: CovarianceModel = Field(
        "flohrer-2008+growth",
        description=f"one of {', '.join(get_args(CovarianceModel))}; see docs/methods.md",
    )
    fixed_sigma_rtn_km: Triple | None = Field(None, description='sigmas R, T, N, km, for model = "fixed"')
    primary_factor: Positive = Field(1.0, description="multiplies the primary's standard deviations")
    secondary_factor: Positive = Field(1.0, description="multiplies the secondary's standard deviations")
    table: Path | None = Field(
        None,
        description="CSV of covariances by catalogue number, in place of the model's: docs/covariance.md",
    )
    histories: tuple[Path, ...] = Field(
        (),
        description=(
            "files of past element sets (as a catalogue's): the errors of each object in them are measured and "
            "take the place of the model's"
        ),
    )
    history_days: Positive = Field(
        365.0, description="how long before the start of the span histories are looked at, days"
    )
    history_coasting: Flag = Field(
        False,
        description=(
            "true: pairs of past element sets with a manoeuvre between them are left out; right only while the object "
            "does not manoeuvre in the span"
        ),
    )

    @model_validator(mode="after")
    def _sigmas_go_with_fixed(self) -> Covariance:
        if (self.model == "fixed") != (self.fixed_sigma_rtn_km is not None):
            raise ValueError('expected fixed_sigma_rtn_km with model = "fixed", and only with it')
        return self


class Probability(ScenarioTable):
    """How the collision probability is computed and judged."""

    method: ProbabilityMethod = Field(
        "foster",
        description=(
            "foster: 2-D integral in the encounter plane (Foster & Estes 1992); others: "
            + ", ".join(get_args(ProbabilityMethod)[1:])
        ),
    )
    yellow: Annotated[float, Field(gt=0.0, lt=1.0, strict=True)] = Field(
        1e-5, description="notable from here on"
    )
    red: Annotated[float, Field(gt=0.0, lt=1.0, strict=True)] = Field(
        1e-4, description="an avoidance manoeuvre is considered"
    )

    @model_validator(mode="after")
    def _ordered(self) -> Probability:
        if self.yellow >= self.red:
            raise ValueError("expected yellow below red")
        return self
