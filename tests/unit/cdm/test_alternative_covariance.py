"""Covariances along the axes of a frame (ALT_COV_TYPE = XYZ of version 2) against those in RTN."""

from __future__ import annotations

import numpy as np
import pytest
from support.cdm_samples import kvn

from debrissim.cdm import parse_cdm
from debrissim.cdm.keywords import COVARIANCE, XYZ_COVARIANCE
from debrissim.core.errors import InputError
from debrissim.uncertainty.rotation import state_rtn_to_inertial


def read(text: str):
    (found,) = parse_cdm(text.encode(), "x.cdm")
    return found


def alternative(frame: str = "EME2000", factor: float = 1.0, **changes: str | None) -> dict[str, str | None]:
    """The keywords of OBJECT1's covariance along the axes of its state, which is inertial."""
    item = read(kvn()).primary
    matrix = state_rtn_to_inertial(item.covariance_rtn[None], item.state[None])[0]
    values = factor * 1e6 * matrix[np.tril_indices(6)]
    return {
        "OBJECT1_ALT_COV_TYPE": "XYZ",
        "OBJECT1_ALT_COV_REF_FRAME": frame,
        **{f"OBJECT1_{k}": repr(float(v)) for k, v in zip(XYZ_COVARIANCE, values, strict=True)},
        **changes,
    }


ZERO = {f"OBJECT1_{key}": "0" for key in COVARIANCE}
MISSING = dict.fromkeys(ZERO)


def test_it_is_compared_with_the_one_in_rtn_which_counts() -> None:
    found = read(kvn(version="2.0", **alternative()))
    assert found.notes == (
        "OBJECT1: an alternative covariance (XYZ), which agrees with the one in RTN; that one counts",
    )
    other = read(kvn(version="2.0", **alternative(factor=1.1)))
    assert "DISAGREES" in other.notes[0]
    for one in (found, other):
        np.testing.assert_array_equal(one.primary.covariance_rtn, read(kvn()).primary.covariance_rtn)


@pytest.mark.parametrize("in_rtn", [ZERO, MISSING])
@pytest.mark.parametrize("frame", ["EME2000", "GCRF"])
def test_it_counts_where_there_is_none_in_rtn(in_rtn: dict[str, str | None], frame: str) -> None:
    found = read(kvn(version="2.0", **alternative(frame), **in_rtn))
    np.testing.assert_allclose(
        found.primary.covariance_rtn, read(kvn()).primary.covariance_rtn, rtol=1e-9, atol=1e-14
    )
    assert found.notes == ("OBJECT1: no covariance in RTN; the alternative one (XYZ) counts",)


def test_one_without_values_is_none() -> None:
    void = {f"OBJECT1_{key}": "N/A" for key in XYZ_COVARIANCE}
    found = read(kvn(version="2.0", **void))
    assert found.notes == ()
    np.testing.assert_array_equal(found.primary.covariance_rtn, read(kvn()).primary.covariance_rtn)
    named = read(kvn(version="2.0", **void, OBJECT1_ALT_COV_TYPE="XYZ"))
    assert named.notes == (
        "OBJECT1: an alternative covariance (XYZ); its positions are not given, and the one in RTN counts",
    )
    with pytest.raises(InputError, match=r"CR_R, .* of OBJECT1 are missing \(mandatory in a CDM\)"):
        read(kvn(version="2.0", **void, **MISSING))


def test_velocities_in_an_earth_fixed_frame_turn_with_the_earth() -> None:
    earth_fixed = {"OBJECT1_REF_FRAME": "ITRF", "OBJECT2_REF_FRAME": "ITRF"}
    found = read(kvn(version="2.0", **alternative("ITRF"), **ZERO, **earth_fixed)).primary
    # By trial: errors of the Earth-fixed state, made inertial one by one, resolved along RTN.
    rng = np.random.default_rng(1)
    item = read(kvn(**earth_fixed)).primary
    inertial = read(kvn()).primary
    matrix = state_rtn_to_inertial(inertial.covariance_rtn[None], inertial.state[None])[0]
    errors = rng.multivariate_normal(np.zeros(6), matrix, 200_000)
    errors[:, 3:] += np.cross([0.0, 0.0, 7.292115e-5], errors[:, :3])
    position, velocity = item.inertial_state[:3], item.inertial_state[3:]
    radial = position / np.linalg.norm(position)
    normal = np.cross(position, velocity)
    normal /= np.linalg.norm(normal)
    basis = np.array([radial, np.cross(normal, radial), normal])
    along = np.concatenate([errors[:, :3] @ basis.T, errors[:, 3:] @ basis.T], axis=1)
    sigma = np.sqrt(np.diag(found.covariance_rtn))
    np.testing.assert_allclose(along.std(axis=0), sigma, rtol=0.01)
    np.testing.assert_allclose(
        np.corrcoef(along.T), found.covariance_rtn / sigma[:, None] / sigma[None, :], atol=0.01
    )


def test_an_alternative_that_is_not_read_is_named() -> None:
    found = read(
        kvn(version="2.0", OBJECT2_ALT_COV_TYPE="CSIG3EIGVEC3", OBJECT2_CSIG3EIGVEC3="3 2 1 " + "0 " * 9)
    )
    assert found.notes == (
        "OBJECT2: an alternative covariance (CSIG3EIGVEC3); only XYZ is read, and the one in RTN counts",
    )
    found = read(kvn(version="2.0", **alternative("ITRF")))
    assert found.notes == ("OBJECT1: an alternative covariance in ITRF, the state is in EME2000; not used",)
    with pytest.raises(
        InputError, match="CR_R, CT_R, CT_T, CN_R, CN_T, CN_N and 15 more of OBJECT1 are missing"
    ):
        read(kvn(version="2.0", **alternative(OBJECT1_CY_Y=None), **MISSING))
    with pytest.raises(InputError, match=r"CX_X of OBJECT1: expected the unit \[m\*\*2\], got \[km\*\*2\]"):
        read(kvn(version="2.0", **alternative(OBJECT1_CX_X="1 [km**2]")))
