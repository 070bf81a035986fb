"""A format of export: one value per format, defined at the end of the module that writes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class ExportFormat:
    """A format in which a run is exported.

    name: as on the command line; summary: its content in words; ending: of the path of an export, after the name of the
    results folder. write: `write(folder, target, *, force, **options) -> target`, which raises InputError if `folder`
    is not a results folder or the target exists, RunError if the disk refuses. options: names of the keywords of
    `write` beyond `force`. extra: the extra of this package that installs the needs of `write`, "" if there are none.
    """

    name: str
    summary: str
    ending: str
    write: Callable[..., Path]
    options: tuple[str, ...] = ()
    extra: str = ""

    def default_target(self, folder: Path) -> Path:
        """The default path of an export: next to the results folder."""
        folder = folder.absolute()
        return folder.with_name(folder.name + self.ending)
