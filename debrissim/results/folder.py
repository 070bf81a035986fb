"""A results folder on disk: written whole or not at all, its tables and its summary read back."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from debrissim.catalog.identifiers import identifier, parse_identifier
from debrissim.core.errors import InputError
from debrissim.core.files import replace_text, unreadable
from debrissim.core.json import parse_json
from debrissim.results.claim import Claim
from debrissim.results.own_files import SUMMARY, mark, seal

Filled = TypeVar("Filled")
# Keys of summary.json in folders of earlier versions.
_NEW_KEYS = {
    "least_separation_km": "minimum_separation_km",
    "least_length_m": "min_length_m",
    "fragments_drawn": "fragments_sampled",
    "drawn": "sampled",
    "below_least_length": "below_minimum_length",
}


def write_claimed(claim: Claim, fill: Callable[[Path], Filled]) -> Filled:
    """Fill the results folder of a claim, whole or not at all: a killed run leaves the earlier one, or none.

    Returns what fill returned. Raises RunError if writing fails; see `Claim.write`.
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
    """The text that `write_json` writes, with identifiers such as `S-021739` instead of internal numbers."""
    return json.dumps(with_identifiers(content), indent=2, sort_keys=True, allow_nan=False) + "\n"


def with_identifiers(content: Any) -> Any:
    """JSON values with the identifiers of objects that no catalogue has, instead of their negative numbers.

    Numbers of objects are the values of keys that end in `norad_id`, and the lists of `norad_ids`.
    """
    return _renumbered(content, lambda value: identifier(value) if _is_internal(value) else value)


def with_numbers(content: Any) -> Any:
    """JSON values as `with_identifiers` had them; numbers and other texts stay as they are, old keys are renamed."""

    def number(value: Any) -> Any:
        known = parse_identifier(value) if isinstance(value, str) else None
        return value if known is None else known

    return _renumbered(content, number)


def _is_internal(value: Any) -> bool:
    return isinstance(value, int) and value < 0


def _renumbered(content: Any, change: Callable[[Any], Any], key: str = "") -> Any:
    if isinstance(content, Mapping):
        return {
            _NEW_KEYS.get(name, name): _renumbered(value, change, str(name))
            for name, value in content.items()
        }
    if isinstance(content, (list, tuple)):
        return [_renumbered(value, change, "norad_id" if key == "norad_ids" else "") for value in content]
    return change(content) if key.endswith("norad_id") else content


def read_summary(folder: Path) -> dict[str, Any]:
    """The content of summary.json, objects by their numbers.

    Raises InputError if `folder` is not a results folder or the file is damaged.
    """
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
    numbered: dict[str, Any] = with_numbers(content)
    return numbered


def is_partly_synthetic(provenance: dict[str, Any]) -> bool:
    """Whether some of the secondaries are synthetic and some are real."""
    catalogue = provenance["catalogue"]
    synthetic = int(catalogue["synthetic_objects"])
    return 0 < synthetic < int(catalogue["objects"]) - len(provenance["primaries"])
