"""Errors of execution, against samples of burns that are flown."""

from __future__ import annotations

import numpy as np
import pytest
from support.two_body_motion import crossing_states, impulses, two_body_event

from debrissim.core.errors import InputError
from debrissim.maneuvers.execution_error import ExecutionError, TransitionTable, execution_covariance
from debrissim.propagation.frames import rtn_basis


def test_gates_model_is_along_and_across_the_burn() -> None:
    error = ExecutionError(0.003, 0.02, 0.001, 0.01)
    covariance = error.covariance_m2_s2(np.array([[0.0, 2.0, 0.0], [0.0, 0.0, 0.0]]))
    np.testing.assert_allclose(
        covariance[0], np.diag([1e-6 + 4e-4, 9e-6 + 1.6e-3, 1e-6 + 4e-4]), rtol=1e-14, atol=1e-20
    )
    assert not covariance[1].any()


def test_a_negative_error_is_refused() -> None:
    with pytest.raises(InputError, match="pointing_rad: expected a standard deviation of 0 or more, got -1"):
        ExecutionError(pointing_rad=-1.0)


@pytest.mark.parametrize("eccentricity", [0.0, 0.3])
@pytest.mark.parametrize("revolutions", [0.0, 0.25, 0.5, 3.2])
def test_covariance_is_that_of_flown_samples(eccentricity: float, revolutions: float) -> None:
    event = two_body_event(*crossing_states(eccentricity=eccentricity, anomaly_rad=0.8))
    burn_s = event.tca_s - revolutions * 5800.0
    nominal = np.array([0.05, 0.3, -0.1])
    error = ExecutionError(0.002, 0.01, 0.001, 0.02)
    table = TransitionTable(event.primary, burn_s, event.tca_s)
    at_tca = np.array([event.tca_s])
    found = execution_covariance(table, impulses(burn_s, nominal), error, at_tca)[0]
    rng = np.random.default_rng(3)
    root = np.linalg.cholesky(error.covariance_m2_s2(nominal[None])[0])
    samples = nominal + rng.normal(size=(4000, 3)) @ root.T
    flown = event.primary.after(impulses(burn_s, samples)).states_along(
        np.arange(4000), np.full((4000, 1), event.tca_s)
    )[:, 0]
    middle = event.primary.after(impulses(burn_s, nominal)).states_along(np.arange(1), at_tca[None])[0]
    axes = np.kron(np.eye(2), rtn_basis(middle[:, :3], middle[:, 3:])[0])
    sampled = np.cov((flown - middle) @ axes.T, rowvar=False)
    # Small beside the others, a component is that of J2, which the samples do not feel.
    size = np.sqrt(np.diag(sampled))
    scale = size + 0.1 * np.repeat([size[:3].max(), size[3:].max()], 3) + 1e-8
    np.testing.assert_allclose(found / np.outer(scale, scale), sampled / np.outer(scale, scale), atol=0.08)


def test_before_the_burn_there_is_no_error() -> None:
    event = two_body_event(*crossing_states())
    table = TransitionTable(event.primary, 40_000.0, event.tca_s)
    burns = impulses([45_000.0, 45_000.0], [0.0, 1.0, 0.0])
    found = execution_covariance(table, burns, ExecutionError(), np.array([44_000.0, 46_000.0]))
    assert not found[0].any()
    assert found[1].any()


def test_transitions_compose() -> None:
    event = two_body_event(*crossing_states(eccentricity=0.2))
    table = TransitionTable(event.primary, 0.0, event.tca_s)
    a, b, c = (np.array([t]) for t in (1000.0, 30_000.0, 49_000.0))
    whole = table.between(a, c)
    np.testing.assert_allclose(
        table.between(b, c) @ table.between(a, b), whole, atol=1e-7 * np.abs(whole).max()
    )
    np.testing.assert_allclose(table.between(b, b)[0], np.eye(6), atol=1e-3)
