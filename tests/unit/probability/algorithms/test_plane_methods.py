"""The registry, and what every plane method must do whatever the input."""

from __future__ import annotations

import numpy as np
import pytest
from support.paths import DOCS
from support.planes import hard, ordinary, plane_of

from debrissim.core.errors import InputError
from debrissim.probability import batch
from debrissim.probability.algorithms.foster import foster
from debrissim.probability.collision import ProbabilityFlag, collision_probability
from debrissim.probability.registry import METHODS, SELECTORS, get_method, plane_methods

APPROXIMATE = {
    "chan-1997",
    "alfriend-akella",
    "foster-square",
    "foster-square-equal-area",
    "square-circumscribing",
    "square-equal-area",
}
every_method = pytest.mark.parametrize("name", sorted(plane_methods()))


def test_every_method_is_described():
    for name, method in METHODS.items():
        assert method.name == name
        assert method.summary
        assert any(character.isdigit() for character in method.source), f"{name}: a source has a year"
    assert get_method("laas-2015") is METHODS["laas-2015"]
    assert {name for name, method in plane_methods().items() if not method.is_exact} == APPROXIMATE


def test_the_selector_is_no_method():
    assert "auto" in SELECTORS
    assert "auto" not in METHODS
    with pytest.raises(InputError, match=r"method: expected one of foster, .*, got 'auto'"):
        get_method("auto")
    with pytest.raises(InputError, match="got 'hall-3d'"):
        get_method("hall-3d")


def test_the_page_on_methods_names_each_and_each_flag():
    page = (DOCS / "probability_methods.md").read_text(encoding="utf-8")
    headings = "".join(line for line in page.splitlines() if line.startswith(("### ", "| `")))
    assert all(f"`{name}`" in headings for name in (*plane_methods(), *SELECTORS))
    rows = {line.split(" | ")[0].removeprefix("| ") for line in page.splitlines() if line.startswith("| ")}
    assert {flag.labels[0] for flag in ProbabilityFlag} <= rows


@every_method
@pytest.mark.parametrize(
    "miss", [(0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (3.0, 4.0), (1e-300, 1e-300), (1e8, 1e8)]
)
@pytest.mark.parametrize(
    "sigma", [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (1e6, 1e-6), (1e150, 1e150), (1e-150, 1e-150), (1e150, 1.0)]
)
def test_numbers_whatever_the_input(name, miss, sigma):
    radius = np.array([0.0, 1e-300, 1e-9, 1.0, 5.0, 1e9, np.inf])
    found = get_method(name)(plane_of(*(np.full(radius.size, x) for x in (*miss, *sigma))), radius)
    assert ((found >= 0.0) & (found <= 1.0)).all()
    assert found[0] == 0.0
    assert found[-1] == 1.0


@every_method
def test_numbers_for_hard_encounters(name):
    found = get_method(name)(*hard(2000, seed=21))
    assert ((found >= 0.0) & (found <= 1.0)).all()


@every_method
def test_ordinary_encounters(name):
    plane, radius = ordinary(3000, seed=22)
    exact = foster(plane, radius)
    error = np.abs(get_method(name)(plane, radius) / exact - 1.0)
    # What each promises where the radius is below a tenth of the minor sigma.
    small = radius < 0.1
    bound = {
        "alfano-2005": 1e-5,
        "chan-1997": 0.05,
        "alfriend-akella": 0.1,
        "foster-square": 0.5,
        "square-circumscribing": 0.5,
        "foster-square-equal-area": 0.01,
        "square-equal-area": 0.01,
    }.get(name, 1e-10)
    assert error[small].max() < bound
    # Alfano's ten intervals are few for a body of a sigma far out.
    if name not in {*APPROXIMATE, "alfano-2005"}:
        assert error.max() < bound
    if bound > 1e-10:
        assert error.max() > 1e-8  # They do differ: the bound is not idle.


@every_method
def test_mirrors_and_units(name):
    plane, radius = ordinary(50, seed=23)
    u, v = plane.miss_principal_km.T
    sigmas = plane.sigma_major_km, plane.sigma_minor_km
    found = get_method(name)(plane, radius)
    assert get_method(name)(plane_of(-u, v, *sigmas), radius) == pytest.approx(found, rel=1e-11)
    scaled = plane_of(1e3 * u, -1e3 * v, *(1e3 * s for s in sigmas))
    assert get_method(name)(scaled, 1e3 * radius) == pytest.approx(found, rel=1e-10)


@every_method
def test_threads_give_the_same_bytes(name, monkeypatch):
    plane, radius = ordinary(2 * batch._ROWS + 17, seed=24)
    monkeypatch.setattr(batch, "processors", lambda: 1)
    alone = get_method(name)(plane, radius)
    monkeypatch.setattr(batch, "processors", lambda: 3)
    assert get_method(name)(plane, radius).tobytes() == alone.tobytes()


@every_method
def test_no_encounters(name):
    assert get_method(name)(plane_of(np.zeros(0), 0.0, 1.0, 1.0), np.zeros(0)).shape == (0,)


def test_values_off_the_integral_are_flagged():
    # A body of 200 minor sigmas: beyond 64 nodes, beyond an equivalent circle; exact for the others.
    covariance = np.diag([0.05**2, 1e-4**2, 1e-2])[None] / 2.0
    found = {
        name: collision_probability(
            np.array([[0.02, 0.001, 0.0]]),
            np.array([[0.0, 0.0, 9.0]]),
            covariance,
            covariance,
            20.0,
            method=name,
        )
        for name in (*plane_methods(), *SELECTORS)
    }
    kinds = (
        ProbabilityFlag.INACCURATE_QUADRATURE, ProbabilityFlag.APPROXIMATION, ProbabilityFlag.SQUARE_HARD_BODY,
    )  # fmt: skip
    by_kind = [{name for name, p in found.items() if p.flags[0] & kind} for kind in kinds]
    # Each is flagged by its kind: a rule with too few nodes, an approximation, another body.
    assert by_kind[0] == {"elrod"}
    assert by_kind[1] == {"chan-1997", "alfriend-akella"}
    assert by_kind[2] <= {name for name in plane_methods() if "square" in name}
    assert by_kind[2]
    flagged = set().union(*by_kind)
    assert not flagged & {"foster", "patera-2005", "laas-2015", "alfano-2005", "auto"}
    exact = found["foster"].value[0]
    for name, p in found.items():
        assert (abs(p.value[0] / exact - 1.0) > 1e-3) == (name in flagged)
    assert found["auto"].method == "foster"
