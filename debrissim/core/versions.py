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
    "httpx",
)
_OPTIONAL = ("pandas", "polars", "pyarrow", "astropy", "distributed", "czml3", "spacetrack")


def versions() -> dict[str, str]:
    """The version of each package by name, "not installed" where it is missing."""
    packages = {"python": platform.python_version(), "platform": platform.platform()}
    for name in (*_CORE, *_OPTIONAL):
        try:
            packages[name] = version(name)
        except PackageNotFoundError:
            packages[name] = "not installed"
    return packages


def show_versions(file: TextIO | None = None) -> None:
    """Write the versions, one per line, to standard output or a file: put them into a bug report."""
    stream = sys.stdout if file is None else file
    stream.writelines(f"{name:<12} {number}\n" for name, number in versions().items())
