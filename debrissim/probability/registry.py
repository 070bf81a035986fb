"""The methods of collision probability by name, and the selectors that choose among them.

A new method is a file in `algorithms/` that defines one value `METHOD`, and one line here. A method outside the
package is added with `register_method`; an installed package can register its methods in every process, including the
command line, through an entry point of the group "debrissim.methods" that names the module in which they are
registered.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import entry_points

from debrissim.core.errors import InputError
from debrissim.core.registry import Registry, unknown_name
from debrissim.probability.algorithms import (
    alfano2005,
    alfriend_akella,
    chan,
    coppola,
    elrod,
    foster,
    hall,
    laas,
    monte_carlo,
    patera,
    square,
)
from debrissim.probability.method import BoundsFunction, Method, PlaneFunction, PlaneMethod, StateMethod

METHODS: Registry[Method] = Registry(
    "method",
    (
        foster.METHOD,
        alfano2005.METHOD,
        patera.METHOD,
        laas.METHOD,
        elrod.METHOD,
        chan.METHOD,
        alfriend_akella.METHOD,
        *square.METHODS,
        hall.METHOD,
        coppola.METHOD,
        monte_carlo.METHOD,
    ),
)
"""Every method: a `PlaneMethod` for the encounter plane, or a `StateMethod` for full states."""
methods = METHODS
"""Every method by its name: a `PlaneMethod` for the encounter plane, or a `StateMethod` for full states."""

DEFAULT_METHOD = foster.METHOD.name


@dataclass(frozen=True)
class Selector:
    """The name that selects a method for each encounter; it is not a method itself."""

    name: str
    summary: str


AUTO = "auto"
SELECTORS: Registry[Selector] = Registry(
    "selector", (Selector(AUTO, "chosen by the flags, with the reason"),)
)
"""`auto` chooses in `probability.auto`: the default in the plane, Hall's method beyond it."""


def plane_methods() -> dict[str, PlaneMethod]:
    """The methods of the encounter plane by name."""
    return {name: method for name, method in METHODS.items() if isinstance(method, PlaneMethod)}


def state_methods() -> dict[str, StateMethod]:
    """The methods for full states by name."""
    return {name: method for name, method in METHODS.items() if isinstance(method, StateMethod)}


def plane_method_names() -> tuple[str, ...]:
    """The names of methods in the encounter plane: the plane methods, then the selectors."""
    return (*plane_methods(), *SELECTORS)


def get_method(name: str) -> PlaneMethod:
    """The plane method with that name. Raises InputError, listing the names, if there is no such method."""
    known = plane_methods()
    if name not in known:
        raise unknown_name("method", name, known)
    return known[name]


def register_method(
    name: str,
    *,
    summary: str,
    source: str,
    is_exact: bool = False,
    sana_name: str | None = None,
    bounds: BoundsFunction | None = None,
) -> Callable[[PlaneFunction], PlaneFunction]:
    """Register the decorated function as a method of the encounter plane.

    The function takes the `EncounterPlane` of m encounters and their combined hard-body radii (m,) in km, and returns m
    probabilities. From then on it is available as `name` in scenarios, `debrissim pc -m` and Python; `check_method`
    tests it.

    Parameters
    ----------
    name : str
        Name as spelled in scenarios, `debrissim pc -m` and tables.
    summary : str
        One line for tables.
    source : str
        Author, year, title, publication.
    is_exact : bool
        Whether it converges to the integral over the disc; other methods deliberately integrate something else.
    sana_name : str, optional
        Name in the SANA registry of conjunction probability methods.
    bounds : callable, optional
        Proved bounds on the value, if the method provides them.

    Raises
    ------
    InputError
        If the name is taken.
    """

    def register(function: PlaneFunction) -> PlaneFunction:
        if name in SELECTORS:
            raise InputError(f"method: expected a new name, got {name!r}, which is a selector")
        METHODS.register(
            PlaneMethod(
                name=name,
                function=function,
                summary=summary,
                source=source,
                is_exact=is_exact,
                sana_name=sana_name,
                bounds=bounds,
            )
        )
        return function

    return register


for _plugin in entry_points(group="debrissim.methods"):
    try:
        _plugin.load()
    except Exception as error:
        raise InputError(
            f"entry point debrissim.methods, {_plugin.name} = {_plugin.value}: {error}"
        ) from error
