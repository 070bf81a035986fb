"""The files of a results folder that this program wrote, and may therefore replace or remove.

run.json is the mark of a results folder: it names the program and lists the files that it wrote. A folder of an earlier
version, whose run.json lists none, is recognised by the structure of its summary.json; its own files are those with the
names of tables, figures and messages. Everything else in a folder belongs to the user.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from debrissim.core.errors import InputError, RunError
from debrissim.core.files import is_temporary, replace_text
from debrissim.core.json import parse_json

SUMMARY = "summary.json"
RUN_RECORD = "run.json"
"""The moment and the timings of a run, and the files that it wrote: the only file that differs between two runs."""

OBJECTS = "objects.csv"
REPORT = "report.html"
PLOTS, MESSAGES = "plots", "cdm"
BURN_MESSAGES = "messages"
AVOIDED = "-avoided"
"""End of the name of the results folder that `debrissim avoid` writes beside that of the run."""

_PROGRAM = "debrissim"
# Figures of one of several spacecraft begin with its identifier.
_IN_FOLDERS = re.compile(
    rf"{PLOTS}/([SFU]-[0-9]+_)?[a-z0-9_]+\.(png|svg)|{MESSAGES}/[\w-]+_conj_[\w-]+_[0-9T]+\.(cdm|xml)|"
    rf"{BURN_MESSAGES}/burn\.(oem|ocm|opm)"
)


def own_files(folder: Path) -> frozenset[str] | None:
    """The files in a folder that this program wrote, as paths relative to it; None if it is not a results folder.

    An empty folder, and one with nothing but remains of unfinished files, is taken for a results folder without files.
    Raises OSError if the folder cannot be read.
    """
    present = frozenset(_files(folder))
    known = frozenset(name for name in present if _is_ours(name))
    temporary = frozenset(name for name in present if is_temporary(Path(name).name))
    if present == temporary:
        return temporary
    record = read_record(folder)
    if record.get("program") == _PROGRAM:
        listed = record.get("files")
        # Without a list the folder is being written, or its writer was killed.
        return temporary | (present.intersection(_texts(listed)) if listed is not None else known)
    if _is_summary(_read_object(folder / SUMMARY)):
        return temporary | known
    return None


def foreign_entries(folder: Path, own: frozenset[str]) -> list[str]:
    """The entries of a folder that are not among its own files, sorted; of a foreign folder only its name, with "/"."""
    folders = {PLOTS, MESSAGES, BURN_MESSAGES}.union(
        str(parent) for name in own for parent in Path(name).parents
    )
    return sorted(_foreign(folder, own, folders, ""))


def _foreign(folder: Path, own: frozenset[str], folders: set[str], prefix: str) -> Iterator[str]:
    for entry in os.scandir(folder / prefix):
        name = prefix + entry.name
        if entry.is_dir(follow_symlinks=False):
            if name in folders:
                yield from _foreign(folder, own, folders, name + "/")
            else:
                yield name + "/"
        elif name not in own:
            yield name


def remove_own(folder: Path, own: frozenset[str]) -> bool:
    """Remove the own files of a folder, then the folder if nothing else is in it; return whether it was removed.

    The file by which it is recognised goes last. Raises OSError if writing fails.
    """
    for name in sorted(own, key=lambda name: (name == RUN_RECORD, name)):
        (folder / name).unlink(missing_ok=True)
    with suppress(OSError):
        for name in (PLOTS, MESSAGES, BURN_MESSAGES):
            with suppress(FileNotFoundError):
                (folder / name).rmdir()
        folder.rmdir()
    return not folder.exists()


def read_record(folder: Path) -> dict[str, Any]:
    """The content of run.json; empty if there is none or it is damaged. Raises OSError if it cannot be read."""
    return _read_object(folder / RUN_RECORD)


def mark(folder: Path, **content: Any) -> None:
    """Write run.json without a list of files: the folder is this program's, and being written.

    content: further entries, as JSON. Raises RunError if writing fails.
    """
    _write_record(folder, content)


def seal(folder: Path) -> None:
    """List every file of a folder in its run.json, which `mark` wrote: nothing foreign can be in it yet.

    A full disk costs the figures and the page, and not the tables. Raises RunError if it refuses even then.
    """
    record = read_record(folder)
    try:
        _write_record(folder, record | {"files": sorted(_files(folder))})
    except RunError:
        for name in list(_files(folder)):
            if name == REPORT or name.startswith(f"{PLOTS}/"):
                (folder / name).unlink(missing_ok=True)
        _write_record(folder, record | {"files": sorted(_files(folder))})


def add_own(folder: Path, paths: list[Path]) -> None:
    """List further files in the run.json of a results folder, where it has a list.

    Raises RunError if writing fails.
    """
    record = read_record(folder)
    if record.get("program") == _PROGRAM and record.get("files") is not None:
        names = {path.relative_to(folder).as_posix() for path in paths}
        _write_record(folder, record | {"files": sorted(names.union(_texts(record["files"])))})


def _write_record(folder: Path, content: Mapping[str, Any]) -> None:
    record = {"program": _PROGRAM, "files": None} | dict(content)
    text = json.dumps(record, indent=2, sort_keys=True, allow_nan=False) + "\n"
    replace_text(folder / RUN_RECORD, text)


def _is_ours(name: str) -> bool:
    """Whether this program writes a file of this name."""
    # Imported here: the tables of all kinds are needed only to replace a folder.
    from debrissim.results.schema import SCHEMAS
    from debrissim.results.schema.conjunctions import CONJUNCTIONS

    tables = {CONJUNCTIONS.parquet} | {schema.file for schemas in SCHEMAS.values() for schema in schemas}
    return name in tables | {SUMMARY, RUN_RECORD, OBJECTS, REPORT} or bool(_IN_FOLDERS.fullmatch(name))


def _is_summary(content: Mapping[str, Any]) -> bool:
    """Whether JSON is the summary of a run of an earlier version: its answer, its scenario and its versions."""
    provenance = content.get("provenance")
    if not isinstance(provenance, dict) or not isinstance(content.get("totals", content.get("answer")), dict):
        return False
    versions = provenance.get("versions")
    return (
        isinstance(provenance.get("scenario"), dict) and isinstance(versions, dict) and _PROGRAM in versions
    )


def _files(folder: Path) -> Iterator[str]:
    """Every regular file below a folder; links are neither followed nor counted."""
    for place, _, names in os.walk(folder):
        for name in names:
            path = Path(place) / name
            if path.is_file() and not path.is_symlink():
                yield path.relative_to(folder).as_posix()


def _texts(values: Any) -> list[str]:
    return [value for value in values if isinstance(value, str)] if isinstance(values, list) else []


def _read_object(path: Path) -> dict[str, Any]:
    """The object of a JSON file; empty if there is none or it is damaged. Raises OSError if it cannot be read."""
    if path.is_symlink() or not path.is_file():
        return {}
    try:
        content = parse_json(path.read_text(encoding="utf-8"), str(path))
    except (ValueError, InputError):
        return {}
    return content if isinstance(content, dict) else {}
