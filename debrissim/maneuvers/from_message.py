"""The encounter to be avoided, from a conjunction data message.

Assumptions
- States and covariances are those of the message, at its TCA; missing velocity errors are derived from the position
  errors (`uncertainty.rotation.with_velocity_errors`).
- The spacecraft flies its ephemeris if one is given, otherwise the state of the message, integrated both ways; the
  other object always flies its state from the message, also among the objects used in the screening.
- States in an Earth-fixed frame are converted to TEME without Earth orientation, unless a file of it is given: both
  states rotate together, so the encounter does not change, but relative to an ephemeris in an inertial frame and to the
  objects of a catalogue they are off by up to half a kilometre in low orbits. A note reports this.
- Objects of a catalogue have the modelled errors of element sets; the spacecraft has the errors of the message,
  propagated along its trajectory.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import numpy as np

from debrissim.catalog import with_default_sizes
from debrissim.catalog.identifiers import parse_identifier
from debrissim.cdm import Conjunction, read_cdm
from debrissim.cdm.assess import combined_radius_m
from debrissim.cdm.message import CdmObject
from debrissim.conjunctions.ephemeris_files import read_orientation
from debrissim.conjunctions.inputs import flights_of, load_inputs
from debrissim.conjunctions.settings import colocation_rule, covariance_model, screening_settings
from debrissim.conjunctions.trajectories import Trajectory, given_trajectories, with_objects
from debrissim.core.arrays import Array
from debrissim.core.constants import SECONDS_PER_DAY
from debrissim.core.errors import InputError
from debrissim.core.numbers import count
from debrissim.core.time import split_julian_date, utc_datetime
from debrissim.ephemerides.ephemeris import Ephemeris, elapsed_s
from debrissim.ephemerides.frames import frame_of, is_rotating, to_teme
from debrissim.maneuvers.arcs_after import unnamed
from debrissim.maneuvers.encounter_probability import ModelledErrors
from debrissim.maneuvers.event import AvoidableEvent
from debrissim.maneuvers.found_event import DEFAULT_HORIZON_DAYS, Around, FoundEvent
from debrissim.maneuvers.from_state import integrated_from_state
from debrissim.maneuvers.integrated import IntegratedMotion
from debrissim.maneuvers.message_errors import MessageErrors
from debrissim.maneuvers.motion import ManeuverableMotion
from debrissim.maneuvers.surroundings import Surroundings, flying_with
from debrissim.scenario.conjunctions import parse_scenario
from debrissim.screening.volumes import ScreeningVolume
from debrissim.uncertainty.rotation import with_velocity_errors

_MARGIN_S = 7200.0
# A state and an ephemeris of the same object do not differ by more than this; those of two objects do.
_FARTHEST_KM = 50.0
DEFAULT_VOLUMES = ("iss-2x25x25", "socrates-5km")


@dataclass(frozen=True)
class MessageFiles:
    """The files given with a message: catalogues to screen against, the ephemeris of the spacecraft, Earth
    orientation."""

    catalogs: tuple[str, ...] = ()
    ephemeris: Path | None = None
    earth_orientation: Path | None = None


def event_from_message(
    path: Path | str,
    number: int = 0,
    *,
    object_number: int | None = None,
    hard_body_radius_m: float | None = None,
    files: MessageFiles | None = None,
    volumes: tuple[ScreeningVolume, ...] = (),
    earliest_hours: float = 48.0,
    horizon_days: float = DEFAULT_HORIZON_DAYS,
    offline: bool = False,
) -> FoundEvent:
    """Find the event of a message.

    Parameters
    ----------
    path : Path or str
        File of one message or several.
    number : int
        Index of the message in its file, from 0.
    object_number : 1 or 2, optional
        The object that burns; by default OBJECT1, unless according to the message only OBJECT2 is manoeuvrable.
    hard_body_radius_m : float, optional
        Combined radius, m; by default the radius of the message.
    files : MessageFiles, optional
        Catalogues, and the ephemeris of the spacecraft.
    volumes : tuple of ScreeningVolume
        Volumes of the screening; by default `DEFAULT_VOLUMES`.
    earliest_hours, horizon_days : float
        Hours before and days after the closest approach for which trajectories are needed.
    offline : bool
        Never use the network.

    Raises
    ------
    InputError
        If the file has no such message, the object cannot burn, no radius is known, or the ephemeris does not fit.
    """
    files = files or MessageFiles()
    messages = read_cdm(path)
    if not 0 <= number < len(messages):
        raise InputError(
            f"{path}: expected one of its {count(len(messages), 'message')}, counted from 0, got {number}"
        )
    message = messages[number]
    chosen = _object_number(message, object_number, str(path))
    own, other = (message.primary, message.secondary) if chosen == 1 else (message.secondary, message.primary)
    start = split_julian_date(
        utc_datetime(message.tca_jd, message.tca_fraction) - timedelta(hours=earliest_hours)
    )
    tca = np.array([message.tca_jd]), np.array([message.tca_fraction])
    tca_s = float(elapsed_s(*tca, *start)[0])
    end_s = tca_s + horizon_days * SECONDS_PER_DAY
    states, notes = _states(message, own, other, files.earth_orientation, str(path))
    limits = (0.0, end_s + _MARGIN_S)
    secondary = integrated_from_state(states[1], tca_s, limits, start)
    notes += _object_notes(own, chosen)
    if files.ephemeris is None:
        spacecraft: ManeuverableMotion = integrated_from_state(states[0], tca_s, limits, start)
    else:
        spacecraft, own_notes = _flown(files, own, start, tca_s, end_s, states[0])
        notes += own_notes
    covariances = [_covariance(obj, state) for obj, state in zip((own, other), states, strict=True)]
    event = AvoidableEvent(
        start=start,
        tca_s=tca_s,
        primary=spacecraft,
        secondary=secondary,
        primary_covariance=covariances[0],
        secondary_covariance=covariances[1],
        hard_body_radius_m=combined_radius_m(message, hard_body_radius_m),
        covariance_label="as given in the message",
        modelled=False,
        primary_name=own.name or own.designator,
        secondary_name=other.name or other.designator,
        primary_number=_number(own),
        secondary_number=_number(other),
        source=str(path),
    )
    around: Around | None = None
    if files.catalogs:
        around, more = _around(
            event, own, other, files, volumes or _default_volumes(), horizon_days, offline=offline
        )
        notes += more
    label = f"the message {message.message_id or path}"
    designator = (
        "" if own.international_designator.upper() in ("", "UNKNOWN") else own.international_designator
    )
    return FoundEvent(event, around, label, own.mass_kg, designator, tuple(notes))


def _default_volumes() -> tuple[ScreeningVolume, ...]:
    return tuple(ScreeningVolume.of(name) for name in DEFAULT_VOLUMES)


def _object_number(message: Conjunction, asked: int | None, source: str) -> int:
    can = [obj.maneuverable.strip().upper() for obj in (message.primary, message.secondary)]
    if asked is not None:
        return asked
    if can == ["NO", "NO"]:
        raise InputError(
            f"{source}: neither object is manoeuvrable by the message (MANEUVERABLE = NO); --object chooses one "
            "all the same"
        )
    return 2 if can[1] == "YES" and can[0] != "YES" else 1


def _object_notes(own: CdmObject, chosen: int) -> list[str]:
    if own.maneuverable.strip().upper() == "NO":
        return [f"OBJECT{chosen} is not manoeuvrable by the message (MANEUVERABLE = NO)"]
    return []


def _states(
    message: Conjunction, own: CdmObject, other: CdmObject, orientation: Path | None, source: str
) -> tuple[tuple[Array, Array], list[str]]:
    """The states (6,) of both objects at TCA in TEME of date, km, km/s; a note if they are off."""
    jd, fraction = np.array([message.tca_jd]), np.array([message.tca_fraction])
    eop = None if orientation is None else read_orientation(orientation).table
    frame = frame_of(own.reference_frame, f"{source}: REF_FRAME")
    conversion = to_teme(frame, jd, fraction, eop)
    states = conversion.states(own.state[None])[0], conversion.states(other.state[None])[0]
    if not is_rotating(frame) or eop is not None:
        return states, []
    off_m = 1000.0 * (conversion.error_rad * float(np.linalg.norm(states[0][:3])) + conversion.error_km)
    return states, [
        f"the states of the message are Earth-fixed ({frame}) and no Earth orientation is given: both objects are off "
        f"together, by up to {off_m:,.0f} m against all others"
    ]


def _covariance(obj: CdmObject, state: Array) -> Array:
    """(6, 6) along the object's RTN axes."""
    if obj.has_velocity_covariance:
        return np.asarray(obj.covariance_rtn)
    return np.asarray(with_velocity_errors(obj.covariance_rtn[None, :3, :3], state[None])[0])


def _number(obj: CdmObject) -> int | None:
    """The catalogue number of an object, None if the message does not give one."""
    number = parse_identifier(obj.designator)
    if number is None and obj.designator.strip().isdigit():
        number = int(obj.designator)
    return number if number is not None and number > 0 else None


def _flown(
    files: MessageFiles, own: CdmObject, start: tuple[float, float], tca_s: float, end_s: float, state: Array
) -> tuple[IntegratedMotion, list[str]]:
    """The motion along the ephemeris of the spacecraft, and notes on it; state: (6,) of the message."""
    assert files.ephemeris is not None
    found = given_trajectories([files.ephemeris], start, end_s, earth_orientation=files.earth_orientation)
    trajectory = _of_spacecraft(found, own, files.ephemeris)
    motion = IntegratedMotion(trajectory.arcs, start)
    at_tca = motion.states(np.array([tca_s]))[0]
    if not np.isfinite(at_tca).all():
        raise InputError(f"{files.ephemeris}: expected an ephemeris that covers the TCA of the message")
    apart_km = float(np.linalg.norm(at_tca[:3] - state[:3]))
    if apart_km > _FARTHEST_KM:
        raise InputError(
            f"{files.ephemeris}: is {apart_km:,.0f} km from the state of {own.label} in the message at TCA; expected "
            "the ephemeris of that object"
        )
    notes = [
        f"the spacecraft flies its ephemeris, which is {1000.0 * apart_km:,.0f} m from the message's state at TCA"
    ]
    if motion.limits_s[1] < end_s:
        days = (motion.limits_s[1] - tca_s) / SECONDS_PER_DAY
        notes.append(f"the ephemeris ends {days:.1f} days after TCA; nothing later is examined")
    return motion, notes


def _of_spacecraft(found: tuple[Trajectory, ...], own: CdmObject, path: Path) -> Trajectory:
    """The trajectory of the spacecraft from those in a file."""
    number = _number(own)
    fitting = [one for one in found if number is not None and one.ephemeris.norad_id == number]
    if not fitting and len(found) == 1 and (found[0].ephemeris.norad_id is None or number is None):
        fitting = list(found)
    if len(fitting) != 1:
        raise InputError(f"{path}: expected the ephemeris of {own.label}, got none of it")
    if not len(fitting[0].arcs):
        raise InputError(f"{path}: expected an ephemeris with two states or more in the days of the message")
    return fitting[0]


def _around(
    event: AvoidableEvent,
    own: CdmObject,
    other: CdmObject,
    files: MessageFiles,
    volumes: tuple[ScreeningVolume, ...],
    horizon_days: float,
    *,
    offline: bool,
) -> tuple[Around, list[str]]:
    """The objects of catalogues around the spacecraft, the other object of the message on its own trajectory."""
    start, end_s = event.start, event.tca_s + horizon_days * SECONDS_PER_DAY
    scenario = parse_scenario(
        {
            "title": "Objects around the spacecraft of a message",
            "span": {"start": utc_datetime(*start), "duration_days": end_s / SECONDS_PER_DAY},
            "screening": {"mode": "all-vs-all"},
        }
    )
    inputs = load_inputs(scenario, files.catalogs, offline=offline)
    assert isinstance(event.secondary, IntegratedMotion)
    flown = Ephemeris(
        event.secondary_name, event.secondary_number, other.international_designator, "", "", ()
    )
    secondary = Trajectory(flown, None, "", event.secondary.arcs, 0)
    bare, trajectories = with_objects(inputs.catalog, (secondary,), *start)
    catalog = with_default_sizes(bare)
    flights = flights_of(catalog, trajectories, None, *start, end_s)
    (event_row,) = np.flatnonzero(catalog.norad_id == trajectories[0].number).tolist()
    rows = np.flatnonzero(catalog.norad_id == event.primary_number)
    notes = []
    if rows.size:
        described = catalog[rows[:1]]
        together = flying_with(catalog, int(rows[0]), start, end_s, colocation_rule(scenario), flights)
        together = np.setdiff1d(together, [event_row])
    else:
        described = unnamed().with_columns(name=np.array([event.primary_name]))
        together = rows
        notes.append(
            f"{own.label} is not in the catalogue: objects that fly with it are not known, and are treated as others"
        )
    radii_m = _radii_m(own, other, event.hard_body_radius_m)
    if own.hard_body_radius_m is None and other.hard_body_radius_m is None:
        notes.append(
            f"the message states no separate radius of {own.label}: its combined radius, {radii_m[0]:g} m, is taken "
            f"for "
            "the encounters with others"
        )
    radius_m = catalog.hard_body_radius_m.copy()
    radius_m[event_row] = radii_m[1]
    catalog = catalog.with_columns(hard_body_radius_m=radius_m)
    surroundings = Surroundings(
        catalog=catalog,
        start=start,
        spacecraft=described.with_columns(hard_body_radius_m=radii_m[:1]),
        together=together,
        volumes=volumes,
        flights=flights,
        settings=screening_settings(scenario),
    )
    errors = MessageErrors.of(
        event, end_s, trajectories[0].number, ModelledErrors(covariance_model(scenario))
    )
    label = " + ".join(source.label for source in inputs.sources)
    return Around(surroundings, errors, event_row, label), notes


def _radii_m(own: CdmObject, other: CdmObject, combined_m: float) -> Array:
    """(2,) m, the radii of the two objects, which add up to the combined radius; if no separate radii are stated, all
    of it is the spacecraft's."""
    own_m = own.hard_body_radius_m
    if own_m is None:
        own_m = combined_m - (other.hard_body_radius_m or 0.0)
    return np.maximum([own_m, combined_m - own_m], 0.0)
