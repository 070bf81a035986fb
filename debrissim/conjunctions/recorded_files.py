"""Where the files of a finished run may be, by the names that its scenario and its folder have for them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from debrissim.core.files import sha256_of
from debrissim.results.own_files import read_record
from debrissim.sources import Cache, is_source_name, parse_source


def scenario_roots(folder: Path) -> list[Path]:
    """The folders from which the relative paths of a run's scenario are tried, in that order."""
    recorded = read_record(folder).get("scenario_folder")
    own = [folder / recorded] if isinstance(recorded, str) and recorded else []
    return [root for root in [*own, Path(), folder] if root.is_dir()]


def possible_places(path: Path, roots: Sequence[Path]) -> Iterator[Path]:
    """Where a file of the scenario may be; each place once."""
    yield from dict.fromkeys(root / path for root in roots)


def copies(name: str, roots: Sequence[Path]) -> Iterator[Path]:
    """Where the file of a name in a scenario may be: the copy of a source in the cache, or the places of a path."""
    if not is_source_name(name):
        yield from possible_places(Path(name), roots)
        return
    query, cache = parse_source(name), Cache.default()
    copy = cache.record(query).copy
    if copy is not None:
        yield cache.body(query, copy)


def replacing_catalogs(folder: Path) -> list[str]:
    """The files, from the results folder, and the sources that a run had instead of its scenario's own."""
    recorded = read_record(folder).get("catalogs")
    return [name for name in recorded if isinstance(name, str) and name] if isinstance(recorded, list) else []


def digest_of(path: Path) -> str:
    return sha256_of(path, "a file of the run")
