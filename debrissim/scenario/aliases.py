"""Old spellings of keys and values in scenario files: still accepted, and reported in one line per file.

Each table declares its own, `old_keys` and `old_values` of `debrissim.scenario.fields.ScenarioTable`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def rename_keys(
    table: Mapping[str, Any], old_keys: Mapping[str, str], old_values: Mapping[str, Mapping[str, str]]
) -> tuple[dict[str, Any], list[str]]:
    """The content of a table in the new spelling, and one notice per old spelling in it.

    old_keys: old key to new key. old_values: new key to old value to new value. Raises ValueError for a key that is
    given in both spellings.
    """
    renamed: dict[str, Any] = {}
    notices = []
    for key, value in table.items():
        new_key = old_keys.get(key, key)
        if new_key != key:
            if new_key in table:
                raise ValueError(f"expected {new_key} or its old name {key}, not both")
            notices.append(f"{_as_written(key, value)} is now {_as_written(new_key, value)}")
        new_value = old_values.get(new_key, {}).get(value, value) if isinstance(value, str) else value
        if new_value != value:
            notices.append(f'{new_key} = "{value}" is now "{new_value}"')
        renamed[new_key] = new_value
    return renamed, notices


def _as_written(key: str, value: Any) -> str:
    """A key as a scenario file writes it: in brackets before a table, in two before a list of tables."""
    if isinstance(value, Mapping):
        return f"[{key}]"
    if isinstance(value, Sequence) and value and all(isinstance(entry, Mapping) for entry in value):
        return f"[[{key}]]"
    return key


def notice_line(source: str, notices: Sequence[str]) -> str:
    """The notices of one scenario file as one line."""
    names = "the old names still work" if len(notices) > 1 else "the old name still works"
    return f"{source}: {', '.join(notices)}; {names}"
