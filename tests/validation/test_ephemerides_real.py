"""The two trajectories of the ISS that NASA published in November 2021 and January 2022, against its element sets."""

from __future__ import annotations

import lzma
from pathlib import Path

import numpy as np
import pytest
from support.shared import shared_path

from debrissim.catalog import read_catalog
from debrissim.core.time import utc_text
from debrissim.ephemerides import read_ephemerides
from debrissim.ephemerides.ephemeris import elapsed_s
from debrissim.propagation import make_propagator, rotate, rtn_basis, teme_to_eme2000

EVENTS = {
    "2021-11-15": [
        ("2021-11-20T16:00:00.000Z", "NG-16 Unberth"),
        ("2021-11-24T13:06:36.000Z", "6R Launch"),
        ("2021-11-25T11:18:00.000Z", "78P Undock"),
        ("2021-11-26T15:25:28.000Z", "6R Docking"),
    ],
    "2022-01-17": [("2022-01-21T15:35:00.000Z", "SpX-24 Undock")],
}


@pytest.mark.parametrize("day", EVENTS)
def test_the_files_read(day: str, tmp_path: Path) -> None:
    path = shared_path(f"data/iss/iss_oem_{day}.xml.xz")
    (ephemeris,) = read_ephemerides(path)
    assert (ephemeris.name, ephemeris.international_designator, ephemeris.originator) == (
        "ISS",
        "1998-067A",
        "JSC",
    )
    assert ephemeris.notes == ()
    (segment,) = ephemeris.segments
    assert utc_text(*segment.usable_start) == f"{day}T12:00:00.000Z"
    assert segment.usable_stop[0] - segment.usable_start[0] == 15.0
    assert (segment.interpolation, segment.covariances) == ("", None)
    assert 0.002 < segment.frame_error_km < 0.003
    # No burns: every event has a change of velocity of zero.
    assert [event.delta_v_m_s for event in ephemeris.maneuvers] == [0.0] * len(EVENTS[day])
    assert [(utc_text(e.jd, e.fraction), e.comment) for e in ephemeris.maneuvers] == EVENTS[day]
    oem = pytest.importorskip("oem", reason="the package oem is not installed")
    # That package knows no wrapper of several messages.
    bare = lzma.decompress(path.read_bytes()).replace(b"<ndm>", b"").replace(b"</ndm>", b"")
    (tmp_path / "iss.xml").write_bytes(bare)
    (other,) = oem.OrbitEphemerisMessage.open(tmp_path / "iss.xml").segments
    theirs = np.array([state.position for state in other.states])
    ours = np.einsum("kij,kj->ki", teme_to_eme2000(segment.jd, segment.fraction), segment.positions_km)
    np.testing.assert_allclose(ours, theirs, rtol=0.0, atol=1e-9)


def test_the_element_set_of_the_iss_flies_along_its_trajectory() -> None:
    """TEME of date is the right frame, and EME2000 is not: that would be 30 km off after 22 years of precession."""
    (ephemeris,) = read_ephemerides(shared_path("data/iss/iss_oem_2022-01-17.xml.xz"))
    (segment,) = ephemeris.segments
    catalog = read_catalog(shared_path("data/catalogues/2022-01-22_spacetrack.3le.xz")).catalog
    row = catalog[np.flatnonzero(catalog.norad_id == 25544)]
    age_s = elapsed_s(segment.jd, segment.fraction, float(row.epoch_jd[0]), float(row.epoch_fraction[0]))
    near = np.flatnonzero(np.abs(age_s) < 10800.0)
    assert near.size > 50
    propagator = make_propagator(row, float(row.epoch_jd[0]), float(row.epoch_fraction[0]))
    _, positions, velocities = propagator.states(np.zeros(1, dtype=np.int64), age_s[near])
    states = np.hstack([positions.reshape(-1, 3), velocities.reshape(-1, 3)])
    difference = segment.positions_km[near] - states[:, :3]
    along = rotate(rtn_basis(states[:, :3], states[:, 3:]), difference)
    # The trajectory was predicted four days before: 3 km along the track.
    assert np.abs(along[:, 2]).max() < 0.6
    assert np.abs(along[:, 0]).max() < 0.6
    assert np.abs(along[:, 1]).max() < 5.0
    assert np.linalg.norm(segment.velocities_km_s[near] - states[:, 3:], axis=1).max() < 0.004
