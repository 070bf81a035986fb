"""The registry of figures: each is declared in its own file, and a results folder gets all that apply to it.

    @figure("age_pc", order=120)
    def age_pc(view: RunView) -> Figure:
        ...

A new file in this folder with such a function is all that a new figure needs: the folder's modules are imported when
figures are plotted. The figures of a study are built from a view of its folder that their file declares.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any, TypeVar

from matplotlib import figure as mpl

from debrissim.report import style
from debrissim.report.views import RunView

Build = TypeVar("Build", bound=Callable[[Any], mpl.Figure])


@dataclass(frozen=True)
class Figure:
    """One kind of figure.

    name: stem of its file. order: its place among the files, lowest first. views: types of the values that it is built
    from, one figure per value. build: the view to the figure. when: if false for a view, the figure is left out.
    caption: sentences below it on a page, "" for its name. usual: plotted by default; the others only when every figure
    is asked for.
    """

    name: str
    order: int
    views: tuple[type, ...]
    build: Callable[[Any], mpl.Figure]
    when: Callable[[Any], bool]
    caption: str = ""
    usual: bool = True

    def applies_to(self, view: object) -> bool:
        """Whether the figure is plotted for a view."""
        return type(view) in self.views and self.when(view)


_FIGURES: list[Figure] = []


def figure(
    name: str,
    *,
    order: int,
    views: tuple[type, ...] = (RunView,),
    when: Callable[[Any], bool] = lambda _view: True,
    caption: str = "",
    usual: bool = True,
) -> Callable[[Build], Build]:
    """Register the decorated function as a figure.

    Parameters
    ----------
    name : str
        Stem of the figure's file.
    order : int
        Place among the files, lowest first.
    views : tuple of type
        Types of the values that the figure is built from (`report.views`, or a study's), one figure per value.
    when : callable
        Takes a view and returns false to leave the figure out; by default no view is left out.
    caption : str
        Sentences under the figure on a page; by default its name in words.
    usual : bool
        Whether it is plotted by default: it answers a question that most readers have.

    Returns
    -------
    callable
        The decorator, which returns the function unchanged.

    Raises
    ------
    ValueError
        When it decorates a function, if one of the views already has a figure of that name: its file would be
        overwritten.
    """

    def register(build: Build) -> Build:
        if any(entry.name == name and set(entry.views) & set(views) for entry in _FIGURES):
            raise ValueError(f"figure {name!r} is registered twice")
        _FIGURES.append(Figure(name, order, views, build, when, caption, usual))
        return build

    return register


def figures() -> tuple[Figure, ...]:
    """Every registered figure, in order."""
    _import_figures()
    return tuple(sorted(_FIGURES, key=lambda entry: entry.order))


class Figures(Mapping[str, mpl.Figure]):
    """The figures of a view by name, in order; each plotted when it is first looked up, so that one can fail alone."""

    def __init__(self, view: object, *, every: bool = True) -> None:
        self._view = view
        self._entries = {
            entry.name: entry for entry in figures() if (every or entry.usual) and entry.applies_to(view)
        }
        self._plotted: dict[str, mpl.Figure] = {}

    def __getitem__(self, name: str) -> mpl.Figure:
        if name not in self._plotted:
            with style.house_style():
                self._plotted[name] = self._entries[name].build(self._view)
        return self._plotted[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)


def plot_figures(view: object, *, every: bool = True) -> Mapping[str, mpl.Figure]:
    """The figures of a view by name, in order; every: not only the usual ones."""
    return Figures(view, every=every)


@cache
def _import_figures() -> None:
    package = __name__.rpartition(".")[0]
    for module in pkgutil.iter_modules(import_module(package).__path__, f"{package}."):
        import_module(module.name)
