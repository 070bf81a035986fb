"""The tables of a scenario for the assessment of encounters."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, ClassVar

from pydantic import Field, model_validator

from debrissim.core.constants import RED_PROBABILITY, YELLOW_PROBABILITY
from debrissim.probability.registry import DEFAULT_METHOD, plane_method_names
from debrissim.scenario.fields import Flag, NameIn, Positive, ScenarioTable, Triple
from debrissim.uncertainty.element_set_error import DEFAULT_MODEL, FIXED_MODEL, MODELS

CovarianceModelName = Annotated[str, NameIn(lambda: MODELS)]
ProbabilityMethodName = Annotated[str, NameIn(plane_method_names)]


class CoLocation(ScenarioTable):
    """Docked and formation-flying objects: excluded from the approaches, and listed."""

    old_keys: ClassVar = {"greatest_separation_km": "max_separation_km"}

    exclude: Flag = Field(True, description="false: every pair is kept")
    start_separation_km: Positive = Field(5.0, description="closer than this at the start ...")
    start_speed_km_s: Positive = Field(0.1, description="... and with a relative speed below this ...")
    max_separation_km: Positive = Field(
        50.0, description="... and never further apart than this during the span"
    )

    @model_validator(mode="after")
    def _ordered(self) -> CoLocation:
        if self.max_separation_km < self.start_separation_km:
            raise ValueError("expected max_separation_km of at least start_separation_km")
        return self


class Covariance(ScenarioTable):
    """The error of the element sets: always a model, and labelled so."""

    model: CovarianceModelName = Field(
        DEFAULT_MODEL,
        description=f"one of {', '.join(MODELS)}; see docs/methods.md",
    )
    fixed_sigma_rtn_km: Triple | None = Field(None, description='sigmas R, T, N, km, for model = "fixed"')
    primary_factor: Positive = Field(1.0, description="multiplies the primary's standard deviations")
    secondary_factor: Positive = Field(1.0, description="multiplies the secondary's standard deviations")
    table: Path | None = Field(
        None,
        description="CSV of covariances by catalogue number, instead of the model's: docs/covariance.md",
    )
    histories: tuple[Path, ...] = Field(
        (),
        description=(
            "files of past element sets (in the formats of a catalogue), or folders of such files: the errors of each "
            "object with enough of them are measured and replace those of the model"
        ),
    )
    history_days: Positive = Field(
        365.0, description="length of the histories used, up to the start of the span, days"
    )
    history_coasting: Flag = Field(
        False,
        description=(
            "true: pairs of past element sets with a manoeuvre between them are left out; correct only if the object "
            "does not manoeuvre in the span"
        ),
    )

    @model_validator(mode="after")
    def _sigmas_go_with_fixed(self) -> Covariance:
        if (self.model == FIXED_MODEL) != (self.fixed_sigma_rtn_km is not None):
            raise ValueError('expected fixed_sigma_rtn_km with model = "fixed", and only with it')
        return self


class Probability(ScenarioTable):
    """The computation of the collision probability, and the thresholds that judge it."""

    method: ProbabilityMethodName = Field(
        DEFAULT_METHOD,
        description=(
            f"{DEFAULT_METHOD}: 2-D integral in the encounter plane (Foster & Estes 1992); others: "
            + ", ".join(name for name in plane_method_names() if name != DEFAULT_METHOD)
        ),
    )
    yellow: Annotated[float, Field(gt=0.0, lt=1.0, strict=True)] = Field(
        YELLOW_PROBABILITY, description="minimum of a notable probability"
    )
    red: Annotated[float, Field(gt=0.0, lt=1.0, strict=True)] = Field(
        RED_PROBABILITY, description="minimum of a probability at which an avoidance manoeuvre is considered"
    )

    @model_validator(mode="after")
    def _ordered(self) -> Probability:
        if self.yellow >= self.red:
            raise ValueError("expected yellow below red")
        return self
