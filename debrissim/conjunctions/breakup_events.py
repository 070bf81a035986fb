"""The breakups of a scenario: states of the parents, modelled fragments, and the catalogue with them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from debrissim.catalog import Catalog, ObjectKind, identifier, with_default_sizes
from debrissim.conjunctions.primaries import with_listed_sizes
from debrissim.core.arrays import Array
from debrissim.core.errors import ScenarioError
from debrissim.core.memory import require_memory
from debrissim.core.time import split_julian_date, utc_text
from debrissim.hazard.breakup.cloud import (
    Cloud,
    FragmentParent,
    make_cloud,
    with_fragments,
)
from debrissim.hazard.breakup.counts import count_range
from debrissim.hazard.breakup.distributions import NumberLaw, collision_law, cumulative_count, explosion_law
from debrissim.hazard.breakup.fragments import BreakupResult
from debrissim.hazard.breakup.model import simulate_collision, simulate_explosion
from debrissim.hazard.breakup.orbits import FragmentOrbits, fragment_orbits
from debrissim.propagation.frames import rtn_basis
from debrissim.propagation.sgp4 import ObjectStatus, make_propagator
from debrissim.results.conjunction import recorded_conjunction
from debrissim.scenario.breakups import BreakupEvent, BreakupProjectile, BreakupTarget
from debrissim.scenario.conjunctions import Scenario
from debrissim.scenario.element_sets import element_set_from_table

# First stream of random numbers of breakups; sources of synthetic objects take those from 0 on.
_FIRST_RNG_STREAM = 1_000_000
_OLD_DAYS = 3.0
# As objects of a run.
FRAGMENT_BYTES = 4500
_TEXT_OF_TYPE = {"explosion": "explosion", "collision": "collision", "asat": "anti-satellite test"}


@dataclass(frozen=True, eq=False)
class ParentObject:
    """A parent at the event: number (0 where it has none), name, mass, and state km, km/s TEME, None where unknown."""

    norad_id: int
    name: str
    mass_kg: float
    rocket_body: bool
    position_km: Array | None
    velocity_km_s: Array | None
    age_days: float = 0.0
    mass_is_default: bool = False

    def record(self) -> dict[str, Any]:
        """The entry of summary.json, with the two-body orbit before the event, None where that is unknown."""
        orbit: dict[str, float | None] = dict.fromkeys(("period_min", "perigee_km", "apogee_km"))
        if self.position_km is not None and self.velocity_km_s is not None:
            orbits = fragment_orbits(self.position_km[None], self.velocity_km_s[None])
            known = {name: float(getattr(orbits, name)[0]) for name in orbit}
            # An interceptor may be on an escape orbit, which has no period.
            orbit |= {name: value if np.isfinite(value) else None for name, value in known.items()}
        return {
            "norad_id": self.norad_id or None,
            "name": self.name,
            "mass_kg": self.mass_kg,
            "rocket_body": self.rocket_body,
        } | orbit


@dataclass(frozen=True, eq=False)
class BreakupCloud:
    """One breakup: name, type and time (UTC), the parents, the sampled fragments, and those of them in orbit."""

    event: str
    type: str
    jd: float
    fraction: float
    parents: tuple[ParentObject, ...]
    relative_speed_km_s: float | None
    breakup: BreakupResult
    cloud: Cloud
    flags: tuple[str, ...]

    def first_orbits(self) -> FragmentOrbits:
        """The two-body orbits of the fragments in orbit, right after the event."""
        fragments = self.breakup.fragments[self.cloud.fragment]
        positions = [np.zeros(3) if p.position_km is None else p.position_km for p in self.parents]
        velocities = [np.zeros(3) if p.velocity_km_s is None else p.velocity_km_s for p in self.parents]
        # Fragments of a parent without an orbit are not in the cloud.
        position, velocity = np.array(positions)[fragments.parent], np.array(velocities)[fragments.parent]
        return fragment_orbits(position, velocity + fragments.velocity_change_km_s)

    def record(self) -> dict[str, Any]:
        """The entry of summary.json."""
        counts = count_range(self.breakup.min_length_m, self.breakup.law)
        return {
            "event": self.event,
            "type": self.type,
            "time_utc": utc_text(self.jd, self.fraction),
            "parents": [parent.record() for parent in self.parents],
            "relative_speed_km_s": self.relative_speed_km_s,
            "energy_to_mass_j_g": self.breakup.energy_to_mass_j_g,
            "catastrophic": self.breakup.catastrophic,
            "min_length_m": self.breakup.min_length_m,
            "fragments_sampled": len(self.breakup.fragments),
            "fragments_in_orbit": len(self.cloud.catalog),
            "fragments_left_out": self.cloud.excluded,
            "count": asdict(counts),
            "flags": list(self.flags),
            "method": "NASA standard breakup model (Johnson et al. 2001); SGP4 mean elements at the event; "
            "drag by area, mass and a table of air density",
        }


def _require_room(law: NumberLaw, min_length_m: float) -> None:
    """Refuse a minimum length that gives more fragments than fit into memory: they join the catalogue."""
    require_memory(
        "breakups.min_length_m", float(cumulative_count(min_length_m, law)), FRAGMENT_BYTES, "fragments"
    )


def simulate_breakups(
    scenario: Scenario, catalog: Catalog, primaries: list[int], start_jd: float, start_fraction: float
) -> tuple[BreakupCloud, ...]:
    """Simulate all breakups of a scenario.

    Parameters
    ----------
    scenario : the scenario, whose seed fixes the fragments
    catalog : all objects, among them the parents, with their sizes as far as they are known
    primaries : catalogue numbers of the primaries, which cannot break up
    start_jd, start_fraction : start of the span, UTC

    Returns
    -------
    tuple of BreakupCloud
        one per breakup, in the order of the scenario.

    Raises
    ------
    ScenarioError
        naming the key, if an event is after the start of the span or too long before it, if a parent is missing or a
        primary, or if SGP4 fails for it.
    InputError
        from the breakup model, or if the results folder of an event cannot be read.
    """
    clouds: list[BreakupCloud] = []
    first_serial, broken_up = 0, set[int]()
    for place, event in enumerate(scenario.breakups, start=1):
        key = f"breakups[{place}]"
        jd, fraction, objects = _objects(scenario, event, catalog, key)
        since_days = (start_jd - jd) + (start_fraction - fraction)
        if since_days > scenario.catalog.max_age_days:
            raise ScenarioError(
                f"{key}.time: {since_days:.1f} days before the start of the span, but fragments have element sets of "
                f"that moment, and catalog.max_age_days is {scenario.catalog.max_age_days:g}"
            )
        if since_days < -1e-9:
            raise ScenarioError(
                f"{key}.time: expected a time at or before the start of the span, "
                f"{utc_text(start_jd, start_fraction)}, got {utc_text(jd, fraction)}"
            )
        for parent in objects:
            if parent.norad_id in primaries:
                raise ScenarioError(
                    f"{key}: {identifier(parent.norad_id)} is a primary and cannot also break up"
                )
            if parent.norad_id in broken_up:
                raise ScenarioError(
                    f"{key}: {identifier(parent.norad_id)} breaks up in an earlier event already"
                )
        broken_up |= {parent.norad_id for parent in objects} - {0}
        rng = np.random.default_rng([scenario.seed, _FIRST_RNG_STREAM + place])
        cloud = _simulate(event, objects, jd, fraction, first_serial, rng)
        first_serial += len(cloud.breakup.fragments)
        clouds.append(cloud)
    return tuple(clouds)


def add_fragments(catalog: Catalog, clouds: tuple[BreakupCloud, ...]) -> tuple[Catalog, NDArray[np.int64]]:
    """The catalogue with the fragments instead of their parents, and the rows of the fragments."""
    if not clouds:
        return catalog, np.empty(0, dtype=np.int64)
    parents = np.array([parent.norad_id for cloud in clouds for parent in cloud.parents], dtype=np.int64)
    merged = with_fragments(catalog, tuple(cloud.cloud for cloud in clouds), parents)
    count = sum(len(cloud.cloud.catalog) for cloud in clouds)
    return merged, np.arange(len(merged) - count, len(merged), dtype=np.int64)


def _simulate(
    event: BreakupEvent,
    objects: tuple[ParentObject, ...],
    jd: float,
    fraction: float,
    first_serial: int,
    rng: np.random.Generator,
) -> BreakupCloud:
    target = objects[0]
    speed = None
    if len(objects) == 1:
        _require_room(explosion_law(event.scale), event.min_length_m)
        breakup = simulate_explosion(
            target.mass_kg,
            min_length_m=event.min_length_m,
            scale=event.scale,
            rocket_body=target.rocket_body,
            rng=rng,
        )
    else:
        speed = _relative_speed(event, objects)
        _require_room(collision_law(target.mass_kg, objects[1].mass_kg, speed), event.min_length_m)
        breakup = simulate_collision(
            target.mass_kg,
            objects[1].mass_kg,
            speed,
            min_length_m=event.min_length_m,
            rocket_body=(target.rocket_body, objects[1].rocket_body),
            rng=rng,
        )
    name = event.name or f"{target.name} {_TEXT_OF_TYPE[event.type]}"
    parents = tuple(FragmentParent(p.name, p.position_km, p.velocity_km_s) for p in objects)
    cloud = make_cloud(
        breakup.fragments, parents, jd, fraction, event=name, sun=event.sun, first_serial=first_serial
    )
    old = tuple(
        f"the element set of {parent.name} is {parent.age_days:.1f} days from the event"
        for parent in objects
        if parent.age_days > _OLD_DAYS
    )
    assumed = tuple(
        f"the mass of {parent.name} is not known: {parent.mass_kg:,g} kg is the default of its kind"
        for parent in objects
        if parent.mass_is_default
    )
    return BreakupCloud(
        name, event.type, jd, fraction, objects, speed, breakup, cloud, (*breakup.flags, *old, *assumed)
    )


def _relative_speed(event: BreakupEvent, objects: tuple[ParentObject, ...]) -> float:
    if event.projectile is not None and event.projectile.relative_speed_km_s is not None:
        return event.projectile.relative_speed_km_s
    target, projectile = objects[0].velocity_km_s, objects[1].velocity_km_s
    assert target is not None
    assert projectile is not None
    return float(np.linalg.norm(projectile - target))


def _objects(
    scenario: Scenario,
    event: BreakupEvent,
    catalog: Catalog,
    key: str,
) -> tuple[float, float, tuple[ParentObject, ...]]:
    """Time (UTC) and parents of an event."""
    if event.results is not None:
        assert event.row is not None
        recorded = recorded_conjunction(scenario.located(event.results), event.row)
        pair = tuple(
            ParentObject(
                o.norad_id,
                o.name,
                o.mass_kg,
                o.rocket_body,
                o.position_km,
                o.velocity_km_s,
                mass_is_default=o.mass_is_default,
            )
            for o in recorded.objects
        )
        return recorded.jd, recorded.fraction, pair
    assert event.time is not None
    assert event.target is not None
    jd, fraction = split_julian_date(event.time)
    target = _with_orbit(scenario, event.target, catalog, f"{key}.target", jd, fraction)
    if event.projectile is None:
        return jd, fraction, (target,)
    table = event.projectile
    if table.relative_velocity_rtn_km_s is None and table.relative_speed_km_s is None:
        return (
            jd,
            fraction,
            (target, _with_orbit(scenario, table, catalog, f"{key}.projectile", jd, fraction)),
        )
    assert table.mass_kg is not None
    assert target.position_km is not None
    assert target.velocity_km_s is not None
    velocity = None
    if table.relative_velocity_rtn_km_s is not None:
        basis = rtn_basis(target.position_km[None], target.velocity_km_s[None])[0]
        velocity = target.velocity_km_s + np.array(table.relative_velocity_rtn_km_s) @ basis
    projectile = ParentObject(
        0,
        table.name or "PROJECTILE",
        table.mass_kg,
        bool(table.rocket_body),
        None if velocity is None else target.position_km,
        velocity,
    )
    return jd, fraction, (target, projectile)


def _with_orbit(
    scenario: Scenario,
    table: BreakupTarget | BreakupProjectile,
    catalog: Catalog,
    key: str,
    jd: float,
    fraction: float,
) -> ParentObject:
    """A parent at the event, from its own element set or the catalogue's."""
    name = "TARGET" if isinstance(table, BreakupTarget) else "PROJECTILE"
    element_set = element_set_from_table(table, key, name, 0, jd, fraction)
    number = table.norad_id
    if element_set is None:
        listed = np.flatnonzero(catalog.norad_id == number)
        if listed.size == 0:
            raise ScenarioError(
                f"{key}.norad_id: {number} is in none of the catalogue's sources, and the scenario gives no element "
                "set for it (tle or elements)"
            )
        element_set = catalog[listed]
    else:
        element_set = with_listed_sizes(element_set, scenario)
    codes, positions, velocities = make_propagator(element_set, jd, fraction).states([0], [0.0])
    if codes[0, 0]:
        raise ScenarioError(f"{key}: at the event, {ObjectStatus(int(codes[0, 0])).reason}")
    kind = ObjectKind(int(element_set.object_kind[0]))
    assumed = table.mass_kg is None and bool(np.isnan(element_set.mass_kg[0]))
    age = abs((float(element_set.epoch_jd[0]) - jd) + (float(element_set.epoch_fraction[0]) - fraction))
    return ParentObject(
        norad_id=int(element_set.norad_id[0]),
        name=table.name or str(element_set.name[0]),
        mass_kg=table.mass_kg or float(with_default_sizes(element_set).mass_kg[0]),
        mass_is_default=assumed,
        rocket_body=kind == ObjectKind.ROCKET_BODY if table.rocket_body is None else table.rocket_body,
        position_km=positions[0, 0],
        velocity_km_s=velocities[0, 0],
        age_days=age,
    )
