"""Write the reference pages of the site that follow from the code: the public names of every room, and the commands.

`conf.py` calls this at every build, so that no page of it is kept in the repository or can be out of date. Docstrings
are Markdown, which Sphinx's autodoc does not read: each becomes the body of a Python directive of MyST.
"""

from __future__ import annotations

import ast
import enum
import importlib
import inspect
import itertools
import re
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

import typer

PACKAGE = "debrissim"
_HEADING = re.compile(r"^(\w[\w ]*)\n-{3,}\n", re.MULTILINE)
_FENCE = "`" * 5


def pages() -> dict[str, str]:
    """Every generated page, by its path from docs/."""
    package = importlib.import_module(PACKAGE)
    rooms = [name for name in sorted(package.__all__) if isinstance(getattr(package, name), ModuleType)]
    return {
        "api/index.md": _index_page(package, rooms),
        **{f"api/{room}.md": _room_page(f"{PACKAGE}.{room}", package) for room in rooms},
        "commands.md": commands_page(),
    }


class ExampleOrder:
    """Sorts the examples as the table of examples/README.md does: from a catalogue to its last use."""

    def __init__(self, folder: str) -> None:
        page = (Path(folder) / "README.md").read_text(encoding="utf-8")
        self.names = re.findall(r"^\| `(\w+\.py)` \|", page, re.MULTILINE)

    def __call__(self, name: str) -> int:
        return self.names.index(name)


def write(folder: Path) -> None:
    """Write the pages below a folder; a page that has not changed keeps its time, so that it is not read again."""
    for name, text in pages().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")


def _index_page(package: ModuleType, rooms: list[str]) -> str:
    names = [name for name in package.__all__ if name not in rooms]
    return "\n".join(
        [
            "# Python",
            "",
            "`import debrissim as ds` gives the names of this page; a room (`ds.probability`, ...) lists its own.",
            "Each is loaded when it is first used. Names that are not listed may change without notice.",
            "",
            "```{toctree}",
            ":hidden:",
            *rooms,
            "```",
            "",
            "| room | content |",
            "|---|---|",
            *(f"| [`{PACKAGE}.{room}`]({room}.md) | {_summary(getattr(package, room))} |" for room in rooms),
            "",
            "## `debrissim`",
            "",
            *_entries(package, names),
        ]
    )


def _room_page(name: str, package: ModuleType) -> str:
    room = importlib.import_module(name)
    entries = _entries(room, room.__all__, package)
    places = {
        inner: PACKAGE if inner in package.__all__ else name
        for inner in room.__all__
        if not isinstance(getattr(room, inner), ModuleType)
    }
    known = re.compile(rf"`({'|'.join(places)})`")
    overview = known.sub(
        lambda found: f"{{py:obj}}`{found[1]} <{places[found[1]]}.{found[1]}>`",
        _names_as_code(_joined_rows(_markdown(room))),
    )
    return "\n".join([f"# `{name}`", "", overview, "", "## Public names", "", *entries])


def _names_as_code(text: str) -> str:
    """Text whose tables have their first cells in code: some docstrings write the names without backquotes."""
    return re.sub(
        r"^\| (?!name )([\w, ]+?) *\|",
        lambda row: "| " + re.sub(r"(\w+)", r"`\1`", row[1]) + " |",
        text,
        flags=re.MULTILINE,
    )


def _joined_rows(text: str) -> str:
    """Text whose tables have one row per entry: in a docstring, cells go on in the row below.

    A row goes on if the names of its first cell end in a comma, or if the first cell of the row below is empty.
    """
    lines: list[str] = []
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")] if line.startswith("|") else []
        above = [cell.strip() for cell in lines[-1].strip("|").split("|")] if lines else []
        if len(cells) == len(above) == 2 and (not cells[0] or above[0].endswith(",")):
            joined = (" ".join(filter(None, pair)) for pair in zip(above, cells, strict=True))
            lines[-1] = f"| {' | '.join(joined)} |"
        else:
            lines.append(line)
    return "\n".join(lines)


def _entries(module: ModuleType, names: list[str], package: ModuleType | None = None) -> Iterator[str]:
    """The entries of a module's names; the index lists those that the package also has only by their short name."""
    yield from (f"```{{py:module}} {module.__name__}\n```", "")
    for name in sorted(names, key=str.casefold):
        value = getattr(module, name)
        twice = package is not None and name in package.__all__
        if isinstance(value, ModuleType):
            yield from (f"- module `{value.__name__}`: {_summary(value)}", "")
        elif inspect.isclass(value):
            yield from _class(name, value, twice)
        elif inspect.isroutine(value):
            yield from _directive("function", f"{name}{_signature(value)}", _markdown(value), twice)
        else:
            yield from _directive("data", name, _data(module, name, value), twice)


def _data(module: ModuleType, name: str, value: Any) -> str:
    """The text below an assignment in its module, and the value of a number or the names in a mapping."""
    text = [_text_below_assignment(module, name)]
    if isinstance(value, str | int | float):
        text.append(f"Value: `{value!r}`.")
    elif isinstance(value, Mapping):
        keys = ", ".join(f"`{key.name if isinstance(key, enum.Enum) else key}`" for key in value)
        text.append(f"Names: {keys}.")
    return "\n\n".join(filter(None, text))


def _text_below_assignment(module: ModuleType, name: str) -> str:
    """The literal below the assignment of a name that the stub of a room imports from one of its modules."""
    stub = ast.parse(Path(module.__file__ or "").with_suffix(".pyi").read_text(encoding="utf-8"))
    place, body = module.__name__, stub.body
    for _ in range(3):  # A module may import the name from another one, such as a kernel's.
        sources = [line for line in body if isinstance(line, ast.ImportFrom)]
        source = next((line for line in sources if any(alias.name == name for alias in line.names)), None)
        if source is None:
            break
        place = importlib.import_module("." * source.level + (source.module or ""), place).__name__
        body = ast.parse(inspect.getsource(importlib.import_module(place))).body
    for line, below in itertools.pairwise(body):
        targets = line.targets if isinstance(line, ast.Assign) else [getattr(line, "target", None)]
        literal = below.value if isinstance(below, ast.Expr) else None
        if any(getattr(target, "id", None) == name for target in targets) and isinstance(
            literal, ast.Constant
        ):
            return inspect.cleandoc(str(literal.value))
    return ""


def _class(name: str, value: type, twice: bool) -> list[str]:
    body = [_markdown(value), ""]
    if issubclass(value, enum.Enum):
        body += [
            f"- `{member.name}` = {int(member) if isinstance(member, int) else repr(member.value)}"
            for member in value
        ]
    else:
        for key, attribute in vars(value).items():
            member = attribute.__func__ if isinstance(attribute, classmethod | staticmethod) else attribute
            if key.startswith("_") or not getattr(member, "__doc__", None):
                continue
            if isinstance(member, FunctionType):
                kind = "classmethod" if isinstance(attribute, classmethod) else "method"
                body += _directive(kind, f"{key}{_signature(member, bound=True)}", _markdown(member), twice)
            elif isinstance(member, property):
                body += _directive("attribute", key, _markdown(member), twice)
    is_enum_or_error = issubclass(value, enum.Enum | Exception)
    call = "" if is_enum_or_error else _signature(value)
    kind = "exception" if issubclass(value, Exception) else "class"
    return _directive(kind, f"{name}{call}", "\n".join(body), twice)


def _directive(kind: str, signature: str, body: str, twice: bool) -> list[str]:
    """A Python directive of MyST. An inner directive needs a shorter fence than the outer one."""
    fence = _FENCE if kind in ("class", "exception") else _FENCE[:-1]
    index = [":no-index:"] if twice else []
    return [f"{fence}{{py:{kind}}} {signature}", *index, "", body.strip(), fence, ""]


@dataclass(frozen=True)
class _Bare:
    """An annotation that prints as its source, without the quotes of a text."""

    text: str

    def __repr__(self) -> str:
        return self.text


def _signature(value: Any, bound: bool = False) -> str:
    """The call as in the source, on one line; defaults that are objects print as "..."."""
    try:
        signature = inspect.signature(value)
    except (TypeError, ValueError):
        return "()"
    parameters = [_bare(parameter) for parameter in signature.parameters.values()][1 if bound else 0 :]
    returns = signature.return_annotation
    if isinstance(returns, str):
        signature = signature.replace(return_annotation=_Bare(returns))
    return str(signature.replace(parameters=parameters))


def _bare(parameter: inspect.Parameter) -> inspect.Parameter:
    if isinstance(parameter.annotation, str):
        parameter = parameter.replace(annotation=_Bare(parameter.annotation))
    plain = str | int | float | tuple | None
    if parameter.default is not parameter.empty and not isinstance(parameter.default, plain):
        parameter = parameter.replace(default=_Bare("..."))
    return parameter


def _summary(value: Any) -> str:
    return (inspect.getdoc(value) or "").partition("\n\n")[0].replace("\n", " ")


def _markdown(value: Any) -> str:
    """A docstring as Markdown: the sections of NumPy's style become lists."""
    parts = _HEADING.split(inspect.getdoc(value) or "")
    text = [parts[0]]
    for heading, section in zip(parts[1::2], parts[2::2], strict=True):
        text += [f"**{heading}**", "", *_items(section), ""]
    return "\n".join(text)


def _items(section: str) -> Iterator[str]:
    """Lists of the entries of a section: a name at the margin, its meaning indented below."""
    for entry in re.split(r"\n(?=\S)", section.strip("\n")):
        head, _, meaning = entry.partition("\n")
        yield f"- `{head}`"
        yield from ("", textwrap.indent(textwrap.dedent(meaning), "  "), "") if meaning else ()


def commands_page() -> str:
    """The page of every command: its purpose, its arguments and its options, as `--help` shows them."""
    from debrissim.cli.main import app

    group = typer.main.get_command(app)
    lines = ["# Commands", "", "The same as `debrissim COMMAND --help`.", ""]
    for words, command in _commands(group, ("debrissim",)):
        lines += [f"## `{' '.join(words)}`", "", *_help(command), "", *_parameters(command), ""]
    return "\n".join(lines)


def _commands(command: Any, words: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    inner = getattr(command, "commands", None)
    if inner is None:
        yield words, command
        return
    for name in sorted(inner):
        yield from _commands(inner[name], (*words, name))


def _help(command: Any) -> Iterator[str]:
    """The help text; an example becomes a block of code."""
    for paragraph in inspect.cleandoc(command.help or "").split("\n\n"):
        example, code = re.subn(r"^Examples?: +", "", paragraph)
        yield f"```text\n{example}\n```" if code else _safe(paragraph)
        yield ""


def _parameters(command: Any) -> Iterator[str]:
    context = command.context_class(command)
    records = [parameter.get_help_record(context) for parameter in command.params]
    shown = [record for record in records if record is not None]
    if shown:
        yield from ("| argument or option | meaning |", "|---|---|")
    for names, meaning in shown:
        cell = names.replace("|", "\\|")
        yield f"| `{cell}` | {_safe(' '.join(meaning.split()))} |"


def _safe(text: str) -> str:
    """Text of a help page as Markdown: its signs are no markup, and options in it are code."""
    return re.sub(r"(?<![\w`-])(--[a-z][a-z-]+)(?![\w`])", r"`\1`", re.sub(r"([*<|])", r"\\\1", text))
