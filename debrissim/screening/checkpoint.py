"""The checkpoint of a run that can be resumed: a folder with one file per finished window.

A window's file is the SHA-256 of plan and content, then the content, an .npz. It is written under a hidden name and
renamed, and read only if its digest matches: a file that is incomplete, damaged or from a different search is treated
as missing, and its window is searched again. This covers a killed process; after a power failure, a file that never
reached the disk also fails this test.

`manifest.json` identifies the run that the folder belongs to; another scenario, catalogue or version is refused in one
sentence.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np

from debrissim.core.errors import InputError, RunError
from debrissim.core.files import is_temporary, replace_file, replace_text
from debrissim.screening.failures import Failures
from debrissim.screening.grid import Candidates, WindowResult
from debrissim.screening.window_search import package_versions

MANIFEST = "manifest.json"
_SUFFIX = ".window"
_DIGEST_BYTES = 32


@dataclass(frozen=True)
class Checkpoint:
    """A folder of finished windows that has been checked: `open_checkpoint` makes it."""

    folder: Path

    def finished(self, mark: str, count: int) -> dict[int, WindowResult]:
        """Read the complete windows of a plan.

        Parameters
        ----------
        mark : str
            Digest of the plan.
        count : int
            Number of windows of the plan; only those numbered below it are read.

        Returns
        -------
        dict of int to WindowResult
            The finished windows by number. A file that is incomplete, damaged or from a different plan is treated as
            missing.
        """
        results = ((number, _read(self._path(number), mark)) for number in range(count))
        return {number: result for number, result in results if result is not None}

    def keep(self, mark: str, number: int, result: WindowResult) -> None:
        """Store a finished window.

        Parameters
        ----------
        mark : str
            Digest of the plan.
        number : int
            Number of the window.
        result : WindowResult
            Candidates and failures found in the window.

        Raises
        ------
        RunError
            If the file cannot be written.
        """
        data = _pack(result)
        replace_file(self._path(number), _sign(mark, data) + data)

    def _path(self, number: int) -> Path:
        return self.folder / f"{number:06d}{_SUFFIX}"


def open_checkpoint(folder: Path, belongs_to: Mapping[str, str]) -> Checkpoint:
    """Open the checkpoint in a folder: an earlier run's, or a new one.

    Parameters
    ----------
    folder : Path
        The work folder; it is created if it does not exist.
    belongs_to : mapping of str to str
        Digests of the inputs of the windows, by their names in a message ("scenario": ...). The versions of the
        packages are added here.

    Raises
    ------
    InputError
        If the folder belongs to another run, is not a work folder, or has a damaged manifest.
    RunError
        If the folder cannot be created or used.
    """
    expected = {f"the {name}": value for name, value in belongs_to.items()}
    expected |= {f"the version of {name}": value for name, value in package_versions().items()}
    manifest = folder / MANIFEST
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # A run that is killed at its very start leaves nothing but a hidden file.
        if not manifest.exists() and not all(map(_is_window, folder.iterdir())):
            raise InputError(f"{folder}: is not a work folder of debrissim, expected {MANIFEST} in it")
        if not manifest.exists():
            replace_text(manifest, json.dumps(expected, indent=2))
        recorded = json.loads(manifest.read_bytes())
    except OSError as error:
        raise RunError(f"{folder}: cannot be used as a work folder ({error.strerror or error})") from error
    except ValueError as error:
        raise InputError(f"{manifest}: is damaged; remove the folder to start again") from error
    for name, value in expected.items():
        if not isinstance(recorded, dict) or recorded.get(name) != value:
            raise InputError(
                f"{folder}: cannot be resumed, {name} differs from that of the interrupted run; "
                "remove the folder to start again"
            )
    return Checkpoint(folder)


def checkpoint_path(results: Path) -> Path:
    """The path of the work folder that goes with a results folder: the same name with `.work` appended."""
    results = results.absolute()
    return results.with_name(results.name + ".work")


def remove_checkpoint(folder: Path) -> None:
    """Remove a work folder and the files that this module wrote there. Raises RunError if that is not possible."""
    try:
        # The manifest is removed last, so that a half-removed folder is still recognised.
        for path in folder.iterdir():
            if _is_window(path):
                path.unlink(missing_ok=True)
        (folder / MANIFEST).unlink(missing_ok=True)
        folder.rmdir()
    except OSError as error:
        raise RunError(f"{folder}: cannot be removed ({error.strerror or error})") from error


def _is_window(path: Path) -> bool:
    """Whether a file belongs to a window, or is left over from a killed process."""
    return path.suffix == _SUFFIX or is_temporary(path.name)


def _sign(mark: str, data: bytes) -> bytes:
    return hashlib.sha256(mark.encode() + data).digest()


def _pack(result: WindowResult) -> bytes:
    content = io.BytesIO()
    np.savez(content, **vars(result.candidates), **vars(result.failures))
    return content.getvalue()


def _unpack(data: bytes) -> WindowResult:
    with np.load(io.BytesIO(data), allow_pickle=False) as columns:
        return WindowResult(
            candidates=Candidates(**{field.name: columns[field.name] for field in fields(Candidates)}),
            failures=Failures(**{field.name: columns[field.name] for field in fields(Failures)}),
        )


def _read(path: Path, mark: str) -> WindowResult | None:
    """A window's result, or None if there is no complete file of this plan."""
    try:
        content = path.read_bytes()
    except OSError:
        return None
    signature, data = content[:_DIGEST_BYTES], content[_DIGEST_BYTES:]
    return _unpack(data) if signature == _sign(mark, data) else None
