"""Print the shape of the package, from its imports: `python docs/structure.py [ROOT]`.

A room is a top-level folder of debrissim/, or a module next to those folders. An arrow is a pair of rooms in which the
first imports the second, at the top of a file or inside a function. A level is a step on the longest path of arrows;
rooms that import each other in a circle share one level.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path

PACKAGE = "debrissim"
LONG_FILE_LINES = 350
# Entry points of Python, not rooms: the first lists every room's public names, the second calls the command line.
NOT_ROOMS = {"__init__", "__main__"}

Arrows = Mapping[str, frozenset[str]]


@dataclass(frozen=True)
class Structure:
    """Counts of a package. packages: folders with code in them, at any depth; circles: groups of rooms that import
    each other, each sorted; long_files: path and number of lines of the files over LONG_FILE_LINES, longest first."""

    rooms: tuple[str, ...]
    loose_modules: int
    packages: int
    files: int
    lines: int
    arrows: int
    levels: int
    circles: tuple[tuple[str, ...], ...]
    long_files: tuple[tuple[str, int], ...]


def measure(root: Path) -> Structure:
    """The structure of the package in `root`, the folder that holds debrissim/."""
    lines = {path: _line_count(path) for path in sorted((root / PACKAGE).rglob("*.py"))}
    arrows = room_imports(root)
    reach = _reachable(arrows)
    circles = {
        tuple(sorted(other for other in reach[room] if room in reach[other]))
        for room in arrows
        if room in reach[room]
    }
    long_files = {str(path.relative_to(root)): n for path, n in lines.items() if n > LONG_FILE_LINES}
    return Structure(
        rooms=tuple(sorted(arrows)),
        loose_modules=sum((root / PACKAGE / f"{room}.py").is_file() for room in arrows),
        packages=len({path.parent for path in lines}) - 1,
        files=len(lines),
        lines=sum(lines.values()),
        arrows=sum(len(targets) for targets in arrows.values()),
        levels=_levels(arrows, reach),
        circles=tuple(sorted(circles)),
        long_files=tuple(sorted(long_files.items(), key=lambda entry: -entry[1])),
    )


def room_imports(root: Path) -> Arrows:
    """The rooms that each room imports, itself left out."""
    package = root / PACKAGE
    arrows: dict[str, set[str]] = {}
    for path in sorted(package.rglob("*.py")):
        room = path.relative_to(package).parts[0].removesuffix(".py")
        if room not in NOT_ROOMS:
            arrows.setdefault(room, set()).update(_imported_rooms(path))
    return {room: frozenset(targets & arrows.keys() - {room}) for room, targets in arrows.items()}


def _imported_rooms(path: Path) -> Iterator[str]:
    """The part after `debrissim.` of every import in a file."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        for name in names:
            head, *rest = name.split(".")
            if head == PACKAGE and rest:
                yield rest[0]


def _line_count(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def _reachable(arrows: Arrows) -> Arrows:
    """The rooms at the end of any path of arrows, by room (Warshall's closure)."""
    reach = {room: set(targets) for room, targets in arrows.items()}
    for middle, room in product(arrows, arrows):
        if middle in reach[room]:
            reach[room] |= reach[middle]
    return {room: frozenset(targets) for room, targets in reach.items()}


def _levels(arrows: Arrows, reach: Arrows) -> int:
    """The number of rooms on the longest path that enters no circle twice."""

    @cache
    def height(room: str) -> int:
        circle = {room, *(other for other in reach[room] if room in reach[other])}
        below = {target for member in circle for target in arrows[member]} - circle
        return 1 + max(map(height, below), default=0)

    return max(map(height, arrows), default=0)


def report(structure: Structure) -> str:
    """The counts as lines of text."""
    lines = [
        f"rooms          {len(structure.rooms)}, of which {structure.loose_modules} loose modules",
        f"packages       {structure.packages} folders with code, at any depth",
        f"files          {structure.files}",
        f"lines          {structure.lines}",
        f"import arrows  {structure.arrows} between rooms",
        f"levels         {structure.levels}",
        f"circles        {len(structure.circles)}",
        *(f"               {', '.join(circle)}" for circle in structure.circles),
        f"long files     {len(structure.long_files)} over {LONG_FILE_LINES} lines",
        *(f"               {n} {path}" for path, n in structure.long_files),
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    root = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parents[1]
    sys.stdout.write(report(measure(root)) + "\n")
