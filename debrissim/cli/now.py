"""`debrissim now`: the coming week of one spacecraft among today's objects."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from debrissim.cli.options import AsJson, Force, Offline, Out, Quiet
from debrissim.cli.plotting import abandon, plotting
from debrissim.cli.progress import ProgressDisplay
from debrissim.cli.run import show_notes
from debrissim.cli.sigint import INTERRUPTION, interrupted
from debrissim.cli.terminal import console, say, shown
from debrissim.core.errors import DebrissimError, InputError, RunError
from debrissim.core.numbers import count

if TYPE_CHECKING:
    from debrissim.conjunctions.result import ConjunctionResult
    from debrissim.sources import Download

DEFAULT_SOURCE = "celestrak:active"
DEBRIS_SOURCES = (
    "celestrak:fengyun-1c-debris",
    "celestrak:cosmos-2251-debris",
    "celestrak:iridium-33-debris",
    "celestrak:cosmos-1408-debris",
)
"""Added to the default: the debris that is available without an account. A source that fails is named and left out."""
# Older element sets of low orbits are off by tens of kilometres; up to that age, real objects are more informative.
MAX_AGE_HOURS = 168.0
SATCAT = "celestrak:satcat"
# Its kinds and radii hardly ever change: a weekly copy adds the launches, and an old copy is better than defaults.
SATCAT_LASTS_HOURS, SATCAT_MAX_AGE_HOURS = 168.0, 2160.0
_WHOLE = "the whole catalogue is spacetrack:gp, with a free account: docs/now.md"


def now(
    target: Annotated[
        str, typer.Argument(help="ISS, CSS, a catalogue number, or a name or a part of one.")
    ] = "ISS",
    source: Annotated[
        list[str] | None,
        typer.Option(
            "--source",
            metavar="NAME",
            help=f"Source of the objects; repeatable. [{DEFAULT_SOURCE} and the debris of four breakups]",
        ),
    ] = None,
    offline: Offline = False,
    max_age: Annotated[
        float,
        typer.Option("--max-age", metavar="HOURS", help="The maximum age of a copy to use."),
    ] = MAX_AGE_HOURS,
    days: Annotated[float, typer.Option("--days", min=0.1, max=30.0, help="Length of the span.")] = 7.0,
    no_open: Annotated[
        bool, typer.Option("--no-open", help="Do not open the report in the browser.")
    ] = False,
    out: Out = None,
    force: Force = False,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Fetch today's sky and screen the coming week of one spacecraft.

    Without a copy of the element sets, stations run against the bundled synthetic population instead.

    Example: debrissim now ISS
    """
    from debrissim.scenario.week import STATIONS
    from debrissim.studies.protocol import parse_scenario

    if not max_age > 0.0:
        raise InputError(f"--max-age: expected a positive number of hours, got {max_age:g}")
    station = STATIONS.get(target.strip().upper())
    if source:
        sky = _sky(tuple(dict.fromkeys(source)), offline=offline, max_age=max_age)
    else:
        sky = _usual_sky(offline=offline, max_age=max_age)
    begin = datetime.now(UTC).replace(microsecond=0)
    content, label = _scenario(sky, target, station, begin, days, max_age)
    if sky.downloads:
        sky = _with_satcat(sky, offline=offline)
    if sky.satcat is not None:
        joined = {"satcat": SATCAT, "satcat_max_age_hours": SATCAT_MAX_AGE_HOURS}
        content = content | {"catalog": content["catalog"] | joined}
    for reason in sky.missing:
        say(f"debrissim: {reason}", err=True)
    folder = out if out is not None else Path("results") / f"now-{_slug(label)}-{begin:%Y%m%dT%H%M%SZ}"
    result = _run(parse_scenario(content, "now"), folder, force=force, quiet=quiet)
    with shown(folder):
        if as_json:
            _show_json(result, folder, sky)
        elif not quiet:
            _show(result, folder, sky)
    if not (no_open or quiet or as_json) and _has_browser():
        _open(result)
    show_notes(result)


@dataclass(frozen=True)
class _Sky:
    """The objects that could be obtained. missing: for each source that could not be obtained, the reason in one
    sentence.

    satcat: the satellite catalogue, or None.
    """

    downloads: tuple[Download, ...]
    missing: tuple[str, ...]
    satcat: Download | None = None

    @property
    def label(self) -> str:
        """The names of the sources."""
        names = [download.source for download in self.downloads]
        debris = [name for name in names if name in DEBRIS_SOURCES]
        if DEFAULT_SOURCE not in names or len(debris) < 2:
            return ", ".join(names)
        others = ", ".join(name for name in names if name not in debris)
        return f"{others} and the debris of {count(len(debris), 'breakup')}"

    @property
    def origins(self) -> list[str]:
        """The sources of the objects, with their ages, in sentences."""
        return [
            sentence
            for download in (*self.downloads, *([self.satcat] if self.satcat else []))
            for sentence in (download.sentence, *(f"{download.source}: {note}" for note in download.notes))
        ]

    @property
    def limits(self) -> list[str]:
        """The objects that are missing, in sentences."""
        sources = {download.source for download in self.downloads}
        debris = len(sources & set(DEBRIS_SOURCES))
        if DEFAULT_SOURCE not in sources or len(sources) > 1 + debris:
            return []
        if not debris:
            return [
                f"{DEFAULT_SOURCE} has only satellites in use: debris and spent stages, the greater part of the "
                f"risk, are missing; {_WHOLE}"
            ]
        return [
            f"the sources have satellites in use and the debris of {count(debris, 'breakup')}: other debris and spent "
            f"stages, much of the risk, are missing; {_WHOLE}"
        ]


def _usual_sky(*, offline: bool, max_age: float) -> _Sky:
    """The default source and, if it could be obtained, the debris."""
    sky = _sky([DEFAULT_SOURCE], offline=offline, max_age=max_age)
    if not sky.downloads:
        return sky
    debris = _sky(DEBRIS_SOURCES, offline=offline, max_age=max_age, optional=True)
    return _Sky(sky.downloads + debris.downloads, sky.missing + debris.missing)


def _sky(names: Sequence[str], *, offline: bool, max_age: float, optional: bool = False) -> _Sky:
    """Fetch sources. optional: it is not an error if a service has no such data."""
    from debrissim.sources import DownloadError, fetch, parse_source, shared_transports

    for name in names:
        noun = parse_source(name).content.noun
        if noun != "element sets":
            raise InputError(f"--source: expected element sets, got {name}, which has {noun}")
    downloads, missing = [], []
    with shared_transports() as transport_of:
        for name in names:
            try:
                transport = transport_of(name)
                downloads.append(fetch(name, offline=offline, max_age_hours=max_age, transport=transport))
            except DownloadError as error:
                missing.append(str(error))
            except InputError as error:
                if not optional:
                    raise
                missing.append(str(error))
    return _Sky(tuple(downloads), tuple(missing))


def _with_satcat(sky: _Sky, *, offline: bool) -> _Sky:
    """The sky with the satellite catalogue, or with the reason why it is missing."""
    from debrissim.catalog.satcat import parse_satcat
    from debrissim.core.files import read_bytes
    from debrissim.sources import fetch

    try:
        download = fetch(
            SATCAT,
            offline=offline,
            max_age_hours=SATCAT_MAX_AGE_HOURS,
            lasts_hours=SATCAT_LASTS_HOURS,
        )
        # The run would stop at a bad row; if it is found here, only the radii are lost.
        parse_satcat(read_bytes(download.path, "a download"), SATCAT)
    except DebrissimError as error:
        return replace(
            sky, missing=(*sky.missing, f"{error}; kinds are inferred from names, and radii from kinds")
        )
    return replace(sky, satcat=download)


def _radii(provenance: Mapping[str, Any]) -> str:
    """The origin of the radii of a run, in one sentence."""
    defaults = provenance["catalogue"]["default_radius"]
    satcat = provenance.get("satcat")
    measured = f"{satcat['radii']:,} by cross-section ({satcat['label']}), " if satcat else ""
    return f"radii: {measured}{defaults:,} defaults of their kinds"


def _scenario(
    sky: _Sky, target: str, station: int | None, begin: datetime, days: float, max_age: float
) -> tuple[dict[str, Any], str]:
    """The content of the scenario, and the name of the spacecraft."""
    from debrissim.catalog import Catalog, object_label, read_catalog
    from debrissim.catalog.lookup import find_object
    from debrissim.core.text import quoted
    from debrissim.scenario.week import STATIONS, synthetic_week, week_now

    if not sky.downloads:
        named = {number: name for name, number in STATIONS.items()}
        number = station or (int(target) if target.isascii() and target.isdigit() else None)
        if number not in named:
            raise RunError(
                f"{'; '.join(sky.missing)}; without it there is no orbit of {quoted(target, 60)} (those of "
                f"{' and '.join(STATIONS)} are built in)"
            )
        return synthetic_week(number, named[number], days), named[number]
    catalog = Catalog.concat([read_catalog(download.path).catalog for download in sky.downloads])
    number = find_object(catalog, str(station) if station else target, sky.label)
    name = str(catalog.loc[number].name[0])
    label = target.strip().upper() if station else object_label(number, name)
    sources = [{"source": download.source, "max_age_hours": max_age} for download in sky.downloads]
    return week_now(number, label, sources, begin, days), label


def _run(scenario: Any, folder: Path, *, force: bool, quiet: bool) -> ConjunctionResult:
    from debrissim.conjunctions.kernels import kernels_of
    from debrissim.conjunctions.result import ConjunctionResult
    from debrissim.core.compile_ahead import compiled_ahead
    from debrissim.results.claim import claimed
    from debrissim.studies.protocol import run

    with (
        claimed(folder, force=force) as claim,
        plotting(scenario) as plotter,
        ProgressDisplay(console(err=True, quiet=quiet)) as progress,
        compiled_ahead(kernels_of(scenario), progress.compiling),
        INTERRUPTION.during(abandon(claim, plotter)),
    ):
        try:
            # The sources have already been queried: their copies are in the cache.
            result = run(scenario, progress=progress, windows=progress.windows, offline=True)
            progress("writing", 0.0)
            result = result.write_claimed(claim, plotter)
        except KeyboardInterrupt:
            raise RunError(interrupted()) from None
    assert isinstance(result, ConjunctionResult)
    return result


def _show(result: ConjunctionResult, folder: Path, sky: _Sky) -> None:
    from debrissim.cli.layout import show
    from debrissim.cli.output import short_summary

    radii = [_radii(result.provenance)] if sky.downloads else []
    show(console(), short_summary(result, folder, [*sky.origins, *radii], sky.limits))


def _show_json(result: ConjunctionResult, folder: Path, sky: _Sky) -> None:
    from debrissim.results.folder import json_text

    facts = {
        "results": str(folder),
        "sources": [download.facts() for download in sky.downloads],
        "satcat": None if sky.satcat is None else sky.satcat.facts(),
        "missing": list(sky.missing),
        **result.summary,
    }
    say(json_text(facts), end="")


def _has_browser() -> bool:
    """Whether the user is at a terminal of a computer with a screen; a text browser would take over the terminal."""
    if not (sys.stdout is not None and sys.stdout.isatty()):
        return False
    return sys.platform in ("win32", "darwin") or bool(
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    )


def _open(result: ConjunctionResult) -> None:
    from debrissim.results.own_files import REPORT

    if result.folder is not None and (result.folder / REPORT).is_file() and not result.open_report():
        say("debrissim: no browser could be started", err=True)


def _slug(label: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", label.casefold()).strip("-")[:40] or "object"
