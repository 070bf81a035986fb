"""One SGP4 orbit in every format, read back; files that are too large."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from sgp4.api import Satrec
from support.ephemeris_formats import ITC_NAME, itc, ocm_kvn, ocm_parts, stk
from support.ephemeris_samples import oem_kvn, oem_segment, stamps

from debrissim.core.errors import InputError
from debrissim.ephemerides import parse_ephemerides, read_ephemerides
from debrissim.propagation.celestial import teme_to_eme2000

COUNT = 181
JD, FRACTION = np.full(COUNT, 2460615.5), 0.5 + np.arange(COUNT) / 1440.0


def sgp4_states() -> np.ndarray:
    """(181, 6) km, km/s, TEME of date: three hours of a made-up object."""
    satellite = Satrec.twoline2rv(
        "1 99999U 24001A   24306.50000000  .00010000  00000-0  20000-3 0  9992",
        "2 99999  51.6400 120.0000 0012000  30.0000 330.0000 15.50000000    16",
    )
    errors, positions, velocities = satellite.sgp4_array(JD, FRACTION)
    assert not errors.any()
    return np.hstack([positions, velocities])


TEME = sgp4_states()
TURN = teme_to_eme2000(JD, FRACTION)
EME2000 = np.einsum("kij,kaj->kai", TURN, TEME.reshape(-1, 2, 3)).reshape(-1, 6)


def _ocm(states: np.ndarray, frame: str) -> str:
    parts = ocm_parts(COUNT, states=states)
    return ocm_kvn(*((kind, *part) for kind, part in parts.items()), TRAJ={"TRAJ_REF_FRAME": frame})


@pytest.mark.parametrize(
    ("write", "name", "tolerance_km"),
    [
        (lambda: itc(states=EME2000), ITC_NAME, 1e-8),
        (lambda: itc(states=TEME), ITC_NAME.replace("MEME", "TEME"), 1e-9),
        (lambda: stk(states=EME2000), "f.e", 1e-8),
        (lambda: stk(states=TEME, frame="TEMEOfDate"), "f.e", 1e-9),
        (lambda: _ocm(EME2000, "EME2000"), "f.ocm", 1e-8),
        (lambda: _ocm(TEME, "TEMEOFDATE"), "f.ocm", 1e-9),
        (lambda: oem_kvn(oem_segment(stamps(COUNT), EME2000)), "f.oem", 1e-8),
    ],
)
def test_an_sgp4_orbit_comes_back(write: Callable[[], str], name: str, tolerance_km: float) -> None:
    (ephemeris,) = parse_ephemerides(write().encode(), name)
    (segment,) = ephemeris.segments
    seconds = ((segment.jd - JD) + (segment.fraction - FRACTION)) * 86400.0
    assert np.abs(seconds).max() < 1e-6
    np.testing.assert_allclose(segment.positions_km, TEME[:, :3], rtol=0.0, atol=tolerance_km)
    np.testing.assert_allclose(segment.velocities_km_s, TEME[:, 3:], rtol=0.0, atol=tolerance_km)


def test_files_that_are_too_large_are_refused(tmp_path: Path) -> None:
    path = tmp_path / ITC_NAME
    path.write_bytes(b"created:" + b" " * (101 << 20))
    with pytest.raises(InputError, match="holds more than 100 MiB; not a file this program reads"):
        read_ephemerides(path)


def test_an_unknown_file_is_answered_with_the_formats() -> None:
    with pytest.raises(InputError) as raised:
        parse_ephemerides(b"CCSDS_TDM_VERS = 1.0\n", "f.tdm")
    for title in ("an OEM as KVN", "an OCM as KVN", "an OPM as XML", "an STK ephemeris", "Modified ITC"):
        assert title in str(raised.value)
