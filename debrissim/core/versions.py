"""The versions of Python, the platform and the packages, for a bug report."""

from __future__ import annotations

import platform
import sys
from importlib.metadata import PackageNotFoundError, version
from typing import TextIO

_CORE = (
    "debrissim",
    "numpy",
    "scipy",
    "sgp4",
    "numba",
    "matplotlib",
    "pydantic",
    "typer",
    "rich",
    "jinja2",
    "plotly",
)
_OPTIONAL = ("pandas", "polars", "pyarrow", "astropy", "distributed", "czml3")


def versions() -> dict[str, str]:
    """The version of each package by name, "not installed" where it is missing."""
    found = {"python": platform.python_version(), "platform": platform.platform()}
    for name in (*_CORE, *_OPTIONAL):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found


def show_versions(file: TextIO | None = None) -> None:
    """Write the versions, one per line, to standard output or a file: put them into a bug report."""
    stream = sys.stdout if file is None else file
    stream.writelines(f"{name:<12} {found}\n" for name, found in versions().items())
