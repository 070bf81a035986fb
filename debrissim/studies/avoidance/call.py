"""`debrissim.avoid(...)`: an encounter of a run or of a message avoided, in one call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Any

from debrissim.core.errors import InputError
from debrissim.core.progress import Progress, no_progress
from debrissim.scenario.avoidance import AvoidanceScenario
from debrissim.scenario.file import checked
from debrissim.studies.study import StudyResult


def avoidance_scenario(
    source: str | PathLike[str],
    event: int | None = None,
    *,
    object_number: int | None = None,
    catalog: str | PathLike[str] | Sequence[str | PathLike[str]] = (),
    ephemeris: str | PathLike[str] | Sequence[str | PathLike[str]] = (),
    earth_orientation: str | PathLike[str] | None = None,
    hard_body_radius_m: float | None = None,
    tables: Mapping[str, Mapping[str, Any]] | None = None,
) -> AvoidanceScenario:
    """The scenario of a source: a results folder, a scenario of conjunctions (.toml) or a message.

    tables: further keys of the scenario by table, as in its file. Raises InputError naming the key at fault.
    """
    path = Path(source)

    def listed(given: str | PathLike[str] | Sequence[str | PathLike[str]]) -> list[str]:
        return [str(one) for one in ([given] if isinstance(given, str | PathLike) else given)]

    kind = "results" if path.is_dir() else "scenario" if path.suffix == ".toml" else "message"
    if not path.exists():
        raise InputError(
            f"{path}: no such file or folder; expected a results folder, a scenario of conjunctions or a conjunction "
            "data message"
        )
    own = {
        kind: str(path),
        "number": event,
        "object": object_number,
        "catalogs": listed(catalog),
        "ephemerides": listed(ephemeris),
        "earth_orientation": None if earth_orientation is None else str(earth_orientation),
        "hard_body_radius_m": hard_body_radius_m,
    }
    name = path.resolve().name
    of = "an event" if event is None else f"event {event}"
    title = f"Avoidance of {name}" if kind == "message" and event is None else f"Avoidance of {of} of {name}"
    content = {
        "kind": "avoidance",
        "title": title[:200],
        "event": {key: value for key, value in own.items() if value not in (None, [])},
    }
    return checked(AvoidanceScenario, content | dict(tables or {}), "avoid")


def avoid(
    source: str | PathLike[str],
    event: int | None = None,
    *,
    object_number: int | None = None,
    catalog: str | PathLike[str] | Sequence[str | PathLike[str]] = (),
    ephemeris: str | PathLike[str] | Sequence[str | PathLike[str]] = (),
    earth_orientation: str | PathLike[str] | None = None,
    hard_body_radius_m: float | None = None,
    burns: Mapping[str, Any] | None = None,
    execution_error: Mapping[str, Any] | None = None,
    goals: Mapping[str, Any] | None = None,
    rescreening: Mapping[str, Any] | None = None,
    progress: Progress = no_progress,
) -> StudyResult:
    """Find burns that avoid an encounter, and screen what the spacecraft meets after them.

    Parameters
    ----------
    source : path
        A results folder of conjunctions, a scenario of conjunctions (.toml), or a conjunction data message.
    event : int, optional
        Row of conjunctions.csv, from 0, or place of the message in its file, from 0; by default the most probable
        encounter of real objects, or the first message.
    object_number : 1 or 2, optional
        The object that burns: 1, the primary, or 2; by default 1, of a message the one that it calls manoeuvrable.
    catalog, ephemeris : path, or several
        Of a message: element sets to screen against, and the ephemeris of the spacecraft. For a run: its files, which
        are recognised by their hash.
    earth_orientation : path, optional
        File of Earth orientation parameters.
    hard_body_radius_m : float, optional
        Combined radius of a message's objects, m; by default as stated.
    burns, execution_error, goals, rescreening : mapping, optional
        Keys of these tables of the scenario (docs/studies.md), such as goals={"probability": 1e-7}.
    progress : callable
        Called with the phase and the fraction of it that is done.

    Returns
    -------
    StudyResult
        Tables cells, minima, candidates, encounters, plane and returns; `answer` in its summary. Not yet written.

    Raises
    ------
    InputError
        If there is no such event, an object of it does not exist or cannot burn, its inputs cannot be reconstructed,
        or a key is wrong.
    RunError
        If the screening cannot be completed.
    """
    from debrissim.studies.avoidance.study import run

    given = {"burns": burns, "execution_error": execution_error, "goals": goals, "rescreening": rescreening}
    scenario = avoidance_scenario(
        source,
        event,
        object_number=object_number,
        catalog=catalog,
        ephemeris=ephemeris,
        earth_orientation=earth_orientation,
        hard_body_radius_m=hard_body_radius_m,
        tables={name: table for name, table in given.items() if table is not None},
    )
    return run(scenario, progress)
