"""The file of a fleet: a scenario of conjunctions with the tables [watch] and [notify]. Unknown keys are errors.

No secret is in it: the addresses of notifications come from an environment variable or from a separate file.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection
from os import PathLike
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from debrissim.core.errors import ScenarioError
from debrissim.core.time import Time, utc_datetime
from debrissim.scenario.conjunctions import Scenario
from debrissim.scenario.fields import Positive, ScenarioTable, Zero
from debrissim.scenario.file import checked, read_content
from debrissim.watch.places import default_store

Level = Literal["red", "yellow", "any"]
Threshold = Annotated[float, Field(gt=0.0, lt=1.0, strict=True)]

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,99}")
_MAX_ARGUMENTS, _MAX_ARGUMENT = 50, 1000


def _variable(name: str) -> str:
    if not _VARIABLE.fullmatch(name):
        # Not shown: it may be an address with a password.
        raise ValueError("expected the name of an environment variable, not the addresses themselves")
    return name


def _no_address(path: Path) -> Path:
    # Several slashes in a path are replaced by one.
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]+:/", str(path)):
        raise ValueError("expected the path of a file with the addresses, not an address itself")
    return path


def _short(argument: str) -> str:
    if not argument or len(argument) > _MAX_ARGUMENT or "\0" in argument:
        raise ValueError(f"expected 1 to {_MAX_ARGUMENT} characters without a null")
    return argument


class WatchTable(ScenarioTable):
    """The store of a watch, and the changes that it reports."""

    store: Path | None = Field(
        None,
        description="file of the store of events, relative to the fleet file; by default the one of `debrissim events`",
    )
    horizon_days: Annotated[float, Field(gt=0.0, le=366.0, strict=True)] | None = Field(
        None, description="length of the span from now on, days; by default span.duration_days"
    )
    yellow: Threshold | None = Field(None, description="by default probability.yellow")
    red: Threshold | None = Field(None, description="by default probability.red")
    tolerance_sigmas: Positive = Field(
        3.0,
        description="a TCA has moved if it differs by more than this many standard deviations of the earlier one",
    )
    manoeuvre_sigmas: Positive = Field(
        5.0,
        description=(
            "an object has manoeuvred if its element set jumps by more than this many standard deviations of the model"
        ),
    )


class NotifyTable(ScenarioTable):
    """The messages of a watch: where they go, and of which changes."""

    environment: Annotated[str, AfterValidator(_variable)] = Field(
        "DEBRISSIM_NOTIFY",
        description="environment variable with the addresses (Apprise URLs), separated by blanks or line breaks",
    )
    file: Annotated[Path, AfterValidator(_no_address)] | None = Field(
        None, description="file with one address per line, # for remarks; relative to the fleet file"
    )
    command: (
        Annotated[
            tuple[Annotated[str, AfterValidator(_short)], ...], Field(min_length=1, max_length=_MAX_ARGUMENTS)
        ]
        | None
    ) = Field(
        None,
        description="program and arguments that get each message as JSON on standard input; no shell reads them",
    )
    level: Level = Field(
        "yellow",
        description='changes of which events are sent: "red", "yellow" (and red), or "any"',
    )
    alive_hours: Zero = Field(
        24.0, description="maximum interval between messages that the watch is alive, hours; 0: none"
    )
    timeout_s: Annotated[float, Field(gt=0.0, le=600.0, strict=True)] = Field(
        30.0, description="the command may take so long, s"
    )


class Fleet(Scenario):
    """A whole fleet file."""

    watch: WatchTable = Field(default_factory=WatchTable)
    notify: NotifyTable = Field(default_factory=NotifyTable)

    @model_validator(mode="after")
    def _can_be_watched(self) -> Self:
        if self.screening.mode != "one-vs-all" or not self.primaries:
            raise ValueError('a watch expected at least one [[primaries]] table in mode "one-vs-all"')
        if self.events or self.breakups:
            raise ValueError("a watch expected neither [[events]] nor [[breakups]]")
        if self.span.start != "catalog epoch":
            raise ValueError("span.start: a watch begins at the present moment; expected none")
        if any(source.population is not None for source in self.catalog.sources):
            raise ValueError(
                "catalog.sources: a watch expected real objects; sampled ones have no later element sets"
            )
        if self.yellow >= self.red:
            raise ValueError("watch: expected yellow below red")
        return self

    @property
    def yellow(self) -> float:
        """The Pc from which an event is yellow."""
        return self.probability.yellow if self.watch.yellow is None else self.watch.yellow

    @property
    def red(self) -> float:
        """The Pc from which an event is red."""
        return self.probability.red if self.watch.red is None else self.watch.red

    @property
    def store(self) -> Path:
        """The file of the store."""
        return default_store() if self.watch.store is None else self.located(self.watch.store)

    @property
    def identity(self) -> str:
        """Twelve hexadecimal digits by which several fleets in one store are distinguished: of title and spacecraft."""
        craft = [(own.norad_id, own.name) for own in self.primaries]
        return hashlib.sha256(repr((self.title, craft)).encode()).hexdigest()[:12]

    def scenario_at(self, now: Time, without: Collection[int] = ()) -> Scenario:
        """The scenario of conjunctions that one cycle runs: the span begins now.

        without: catalogue numbers of spacecraft to leave out.
        """
        horizon = self.watch.horizon_days
        span = self.span.model_copy(
            update={"start": utc_datetime(now.jd, now.fraction)}
            | ({} if horizon is None else {"duration_days": horizon})
        )
        thresholds = self.probability.model_copy(update={"yellow": self.yellow, "red": self.red})
        values: dict[str, Any] = {name: getattr(self, name) for name in Scenario.model_fields}
        own = tuple(one for one in self.primaries if one.norad_id is None or one.norad_id not in without)
        scenario = Scenario.model_construct(
            **values | {"span": span, "probability": thresholds, "primaries": own}
        )
        scenario._folder, scenario._notices = self._folder, self._notices
        return scenario


def load_fleet(path: str | PathLike[str]) -> Fleet:
    """Read and check a fleet file; relative paths in it are taken from its own folder.

    Raises InputError with one sentence naming the file and the line (TOML) or the key (content) at fault.
    """
    path = Path(path)
    content = read_content(path)
    kind = content.get("kind", "conjunctions")
    if kind != "conjunctions":
        raise ScenarioError(f"{path}: kind: a watch expected a scenario of conjunctions, got {kind!r:.100}")
    return checked(Fleet, content, str(path), folder=path.parent)
