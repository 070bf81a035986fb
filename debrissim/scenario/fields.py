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

from debrissim.catalog.catalog_numbers import MAX_CATALOG_NUMBER
from debrissim.catalog.records import (
    FASTEST_REV_DAY,
    MAX_ANGLE_DEG,
    MAX_BSTAR,
    MAX_OWN_NAME_LENGTH,
    SLOWEST_REV_DAY,
)
from debrissim.catalog.sizes import MAX_MASS_KG, MAX_RADIUS_M
from debrissim.core.registry import suggestion
from debrissim.core.text import printable
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


def _in_years(moment: datetime) -> datetime:
    if not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
        raise ValueError(f"expected a UTC time of the years {_FIRST_YEAR} to {_LAST_YEAR}")
    return moment


def _ordinary(value: float) -> float:
    """Refuse a number whose square overflows or vanishes: no value in a scenario is that large or small."""
    if value != 0.0 and not _SMALLEST <= abs(value) <= _LARGEST:
        raise ValueError(f"expected a size of {_SMALLEST:g} to {_LARGEST:g}")
    return value


def _name(text: str) -> str:
    return _short(text, MAX_OWN_NAME_LENGTH)


def _short(text: str, limit: int) -> str:
    shown = printable(text)
    if len(shown) > limit:
        raise ValueError(f"expected at most {limit} characters")
    return shown


# As for element sets in files.
_FIRST_YEAR, _LAST_YEAR = 1957, 2199
_SMALLEST, _LARGEST = 1e-30, 1e15
_MAX_TITLE = 200

# Strict: a number in quotes, or true for 1, is a mistake.
Positive = Annotated[float, Field(gt=0.0, allow_inf_nan=False, strict=True), AfterValidator(_ordinary)]
Finite = Annotated[float, Field(allow_inf_nan=False, strict=True), AfterValidator(_ordinary)]
Zero = Annotated[float, Field(ge=0.0, allow_inf_nan=False, strict=True), AfterValidator(_ordinary)]
CatalogNumber = Annotated[int, Field(ge=1, le=MAX_CATALOG_NUMBER, strict=True)]
Flag = Annotated[bool, Field(strict=True)]
Name = Annotated[str, AfterValidator(_name)]
Moment = Annotated[datetime, BeforeValidator(_no_number), AfterValidator(_in_years)]
Radius = Annotated[float, Field(gt=0.0, le=MAX_RADIUS_M, strict=True)]
Mass = Annotated[float, Field(gt=0.0, le=MAX_MASS_KG, strict=True)]
Angle = Annotated[float, Field(ge=-MAX_ANGLE_DEG, le=MAX_ANGLE_DEG, strict=True)]
MeanMotion = Annotated[float, Field(gt=SLOWEST_REV_DAY, lt=FASTEST_REV_DAY, strict=True)]
Drag = Annotated[float, Field(gt=-MAX_BSTAR, lt=MAX_BSTAR, strict=True)]
Band = Annotated[tuple[Finite, Finite], AfterValidator(_ascending)]
Triple = tuple[Positive, Positive, Positive]


class NameIn:
    """Annotation of a `str` that must be a registered name: `Annotated[str, NameIn(lambda: METHODS)]`.

    The names are looked up whenever a scenario is read, so those registered later are included.
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
    return _short(title, _MAX_TITLE)


Title = Annotated[str, AfterValidator(_titled)]
Seed = Annotated[int, Field(ge=0, lt=2**63, strict=True)]


class ElementTable(ScenarioTable):
    """SGP4 mean elements of an object, in the units of an OMM."""

    epoch: Moment | Literal["start"] = Field(
        "start", description='UTC time, or "start": the start of the span'
    )
    mean_motion_rev_day: MeanMotion = Field(description="revolutions per day")
    eccentricity: Annotated[float, Field(ge=0.0, lt=1.0, strict=True)] = Field(description="0 to below 1")
    inclination_deg: Annotated[float, Field(ge=0.0, le=180.0, strict=True)] = Field(
        description="degrees, TEME"
    )
    raan_deg: Angle = Field(0.0, description="right ascension of the ascending node, degrees, TEME")
    arg_perigee_deg: Angle = Field(0.0, description="argument of perigee, degrees")
    mean_anomaly_deg: Angle = Field(0.0, description="mean anomaly, degrees")
    bstar: Drag = Field(0.0, description="drag term B*, 1/Earth radii")
