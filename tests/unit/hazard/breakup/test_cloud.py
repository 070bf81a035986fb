"""Fragments as element sets: each starts from its parent with its own velocity change, or is counted as left out."""

from __future__ import annotations

import numpy as np
import pytest
from sgp4.api import WGS72, Satrec

from debrissim.catalog.catalog import ObjectKind
from debrissim.catalog.identifiers import Origin, identifier, internal_numbers
from debrissim.catalog.omm_csv import write_omm_csv
from debrissim.catalog.read import read_catalog
from debrissim.core.errors import InputError
from debrissim.hazard.breakup.cloud import (
    Cloud,
    FragmentParent,
    make_cloud,
    with_fragments,
)
from debrissim.hazard.breakup.fragments import Fragments
from debrissim.hazard.breakup.model import simulate_collision, simulate_explosion

JD, FRACTION = 2459533.5, 0.1159722
TARGET = FragmentParent("TARGET", np.array([6850.0, 0.0, 100.0]), np.array([0.1, 1.0, 7.5]))
PROJECTILE = FragmentParent("HITTER", np.array([6850.0, 0.0, 100.0]), np.array([-0.1, 5.0, -5.7]))


def states(cloud: Cloud) -> tuple[np.ndarray, np.ndarray]:
    """python-sgp4's states of a cloud at the event, object by object."""
    c = cloud.catalog
    out = []
    for k in range(len(c)):
        record = Satrec()
        record.sgp4init(
            WGS72, "i", 0, JD + FRACTION - 2433281.5, c.bstar[k], 0.0, 0.0, c.eccentricity[k],
            np.deg2rad(c.arg_perigee_deg[k]), np.deg2rad(c.inclination_deg[k]), np.deg2rad(c.mean_anomaly_deg[k]),
            c.mean_motion_rev_day[k] * 2.0 * np.pi / 1440.0, np.deg2rad(c.raan_deg[k]),
        )  # fmt: skip
        code, r, v = record.sgp4_tsince(0.0)
        assert code == 0
        out.append((r, v))
    return np.array([r for r, _ in out]), np.array([v for _, v in out])


def test_every_fragment_starts_from_its_parent_with_its_own_velocity_change() -> None:
    breakup = simulate_collision(1000.0, 300.0, 11.0, rng=np.random.default_rng(4))
    fragments = breakup.fragments
    cloud = make_cloud(fragments, (TARGET, PROJECTILE), JD, FRACTION, event="test")
    r, v = states(cloud)
    for index, parent in enumerate((TARGET, PROJECTILE)):
        of_parent = fragments.parent[cloud.fragment] == index
        assert of_parent.sum() > 100
        assert np.linalg.norm(r[of_parent] - parent.position_km, axis=1).max() < 1e-3
        expected = parent.velocity_km_s + fragments.velocity_change_km_s[cloud.fragment[of_parent]]
        assert np.linalg.norm(v[of_parent] - expected, axis=1).max() < 1e-6
        assert set(cloud.catalog.name[of_parent]) == {f"FRAGMENT OF {parent.name}"}
    assert len(cloud.catalog) + sum(cloud.excluded.values()) == len(fragments)


def test_re_entries_escapes_and_unknown_orbits_are_left_out() -> None:
    # Kicks along and against the flight, chosen: stay, re-enter, escape, straight down.
    speed = float(np.linalg.norm(TARGET.velocity_km_s))
    along = TARGET.velocity_km_s / speed
    kicks = np.array([0.0, -0.5, 4.0, -speed])[:, None] * along
    one = np.ones(4)
    fragments = Fragments(0.1 * one, 0.1 * one, 0.01 * one, 0.1 * one, kicks, np.zeros(4, dtype=np.int8))
    cloud = make_cloud(fragments, (TARGET,), JD, FRACTION, event="test")
    assert cloud.fragment.tolist() == [0]
    assert sorted(cloud.excluded.values()) == [1, 2]
    unknown = make_cloud(fragments, (FragmentParent("TARGET"),), JD, FRACTION, event="test")
    assert len(unknown.catalog) == 0
    assert unknown.excluded == {"of a parent without a known orbit": 4}
    with pytest.raises(InputError, match="parents: expected 1"):
        make_cloud(fragments, (), JD, FRACTION, event="test")


def test_a_cloud_is_a_catalogue_of_modelled_debris(tmp_path) -> None:
    breakup = simulate_explosion(800.0, rocket_body=True, rng=np.random.default_rng(1))
    cloud = make_cloud(breakup.fragments, (TARGET,), JD, FRACTION, event="boom")
    c = cloud.catalog
    assert (c.norad_id < 0).all()
    assert (c.origin == Origin.FRAGMENT).all()
    assert [identifier(n) for n in c.norad_id.tolist()] == [f"F-{k:06d}" for k in cloud.fragment.tolist()]
    assert c.synthetic.all()
    assert set(c.object_kind) == {ObjectKind.DEBRIS}
    assert set(c.parent_event) == {"boom"}
    np.testing.assert_allclose(
        c.hard_body_radius_m, 0.5 * breakup.fragments.characteristic_length_m[cloud.fragment]
    )
    np.testing.assert_allclose(c.mass_kg, breakup.fragments.mass_kg[cloud.fragment])
    assert np.all(c.bstar > 0.0)
    # It goes through a file and comes back, marked as modelled.
    write_omm_csv(c, tmp_path / "cloud.csv")
    back = read_catalog(tmp_path / "cloud.csv").catalog
    assert len(back) == len(c)
    assert back.synthetic.all()
    np.testing.assert_array_equal(back.mean_anomaly_deg, c.mean_anomaly_deg)


def test_more_drag_under_a_more_active_sun() -> None:
    breakup = simulate_explosion(800.0, rocket_body=True, rng=np.random.default_rng(1))
    quiet, moderate, active = (
        make_cloud(breakup.fragments, (TARGET,), JD, FRACTION, event="", sun=sun).catalog.bstar
        for sun in ("quiet", "moderate", "active")
    )
    assert np.all(quiet < moderate)
    assert np.all(moderate < active)


def test_the_parents_leave_when_their_fragments_join() -> None:
    breakup = simulate_explosion(800.0, min_length_m=0.3, rocket_body=True, rng=np.random.default_rng(1))
    cloud = make_cloud(breakup.fragments, (TARGET,), JD, FRACTION, event="")
    catalog = cloud.catalog[[0, 1, 2]].with_columns(
        norad_id=np.array([5, 6, int(internal_numbers(Origin.SYNTHETIC, 5))])
    )
    together = with_fragments(catalog, (cloud,), np.array([5]))
    # A synthetic object of the same digits is another one.
    assert [identifier(n) for n in together.norad_id[:2].tolist()] == ["6", "S-000005"]
    assert len(together) == 2 + len(cloud.catalog)
