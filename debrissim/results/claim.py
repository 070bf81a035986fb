"""Claim a folder of outputs before the computation, and write it whole or not at all at the end."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from filelock import FileLock, Timeout

from debrissim.core.errors import InputError, RunError
from debrissim.core.files import UNFINISHED, replace_folder, unwritable
from debrissim.results.own_files import foreign_entries, own_files, remove_own

Filled = TypeVar("Filled")
Own = Callable[[Path], frozenset[str] | None]
"""The own files of a folder, or None if it is not a folder of this program; see `own_files`."""

_LEFTOVER = UNFINISHED + r"(-old)?"
_LONGEST_NAME = 255
# The longest name of a file in a results folder, with room to spare.
_FILE_NAME = "n" * 100
# A run writes some megabytes: with less than this it would only fail later.
_FREE_BYTES = 16 << 20
_NAMES_SHOWN = 3


@dataclass(frozen=True)
class Claim:
    """A folder that only this process may write, as long as the context of `claimed` lasts.

    folder: as given. target: without symbolic links. partial: its hidden sibling, to be filled. force: an earlier
    folder of this program is replaced. own: see `Own`. label: the kind of folder in messages.
    """

    folder: Path
    target: Path
    partial: Path
    force: bool
    own: Own
    label: str

    @property
    def lock(self) -> Path:
        """The lock file."""
        return _beside(self.target, ".lock")

    def check(self) -> None:
        """Raise InputError if the folder exists (with force: if anything in it was not written by this program)."""
        if not os.path.lexists(self.target):
            return
        if not self.force:
            raise InputError(
                f"{self.folder}: exists already; give another folder (--out), or replace it (--force)"
            )
        if not self.target.is_dir():
            raise InputError(f"{self.folder}: is not a folder, --force does not replace it")
        working = Path.cwd().resolve()
        # Not `Path.is_mount`, which Python 3.11 lacks on Windows.
        is_mount = os.path.ismount(self.target)
        if is_mount or self.target in (working, *working.parents):
            place = "a mount point" if is_mount else "or holds the working folder"
            raise InputError(
                f"{self.folder}: is {place}, and cannot be replaced; give another folder (--out)"
            )
        own = self.own(self.target)
        foreign = foreign_entries(self.target, own or frozenset())
        if own is None:
            raise InputError(
                f"{self.folder}: is not {self.label}, --force does not replace it ({_some(foreign)} in it)"
            )
        if foreign:
            raise InputError(
                f"{self.folder}: holds {_some(foreign)}, not written by this program; move that away, or give "
                "another folder (--out)"
            )

    def write(self, fill: Callable[[Path], Filled]) -> Filled:
        """Fill a hidden sibling of the folder and rename it into place; returns what fill returned.

        Raises RunError if writing fails: the earlier folder is as it was. If it cannot be replaced (something
        foreign has come into it since it was claimed), then the new one gets another name, which the error states.
        """
        try:
            filled = fill(self.partial)
        except BaseException as error:
            shutil.rmtree(self.partial, ignore_errors=True)
            cause = error.__cause__ if isinstance(error, RunError) else error
            if isinstance(cause, OSError):
                # By the name that the user knows, not by that of the hidden folder.
                raise unwritable(self.folder, cause) from cause
            raise
        try:
            self.check()
            self._into_place()
        except (InputError, OSError) as error:
            place = _free_name(self.target)
            try:
                self.partial.rename(place)
            except OSError:
                raise unwritable(self.folder, error) if isinstance(error, OSError) else error from None
            reason = error if isinstance(error, InputError) else unwritable(self.folder, error)
            raise RunError(f"{reason}; the results are in {place}") from error
        return filled

    def abandon(self) -> None:
        """Remove the empty folders that the claim made: for a process that ends without leaving the context."""
        with suppress(OSError):
            self.lock.unlink()
        _remove_empty(self.partial)

    def _into_place(self) -> None:
        own = self.own(self.target) if self.target.exists() else None
        old = replace_folder(self.partial, self.target)
        # The results are in place: a file that is not removed now is a leftover, which the next run removes.
        with suppress(OSError, KeyboardInterrupt):
            if old is not None and own is not None and not remove_own(old, own) and foreign_entries(old, own):
                old.rename(_free_name(self.target, "-old"))


@contextmanager
def claimed(
    folder: Path | str, *, force: bool, own: Own = own_files, label: str = "a results folder"
) -> Iterator[Claim]:
    """Check that a folder can be written, and lock it against other processes until the context ends.

    Leftovers of killed runs are removed, as far as they are this program's own files.

    Parameters
    ----------
    folder : Path or str
        The folder; a symbolic link stays, and the folder that it names is written.
    force : bool
        Replace an earlier folder of this program.
    own : callable
        Takes a folder; returns the own files in it, or None if it is not a folder of this program.
    label : str
        The kind of folder in messages.

    Raises
    ------
    InputError
        If the folder exists (with force: if anything in it was not written by this program).
    RunError
        If another process writes it, or if it could not be written: a name too long, a full or read-only disk.
    """
    folder = Path(folder)
    with ExitStack() as stack:
        try:
            # Not Path.resolve, which raises RuntimeError for a loop of links before Python 3.13.
            target = Path(os.path.realpath(folder))
            partial = _beside(target, f".partial-{os.getpid()}-{secrets.token_hex(3)}")
            claim = Claim(folder, target, partial, force, own, label)
            claim.check()
            stack.enter_context(_parents(target.parent))
            stack.enter_context(_only_writer(folder, claim.lock))
            _clean_leftovers(target, own)
            claim.check()
            partial.mkdir()
            stack.callback(_remove_empty, partial)
            _probe(claim)
        except OSError as error:
            raise unwritable(folder, error) from error
        except ValueError as error:
            raise InputError(f"{str(folder)!r}: expected the path of a folder ({error})") from error
        yield claim


def _probe(claim: Claim) -> None:
    """Raise OSError or RunError if the folder or the files in it could not be written."""
    for path in (claim.target, claim.target / _FILE_NAME, claim.partial / _FILE_NAME):
        # Not Path.exists, which hides a name that is too long.
        with suppress(FileNotFoundError):
            path.lstat()
    free = shutil.disk_usage(claim.partial).free
    if free < _FREE_BYTES:
        raise RunError(
            f"{claim.folder}: cannot be written ({free / 1e6:.0f} MB are free on the disk, "
            f"{_FREE_BYTES / 1e6:.0f} are needed)"
        )


@contextmanager
def adding(folder: Path) -> Iterator[None]:
    """Keep other processes from replacing an existing folder while files are added to it.

    Raises RunError if another process writes it. If no lock can be created next to it, there is none.
    """
    lock = _beside(Path(os.path.realpath(folder)), ".lock")
    with ExitStack() as stack:
        with suppress(OSError):
            stack.enter_context(_only_writer(folder, lock))
        yield


@contextmanager
def _parents(folder: Path) -> Iterator[None]:
    """Make a folder and its parents; those that are still empty at the end are removed."""
    made = []
    while not folder.exists():
        made.append(folder)
        folder = folder.parent
    try:
        for parent in reversed(made):
            parent.mkdir(exist_ok=True)
        yield
    finally:
        for parent in made:
            with suppress(OSError):
                parent.rmdir()


@contextmanager
def _only_writer(folder: Path, lock: Path) -> Iterator[None]:
    """Hold the lock file, which a killed process leaves without its lock; it is removed at the end.

    Raises RunError if another process or thread holds it, OSError if it cannot be made.
    """
    # FileLock itself makes missing folders, and takes a folder that refuses new files for one whose lock is held.
    with suppress(FileExistsError):
        lock.touch(exist_ok=False)
    held = FileLock(lock, timeout=0)
    try:
        held.acquire()
    except Timeout as error:
        raise RunError(f"{folder}: another process is writing it") from error
    try:
        yield
    finally:
        # Windows does not remove an open file. Elsewhere it goes before the lock is given up: afterwards it may be
        # another process's (and a process that locks a deleted file does not hold the lock).
        if sys.platform == "win32":
            held.release()
        try:
            with suppress(OSError):
                lock.unlink()
        finally:
            held.release()


def _remove_empty(folder: Path) -> None:
    with suppress(OSError):
        folder.rmdir()


def _clean_leftovers(target: Path, own: Own) -> None:
    """Remove the leftovers of killed runs next to a folder; an earlier folder that has lost its name gets it back."""
    stem = _beside(target, "").name
    leftover = re.compile(re.escape(stem) + _LEFTOVER)
    for path in sorted(target.parent.iterdir()):
        if leftover.fullmatch(path.name) is None or path.is_symlink() or not path.is_dir():
            continue
        if path.name.endswith("-old") and not target.exists():
            path.rename(target)
            continue
        files = own(path)
        if files is not None:
            remove_own(path, files)


def _beside(target: Path, ending: str) -> Path:
    """A hidden name next to a folder, which the disk takes if it takes the folder's."""
    name = f".{target.name}"
    if len(os.fsencode(name)) > _LONGEST_NAME - 40:
        name = f".{hashlib.sha256(os.fsencode(name)).hexdigest()[:16]}"
    return target.with_name(name + ending)


def _free_name(target: Path, ending: str = "") -> Path:
    """An unused name next to a folder."""
    names = (_beside(target, "").name[1:] + f"{ending}-{number}" for number in range(2, 1_000_000))
    return next(path for name in names if not os.path.lexists(path := target.with_name(name)))


def _some(names: list[str]) -> str:
    """The first few of a list of names."""
    shown = ", ".join(names[:_NAMES_SHOWN])
    return (
        f"{shown} and {len(names) - _NAMES_SHOWN} more" if len(names) > _NAMES_SHOWN else shown or "nothing"
    )
