"""The files of ephemerides and of Earth orientation that a scenario names, and their content with its hash."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from debrissim.core.errors import ScenarioError
from debrissim.core.files import read_bytes
from debrissim.core.text import whole_text
from debrissim.ephemerides.earth_orientation import EarthOrientation, parse_earth_orientation
from debrissim.ephemerides.ephemeris import Ephemeris
from debrissim.ephemerides.read import parse_ephemerides
from debrissim.scenario.conjunctions import Scenario

_CONTENT = "an ephemeris file"


@dataclass(frozen=True)
class EphemerisFile:
    """A file: its key in the scenario, the place of its primary or None, where it lies, and its path as given."""

    key: str
    primary: int | None
    path: Path
    given: str = ""


def ephemeris_files(scenario: Scenario) -> Iterator[EphemerisFile]:
    """The files of the primaries, then those of the sources, each once.

    Raises ScenarioError naming the key, for a pattern without a file.
    """
    own = [
        EphemerisFile(
            f"primaries[{place}].ephemeris",
            place - 1,
            scenario.located(primary.ephemeris),
            primary.ephemeris.as_posix(),
        )
        for place, primary in enumerate(scenario.primaries, start=1)
        if primary.ephemeris is not None
    ]
    yield from own
    # A folder with everybody's files usually also contains the primary's, and patterns may overlap.
    used = {place.path.resolve() for place in own}
    for number, source in enumerate(scenario.catalog.sources, start=1):
        key = f"catalog.sources[{number}].ephemerides"
        for pattern in source.ephemerides or ():
            for path in _matching(scenario.located(Path(pattern)), key):
                if path.resolve() not in used:
                    used.add(path.resolve())
                    yield EphemerisFile(key, None, path, Path(pattern).with_name(path.name).as_posix())


def _matching(path: Path, key: str) -> list[Path]:
    if not any(letter in path.name for letter in "*?["):
        return [path]
    files = sorted(file for file in path.parent.glob(path.name) if file.is_file())
    if not files:
        raise ScenarioError(f"{key}: no file matches {path}")
    return files


@dataclass(frozen=True, eq=False)
class OrientationTable:
    """A table, and the name and SHA-256 of its file."""

    table: EarthOrientation
    file: tuple[str, str]


def read_orientation(path: Path) -> OrientationTable:
    """The table of a file. Raises InputError naming the file."""
    data = read_bytes(path, "a file of Earth orientation")
    table = parse_earth_orientation(whole_text(data, str(path)), str(path))
    return OrientationTable(table, (path.name, hashlib.sha256(data).hexdigest()))


def read_file(place: EphemerisFile, eop: OrientationTable | None) -> tuple[str, tuple[Ephemeris, ...]]:
    """The digest of a file and its ephemerides."""
    data = read_bytes(place.path, _CONTENT)
    ephemerides = tuple(parse_ephemerides(data, str(place.path), eop=None if eop is None else eop.table))
    if place.primary is not None and len(ephemerides) != 1:
        raise ScenarioError(
            f"{place.key}: expected the ephemeris of one object, but {place.path} has {len(ephemerides)}"
        )
    return hashlib.sha256(data).hexdigest(), ephemerides
