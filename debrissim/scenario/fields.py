"""Types of the keys in scenarios of every kind: strict numbers, UTC times, registered names, closed tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    ValidationInfo,
    model_validator,
)
from pydantic_core import CoreSchema, PydanticCustomError
from pydantic_core.core_schema import no_info_before_validator_function

from debrissim.core.registry import suggestion
from debrissim.scenario.aliases import rename_keys


def _no_number(value: Any) -> Any:
    """Refuse a number, which pydantic would take for seconds since 1970."""
    if isinstance(value, int | float):
        raise ValueError("expected a UTC time such as 2024-11-01T00:00:00Z")
    return value


def _ascending(band: tuple[float, float]) -> tuple[float, float]:
    if band[0] > band[1]:
        raise ValueError(f"expected the lowest altitude first, got {list(band)}")
    return band


# Strict: a number in quotes, or true for 1, is a mistake.
Positive = Annotated[float, Field(gt=0.0, allow_inf_nan=False, strict=True)]
Finite = Annotated[float, Field(allow_inf_nan=False, strict=True)]
CatalogNumber = Annotated[int, Field(ge=1, strict=True)]
Flag = Annotated[bool, Field(strict=True)]
Moment = Annotated[datetime, BeforeValidator(_no_number)]
Band = Annotated[tuple[Finite, Finite], AfterValidator(_ascending)]
Triple = tuple[Positive, Positive, Positive]


class NameIn:
    """Annotation of a `str` that must be a registered name: `Annotated[str, NameIn(lambda: METHODS)]`.

    The names are looked up whenever a scenario is read, so that those registered later count.
    """

    def __init__(self, names: Callable[[], Iterable[str]]) -> None:
        self._names = names

    @property
    def names(self) -> tuple[str, ...]:
        """The names valid now, in the order of registration."""
        return tuple(self._names())

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return no_info_before_validator_function(self._check, handler(source))

    def _check(self, value: Any) -> Any:
        names = self.names
        if isinstance(value, str) and value in names:
            return value
        *most, last = (repr(name) for name in names)
        expected = f"expected {', '.join(most)} or {last}" if most else f"expected {last}"
        # The hint goes behind the value, which `file.fault_sentence` appends.
        raise PydanticCustomError(
            "unknown_name", "{expected}", {"expected": expected, "hint": suggestion(value, names)}
        )


@dataclass(frozen=True)
class Reading:
    """The context in which a scenario is checked.

    recorded: the content is that of a summary.json, which states every key, including the defaults. notices: receives
    one notice per old spelling of a key or value.
    """

    recorded: bool = False
    notices: list[str] = field(default_factory=list)


class ScenarioTable(BaseModel):
    """A table of a scenario file: unknown keys are errors, and nothing changes it afterwards.

    old_keys: old spelling of a key to the key. old_values: key to the old spelling of a value to the value. Both are
    accepted, and noted in the `Reading` that is the context of the validation.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    old_keys: ClassVar[Mapping[str, str]] = {}
    old_values: ClassVar[Mapping[str, Mapping[str, str]]] = {}

    @model_validator(mode="before")
    @classmethod
    def _accept_old_names(cls, content: Any, info: ValidationInfo) -> Any:
        if not isinstance(content, Mapping):
            return content
        renamed, notices = rename_keys(content, cls.old_keys, cls.old_values)
        if isinstance(info.context, Reading):
            info.context.notices.extend(notices)
        return renamed


def _titled(title: str) -> str:
    """Refuse a title without text."""
    if not title.strip():
        raise ValueError("expected some text")
    return title


Title = Annotated[str, AfterValidator(_titled)]
Seed = Annotated[int, Field(ge=0, strict=True)]


class ElementTable(ScenarioTable):
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
