"""Caches of a watch next to its store: named arrays in one file each, which is replaced as a whole."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from debrissim.core.files import replace_file

UNUSABLE = (OSError, ValueError, KeyError, zipfile.BadZipFile, zipfile.LargeZipFile, EOFError, MemoryError)
"""The errors of reading a file that is missing, damaged or of another kind."""


def write_arrays(path: Path, kind: str, arrays: Mapping[str, Any]) -> None:
    """Replace the file; `kind` names its content and the version of that. Raises RunError if writing fails."""
    data = io.BytesIO()
    np.savez_compressed(data, allow_pickle=False, format=np.array(kind), **arrays)
    replace_file(path, data.getvalue())


def read_arrays(path: Path, kind: str) -> dict[str, Any] | None:
    """The arrays of a file of that kind; None if the file is missing, damaged or of another kind."""
    with suppress(*UNUSABLE):
        with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
        if str(arrays.pop("format")) == kind:
            return arrays
    return None
