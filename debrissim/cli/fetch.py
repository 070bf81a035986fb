"""`debrissim fetch`: download a named source within the rules of its service, or take it from the cache."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from debrissim.cli.options import Force, Offline, Out, refuse_existing
from debrissim.cli.terminal import say
from debrissim.core.errors import InputError

if TYPE_CHECKING:
    from debrissim.sources import Download


def fetch(
    source: Annotated[
        str,
        typer.Argument(
            help="Its name: celestrak:active, celestrak:stations, celestrak:number=25544, celestrak:satcat, "
            "socrates:min-range, spacetrack:gp, ... docs/sources.md"
        ),
    ],
    offline: Offline = False,
    max_age: Annotated[
        float | None,
        typer.Option("--max-age", metavar="HOURS", help="The maximum age of a copy to use; by default 72."),
    ] = None,
    out: Out = None,
    force: Force = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the details as JSON.")] = False,
) -> None:
    """Fetch today's sky: element sets, the satellite catalogue, lists of close approaches.

    A service is asked at most as often as it allows (CelesTrak: once in two hours for each query); in between, and
    whenever no complete answer is received, the cached copy is used.

    Example: debrissim fetch celestrak:stations --out stations.csv
    """
    from debrissim.core.files import read_bytes, replace_file
    from debrissim.sources import fetch as fetch_source

    if out is not None:
        refuse_existing(out, force=force)
    if max_age is not None and not max_age > 0.0:
        raise InputError(f"--max-age: expected a positive number of hours, got {max_age:g}")
    download = fetch_source(source, offline=offline, max_age_hours=max_age)
    if out is not None:
        replace_file(out, read_bytes(download.path, "a download"))
    if as_json:
        facts = {**download.facts(), "copied_to": None if out is None else str(out)}
        say(json.dumps(facts, indent=2, sort_keys=True, allow_nan=False))
        return
    for line in _lines(download, out):
        say(line)


def _lines(download: Download, out: Path | None) -> list[str]:
    """The answer in words, then the details."""
    facts = [
        ("age", f"{download.age_words} (downloaded {download.fetched:%Y-%m-%d %H:%M} UTC)"),
        ("from", download.url),
        ("sha256", download.sha256),
        ("file", f"{download.path} ({_size(download.size)})"),
        *([("copied to", str(out))] if out is not None else []),
    ]
    return [
        download.sentence,
        *(f"  note: {note}" for note in download.notes),
        *(f"  {name:<10}{value}" for name, value in facts),
    ]


def _size(count: int) -> str:
    return f"{count / 1e6:.1f} MB" if count >= 1e6 else f"{count / 1e3:.1f} kB"
