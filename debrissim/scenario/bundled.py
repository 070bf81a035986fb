"""The scenarios that come with the package: those of the folder `scenarios/` of the repository, by name."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from pathlib import Path

from debrissim.core.errors import InputError
from debrissim.core.text import quoted

_ENDING = ".toml"


def bundled_scenarios() -> tuple[str, ...]:
    """The names, sorted: "iss_week" for scenarios/iss_week.toml."""
    return tuple(sorted(path.stem for path in _folder().glob(f"*{_ENDING}")))


def bundled_scenario(name: str) -> str:
    """The text of a scenario by its name.

    Raises InputError for an unknown name.
    """
    names = bundled_scenarios()
    if name not in names:
        raise InputError(f"--example: expected one of {', '.join(names)}, got {quoted(name)}")
    return (_folder() / f"{name}{_ENDING}").read_text(encoding="utf-8")


def title(text: str) -> str:
    """The title of a scenario's text."""
    return str(tomllib.loads(text)["title"])


def _folder() -> Path:
    """The folder in an installed package; in a clone, where it is not copied, that of the repository."""
    package = Path(str(files("debrissim")))
    installed = package / "scenario" / "data"
    return installed if installed.is_dir() else package.parent / "scenarios"
