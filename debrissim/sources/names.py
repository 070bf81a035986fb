"""Names of sources, such as "celestrak:active": the service, a colon, and its query.

`SERVICES` is the list of services; another one is registered there with the function that reads its part of a name.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from debrissim.core.errors import InputError
from debrissim.core.registry import Registry
from debrissim.core.text import quoted
from debrissim.sources.query import Query, Transport

_LONGEST = 200
_SHAPE = re.compile(r"[a-z]+:.+", re.DOTALL)


@dataclass(frozen=True)
class SourceService:
    """A service whose queries have names.

    name: the part before the colon. module: of this package, loaded when it is used; it has `query(text) -> Query`,
    which reads the part after the colon and raises InputError, and `transport() -> Transport`. examples: names for
    messages and the documentation. longest: the longest name, for those that list numbers.
    """

    name: str
    module: str
    examples: tuple[str, ...]
    longest: int = _LONGEST

    def query(self, text: str) -> Query:
        """The query of the part of a name after the colon. Raises InputError if there is no such query."""
        return cast("Callable[[str], Query]", self._attribute("query"))(text)

    def transport(self) -> Transport:
        """The transport that asks this service."""
        return cast("Callable[[], Transport]", self._attribute("transport"))()

    def _attribute(self, name: str) -> object:
        return getattr(importlib.import_module(f"debrissim.sources.{self.module}"), name)


SERVICES: Registry[SourceService] = Registry(
    "source",
    [
        SourceService(
            "celestrak",
            "celestrak",
            (
                "celestrak:active",
                "celestrak:stations",
                "celestrak:number=25544",
                "celestrak:name=STARLINK",
                "celestrak:designator=1998-067",
                "celestrak:supplemental=starlink",
                "celestrak:satcat",
            ),
        ),
        SourceService("socrates", "socrates", ("socrates:min-range", "socrates:max-probability")),
        SourceService(
            "spacetrack",
            "space_track",
            (
                "spacetrack:gp",
                "spacetrack:gp=25544,48274",
                "spacetrack:history=25544:2024-01-01:2024-02-01",
                "spacetrack:cdm_public",
                "spacetrack:cdm",
                "spacetrack:satcat",
                "spacetrack:boxscore",
            ),
            longest=6000,
        ),
    ],
)
"""The services, by the part of a source's name before the colon."""


def is_source_name(text: str) -> bool:
    """Whether a text is meant as the name of a source and not as a path: a known service and a colon."""
    service, colon, _ = text.partition(":")
    return bool(colon) and service in SERVICES


def service_of(name: str) -> SourceService:
    """The service of a source's name. Raises InputError if it has none."""
    known = SERVICES.get(name.partition(":")[0])
    if len(name) > (_LONGEST if known is None else known.longest) or not _SHAPE.fullmatch(name):
        raise InputError(
            f"source: expected a name such as {', '.join(s.examples[0] for s in SERVICES.values())}, got {quoted(name)}"
        )
    return SERVICES[name.partition(":")[0]]


def parse_source(name: str) -> Query:
    """The query of a source's name, "celestrak:active". Raises InputError, with examples, if there is none."""
    return service_of(name).query(name.partition(":")[2])
