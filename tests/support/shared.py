"""Access of the tests to the shared real data, which are not part of the project."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from support.paths import ROOT


def shared_path(relative: str) -> Path:
    """The path of a shared file such as "data/sizes/x.csv.xz"; skips the test if it is absent.

    The shared folder is named by the environment variable DEBRISSIM_SHARED; by default it is
    "../shared", next to the repository.
    """
    root = Path(os.environ.get("DEBRISSIM_SHARED") or ROOT.parent / "shared")
    path = root / relative
    if not path.exists():
        pytest.skip(f"shared data file {relative} is absent (set DEBRISSIM_SHARED to its folder)")
    return path
