"""A results folder on disk: written whole or not at all, its tables and its summary read back."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from debrissim.core.errors import InputError
from debrissim.core.files import replace_text, unreadable
from debrissim.core.json import parse_json
from debrissim.results.claim import Claim
from debrissim.results.own_files import SUMMARY, mark, seal

Filled = TypeVar("Filled")


def write_claimed(claim: Claim, fill: Callable[[Path], Filled]) -> Filled:
    """Fill the results folder of a claim, whole or not at all: a killed run leaves the earlier one, or none.

    Returns what fill returned. Raises RunError if the disk refuses; see `Claim.write`.
    """

    def marked(partial: Path) -> Filled:
        mark(partial)
        filled = fill(partial)
        seal(partial)
        return filled

    return claim.write(marked)


def write_json(path: Path, content: dict[str, Any]) -> None:
    """Write JSON with sorted keys, UTF-8, LF. Raises ValueError for NaN and infinity, which are not JSON."""
    replace_text(path, json_text(content))


def json_text(content: Any) -> str:
    """The text that `write_json` writes."""
    return json.dumps(content, indent=2, sort_keys=True, allow_nan=False) + "\n"


def read_summary(folder: Path) -> dict[str, Any]:
    """The content of summary.json. Raises InputError if `folder` is not a results folder or the file is damaged."""
    path = folder / SUMMARY
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise InputError(f"{folder}: is not a results folder (no {SUMMARY} in it)") from error
    except UnicodeDecodeError as error:
        raise InputError(
            f"{path}: expected UTF-8 text, got an invalid byte at position {error.start}"
        ) from error
    except (OSError, ValueError) as error:
        raise unreadable(path, error) from error
    content = parse_json(text, str(path))
    if not isinstance(content, dict):
        raise InputError(f"{path}: expected a JSON object")
    return content


def is_partly_synthetic(provenance: dict[str, Any]) -> bool:
    """Whether some of the secondaries are synthetic and some are real."""
    catalogue = provenance["catalogue"]
    synthetic = int(catalogue["synthetic_objects"])
    return 0 < synthetic < int(catalogue["objects"]) - len(provenance["primaries"])
