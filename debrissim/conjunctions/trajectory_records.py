"""The trajectories of a run in words and for the provenance."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from debrissim.catalog import object_label
from debrissim.conjunctions.trajectories import Trajectory
from debrissim.core.numbers import count
from debrissim.core.time import utc_text


def propagation(trajectories: Sequence[Trajectory], object_count: int) -> str:
    """How the positions of a run were computed; object_count: of all objects."""
    if not trajectories:
        return _SGP4
    files = [f"{object_label(t.number, t.ephemeris.name)} ({t.file})" for t in trajectories]
    flown = ", ".join(files) if len(files) <= _NAMED else f"{len(files):,} objects"
    others = "" if len(files) == object_count else f"; all others by {_SGP4.removeprefix('positions by ')}"
    own = "its ephemeris" if len(files) == 1 else "their ephemerides"
    return f"positions of {flown} interpolated in {own}{others}"


_SGP4 = "positions by SGP4 (WGS-72, mode i)"
_NAMED = 3


def file_of(trajectories: Sequence[Trajectory], number: int) -> str:
    """The file that an object flies, "" for one that flies element sets."""
    return next((t.file for t in trajectories if t.number == number), "")


def records(trajectories: Sequence[Trajectory]) -> list[dict[str, object]]:
    """The trajectories for the provenance."""
    return [
        {
            "file": trajectory.file,
            "sha256": trajectory.sha256,
            "path": trajectory.path,
            "norad_id": trajectory.number,
            "name": trajectory.ephemeris.name,
            "originator": trajectory.ephemeris.originator,
            "segments": len(trajectory.ephemeris),
            "states": trajectory.state_count,
            "from_utc": utc_text(*trajectory.ephemeris.segments[0].usable_start),
            "until_utc": utc_text(*trajectory.ephemeris.segments[-1].usable_stop),
            "error_km": float(trajectory.arcs.error_km.max()) if len(trajectory.arcs) else None,
            "maneuvers": len(trajectory.arcs.cuts),
            "replaced_element_set": trajectory.replaced_epoch_utc,
            "notes": list(trajectory.ephemeris.notes),
        }
        for trajectory in trajectories
    ]


def earth_orientation(trajectories: Sequence[Trajectory]) -> dict[str, object]:
    """The entry of the provenance for the table of Earth orientation; empty if none was read."""
    for trajectory in trajectories:
        if trajectory.earth_orientation is not None:
            name, digest = trajectory.earth_orientation
            return {"earth_orientation": {"file": name, "sha256": digest}}
    return {}


def sentences(trajectories: Sequence[Trajectory]) -> Iterator[str]:
    """The sentences that a reader of the results must see."""
    for trajectory in trajectories:
        label = object_label(trajectory.number, trajectory.ephemeris.name)
        if trajectory.replaced_epoch_utc:
            words = "flies" if len(trajectory.arcs) else "is described by"
            yield (
                f"{label} {words} its ephemeris {trajectory.file}: its element set of "
                f"{trajectory.replaced_epoch_utc} is left out"
            )
        cuts = len(trajectory.arcs.cuts)
        if cuts:
            yield f"{label}: {count(cuts, 'manoeuvre')} in its ephemeris; nothing is interpolated across one"
