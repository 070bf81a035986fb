"""The value that carries full states, and how its covariances are mended."""

from __future__ import annotations

import numpy as np
import pytest
from support.state_cases import crossing, stacked

from debrissim.core.errors import InputError
from debrissim.probability.state_pair import StateFlag, StatePair, radii_km, semi_definite


def test_selecting_and_relative_values():
    pair = stacked(crossing(), crossing(miss_km=(0.0, 1.0, 0.0)))
    assert len(pair) == 2
    assert np.linalg.norm(pair.relative_state[1, :3]) == pytest.approx(1.0, rel=1e-9)
    assert pair.relative_covariance == pytest.approx(pair.primary_covariance + pair.secondary_covariance)
    assert pair[[1]].primary_state == pytest.approx(pair.primary_state[1:])
    assert len(pair[[]]) == 0


@pytest.mark.parametrize("name", ["secondary_state", "primary_covariance", "secondary_covariance"])
def test_a_bad_column_is_named(name):
    pair = crossing()
    columns = {key: getattr(pair, key) for key in StatePair.__dataclass_fields__}
    with pytest.raises(InputError, match=name):
        StatePair(**{**columns, name: columns[name][:, :5]})
    bad = columns[name].copy()
    bad.flat[0] = np.nan
    with pytest.raises(InputError, match=name):
        StatePair(**{**columns, name: bad})


def test_a_sound_covariance_is_left_alone():
    pair = crossing()
    mended, changed = pair.remediated()
    assert not changed.any()
    assert mended.primary_covariance == pytest.approx(pair.primary_covariance, rel=1e-15)


def test_negative_eigenvalues_are_raised_to_zero_and_reported():
    covariance = np.diag([1.0, 4.0, 9.0, 1e-6, 1e-6, 1e-6])
    covariance[0, 1] = covariance[1, 0] = 2.4
    found, bad = semi_definite(np.stack([covariance, np.diag(np.diag(covariance))]))
    assert bad.tolist() == [True, False]
    assert np.linalg.eigvalsh(found[0]).min() > -1e-12
    assert found[0, 2:, 2:] == pytest.approx(covariance[2:, 2:])
    assert np.linalg.eigvalsh(found[0]).max() < np.linalg.eigvalsh(covariance).max() + 1.0


def test_no_velocity_variance_is_no_fault_but_a_covariance_with_it_is():
    covariance = np.diag([1.0, 4.0, 9.0, 0.0, 0.0, 0.0])
    stray = covariance.copy()
    stray[0, 3] = stray[3, 0] = 1e-3
    found, bad = semi_definite(np.stack([covariance, stray, np.zeros((6, 6))]))
    assert bad.tolist() == [False, True, False]
    assert found[0] == pytest.approx(covariance)
    assert found[1] == pytest.approx(covariance)
    assert found[2] == pytest.approx(0.0)


def test_radii_and_flags():
    assert radii_km("hard_body_radius_km", 0.02, 3).tolist() == [0.02, 0.02, 0.02]
    with pytest.raises(InputError, match="hard_body_radius_km"):
        radii_km("hard_body_radius_km", [-1.0], 1)
    with pytest.raises(InputError, match="hard_body_radius_km"):
        radii_km("hard_body_radius_km", [1.0, 2.0], 1)
    flags = StateFlag.WINDOW_LIMITED | StateFlag.UNBOUND_SAMPLES
    assert flags.labels == ("window limited", "unbound samples")
