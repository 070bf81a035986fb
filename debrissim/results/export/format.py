"""A format of export: one value per format, defined at the end of the module that writes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any

from debrissim.results.reader import reading, require_conjunctions


def _naming_the_folder(write: Callable[..., Path]) -> Callable[..., Path]:
    """The function, with an InputError that names the folder for every kind of damage in it."""

    @wraps(write)
    def guarded(folder: Path, *arguments: Any, **options: Any) -> Path:
        with reading(folder):
            require_conjunctions(folder)
            return write(folder, *arguments, **options)

    return guarded


@dataclass(frozen=True)
class ExportFormat:
    """A format in which a run is exported.

    name: as on the command line; summary: its content in words; ending: of the path of an export, after the name of the
    results folder. write: `write(folder, target, *, force, **options) -> target`, which raises InputError if `folder`
    is not a results folder or the target exists, RunError if writing fails. options: names of the keywords of
    `write` beyond `force`. extra: the extra of this package that installs the needs of `write`, "" if there are none.
    """

    name: str
    summary: str
    ending: str
    write: Callable[..., Path]
    options: tuple[str, ...] = ()
    extra: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "write", _naming_the_folder(self.write))

    def default_target(self, folder: Path) -> Path:
        """The default path of an export: next to the results folder."""
        folder = folder.absolute()
        return folder.with_name(folder.name + self.ending)
