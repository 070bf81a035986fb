"""The work folder of a run that can be taken up again: one file for each finished window.

A window's file is the SHA-256 of plan and content, then the content, an .npz. It is written under a hidden name and
renamed, and read only if its digest is right: a file that is half-written, damaged or of another search counts as not
there, and its window is searched again. A killed process needs no more than that; should the machine lose its power, a
file that never reached the disk fails the same test.

`manifest.json` names what the folder belongs to; another scenario, catalogue or version is refused in one sentence.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np

from debrissim.core.errors import InputError, RunError
from debrissim.screening.grid import Candidates
from debrissim.screening.window_search import package_versions

MANIFEST = "manifest.json"
_SUFFIX = ".window"
_DIGEST_BYTES = 32
_COLUMNS = tuple(field.name for field in fields(Candidates))


@dataclass(frozen=True)
class WorkFolder:
    """A work folder that has been checked: `open_work_folder` makes it."""

    folder: Path

    def finished(self, mark: str, count: int) -> dict[int, Candidates]:
        """The windows kept here that are whole and bear the mark, by number below count."""
        kept = ((number, _read(self._path(number), mark)) for number in range(count))
        return {number: candidates for number, candidates in kept if candidates is not None}

    def keep(self, mark: str, number: int, candidates: Candidates) -> None:
        """Keep a finished window. mark: digest of the plan. Raises RunError if the disk refuses."""
        content = io.BytesIO()
        np.savez(content, **{name: getattr(candidates, name) for name in _COLUMNS})
        data = content.getvalue()
        _write(self._path(number), _sign(mark, data) + data)

    def _path(self, number: int) -> Path:
        return self.folder / f"{number:06d}{_SUFFIX}"


def open_work_folder(folder: Path, belongs_to: Mapping[str, str]) -> WorkFolder:
    """The work folder at a path: an earlier run's, or a new one.

    belongs_to: digests of what the windows depend on, by what they are called in a sentence ("scenario": ...); the
    versions of the packages are added here. Raises InputError where the folder belongs to another run or is no work
    folder, RunError where it cannot be made.
    """
    wanted = {f"the {name}": value for name, value in belongs_to.items()}
    wanted |= {f"the version of {name}": value for name, value in package_versions().items()}
    manifest = folder / MANIFEST
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # A run killed at its very start leaves no more than a hidden file.
        if not manifest.exists() and any(path.suffix != _SUFFIX for path in folder.iterdir()):
            raise InputError(f"{folder}: is not a work folder of debrissim, expected {MANIFEST} in it")
        if not manifest.exists():
            _write(manifest, json.dumps(wanted, indent=2).encode())
        there = json.loads(manifest.read_bytes())
    except OSError as error:
        raise RunError(f"{folder}: cannot be used as a work folder ({error.strerror or error})") from error
    except ValueError as error:
        raise InputError(f"{manifest}: is damaged; remove the folder to begin anew") from error
    for name, value in wanted.items():
        if not isinstance(there, dict) or there.get(name) != value:
            raise InputError(
                f"{folder}: cannot be resumed, {name} is another than that of the interrupted run; "
                "remove the folder to begin anew"
            )
    return WorkFolder(folder)


def work_folder_beside(results: Path) -> Path:
    """The path of the work folder that goes with a results folder."""
    results = results.absolute()
    return results.with_name(results.name + ".work")


def remove_work_folder(folder: Path) -> None:
    """Remove a work folder with what this module wrote there. Raises RunError if the disk refuses."""
    try:
        # The manifest last: until then, a folder half removed is still known for what it is.
        for path in folder.iterdir():
            if path.suffix == _SUFFIX:
                path.unlink(missing_ok=True)
        (folder / MANIFEST).unlink(missing_ok=True)
        folder.rmdir()
    except OSError as error:
        raise RunError(f"{folder}: cannot be removed ({error.strerror or error})") from error


def _sign(mark: str, data: bytes) -> bytes:
    return hashlib.sha256(mark.encode() + data).digest()


def _read(path: Path, mark: str) -> Candidates | None:
    """A window's candidates, or None where there is no such file, or not a whole one of this plan."""
    try:
        content = path.read_bytes()
    except OSError:
        return None
    signature, data = content[:_DIGEST_BYTES], content[_DIGEST_BYTES:]
    if signature != _sign(mark, data):
        return None
    with np.load(io.BytesIO(data), allow_pickle=False) as columns:
        values = {name: columns[name] for name in _COLUMNS}
    return Candidates(**values | {"half_step_s": float(values["half_step_s"])})


def _write(path: Path, data: bytes) -> None:
    """Write a file whole or not at all: under a hidden name of its own, then renamed."""
    partial = path.with_name(f".{path.stem}-{os.getpid()}-{secrets.token_hex(3)}{_SUFFIX}")
    try:
        partial.write_bytes(data)
        partial.replace(path)
    except OSError as error:
        with suppress(OSError):
            partial.unlink(missing_ok=True)
        raise RunError(f"{path}: cannot be written ({error.strerror or error})") from error
