"""A scenario file as a checked model, and its faults as one sentence in the terms of a scenario file."""

from __future__ import annotations

import difflib
import re
import tomllib
from os import PathLike
from pathlib import Path
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from debrissim.core.errors import InputError
from debrissim.core.files import read_bytes
from debrissim.core.text import printable, quoted
from debrissim.scenario.base import ScenarioFile
from debrissim.scenario.fields import Reading

Model = TypeVar("Model", bound=BaseModel)

# Pydantic names the branches of a union in an error's location ("Span", "literal[...]", "datetime"); keys
# look like this.
_KEY = re.compile(r"(?!datetime$|none$|str$)[a-z][a-z0-9_]*")
# The longest scenario in use has 10 kB. The parser takes a time that grows with the square of a dotted key's parts.
_MAX_BYTES = 1 << 20
_MAX_PARTS = 32
_MAX_WORDS = 600
_LONG_KEY = re.compile(rf"(?<![^\s.=\[\]])(?:[^\s.=\[\]]++[ \t]*+\.[ \t]*+){{{_MAX_PARTS}}}")
_WORDS = {
    "missing": "is missing",
    "tuple_type": "expected a list",
    "model_type": "expected a table",
    "model_attributes_type": "expected a table",
    "too_short": "expected at least one entry",
    "datetime_from_date_parsing": "expected a UTC time such as 2024-11-01T00:00:00Z",
    "datetime_parsing": "expected a UTC time such as 2024-11-01T00:00:00Z",
    "bool_type": "expected true or false",
    "int_type": "expected a whole number",
    "float_type": "expected a number",
}


def read_content(path: Path) -> dict[str, Any]:
    """The content of a TOML file. Raises InputError with one sentence naming the file and the line at fault."""
    data = read_bytes(path, "a scenario")
    if len(data) > _MAX_BYTES:
        raise InputError(
            f"{path}: contains {len(data):,} bytes; expected a scenario of at most {_MAX_BYTES:,}"
        )
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(
            f"{path}: expected UTF-8 text, got an invalid byte at position {error.start}"
        ) from error
    long_key = _LONG_KEY.search(text)
    if long_key is not None:
        line = text.count("\n", 0, long_key.start()) + 1
        raise InputError(f"{path}: line {line}: a key of more than {_MAX_PARTS} parts; no scenario has one")
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{path}: not valid TOML: {printable(str(error))[:200]}") from error
    except RecursionError:
        raise InputError(f"{path}: tables or lists nested too deeply") from None
    except ValueError as error:
        # Beyond TOML's own faults: numbers and dates that Python cannot hold.
        raise InputError(f"{path}: not valid TOML: {_too_long(error)}") from error


def _too_long(error: ValueError) -> str:
    """Python's advice on whole numbers of thousands of digits is of no use to the author of a scenario."""
    return "a number of thousands of digits" if "digits" in str(error) else printable(str(error))[:200]


def checked(
    model: type[Model],
    content: dict[str, Any],
    source: str,
    *,
    folder: str | PathLike[str] = ".",
    recorded: bool = False,
) -> Model:
    """The model of a content; InputError with one sentence naming source and the key at fault.

    folder: where relative paths start. recorded: the content is that of a summary.json, which states every key.
    """
    reading = Reading(recorded)
    try:
        scenario = model.model_validate(content, context=reading)
    except ValidationError as error:
        raise InputError(f"{source}: {fault_sentence(error, model)}") from error
    if isinstance(scenario, ScenarioFile):
        scenario._notices = tuple(dict.fromkeys(reading.notices))
        # Paths stay as they were written, so that results do not depend on the location of the scenario file.
        scenario._folder = Path(folder)
    return scenario


def fault_sentence(error: ValidationError, scenario: type[BaseModel]) -> str:
    """The first fault in words, with the nearest valid key where one is unknown."""
    details = error.errors()
    # An unknown key explains the errors that follow from it, such as a required key missing.
    first = min(details, key=lambda d: d["type"] != "extra_forbidden")
    if first["type"] == "extra_forbidden" and not _KEY.fullmatch(str(first["loc"][-1])):
        return f"unknown key {quoted(first['loc'][-1])}"
    location = _location(first)
    where = "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in location)
    where = where.lstrip(".")[:_MAX_WORDS]
    locations = {_location(detail) for detail in details}
    # A fault inside a table or list can also be reported for the whole; that is one fault.
    faults = [p for p in locations if not any(q != p and q[: len(p)] == p for q in locations)]
    rest = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
    if first["type"] == "extra_forbidden":
        known = _keys_at(scenario, location[:-1])
        near = difflib.get_close_matches(str(location[-1])[:100], known, n=1, cutoff=0.0)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        return f"unknown key {quoted(where)}{hint}{rest}"
    value = first.get("input")
    shown = f", got {quoted(value)}" if isinstance(value, str | int | float | bool) else ""
    hint = first.get("ctx", {}).get("hint", "")
    return f"{where or 'the scenario'}: {_fault(first['type'], first['msg'])[:_MAX_WORDS]}{shown}{hint}{rest}"


def _location(detail: ErrorDetails) -> tuple[int | str, ...]:
    """The keys and list places that lead to a fault, without pydantic's names of a union's branches."""
    return tuple(part for part in detail["loc"] if isinstance(part, int) or _KEY.fullmatch(part))


def _fault(error_type: str, message: str) -> str:
    """The fault of a value, in the terms of a scenario file instead of Python's."""
    if error_type in _WORDS:
        return _WORDS[error_type]
    # Names that the scenario itself defines may be listed in it.
    message = printable(message).removeprefix("Value error, ").replace("Input should be", "expected")
    return message[0].lower() + message[1:]


def _keys_at(model: type[BaseModel], place: tuple[int | str, ...]) -> list[str]:
    """The valid keys of the table at a place in the scenario."""
    for part in place:
        if isinstance(part, str) and part in model.model_fields:
            inner = _table_in(model.model_fields[part].annotation)
            if inner is None:
                return []
            model = inner
    return list(model.model_fields)


def _table_in(annotation: Any) -> type[BaseModel] | None:
    """The table model inside an annotation such as tuple[Primary, ...] | None."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for argument in get_args(annotation):
        table = _table_in(argument)
        if table is not None:
            return table
    return None
