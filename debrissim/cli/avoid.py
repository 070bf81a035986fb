"""`debrissim avoid`: burns that avoid an encounter, and the encounters after them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any

import typer

from debrissim.cli.options import AsJson, Force, Offline, Out, Quiet
from debrissim.cli.progress import ProgressDisplay
from debrissim.cli.run import show_notes
from debrissim.cli.sigint import INTERRUPTION, interrupted
from debrissim.cli.terminal import console, say, shown
from debrissim.core.errors import InputError, RunError
from debrissim.results.own_files import AVOIDED, REPORT

_OPTIONS = {
    "number": "--event",
    "object": "--object",
    "catalogs": "--catalog",
    "ephemerides": "--ephemeris",
    "earth_orientation": "--earth-orientation",
    "hard_body_radius_m": "--hbr",
    "probability": "--goal",
    "miss_km": "--miss",
    "earliest_hours": "--earliest",
    "latest_hours": "--latest",
    "directions": "--direction",
    "thrust_n": "--thrust",
    "specific_impulse_s": "--specific-impulse",
    "mass_flow_kg_s": "mass_flow_kg_s of a scenario",
    "mass_kg": "--mass",
    "horizon_days": "--days",
    "candidates": "--candidates",
}
"""The option that sets each key of the scenario."""
_KEY = re.compile(rf"\b({'|'.join(_OPTIONS)})\b(\[[0-9]+\])?")


def avoid(
    source: Annotated[
        Path,
        typer.Argument(
            metavar="RESULTS|EVENT.cdm",
            help="A results folder of conjunctions, a scenario of conjunctions, or a conjunction data message.",
        ),
    ],
    event: Annotated[
        int | None,
        typer.Option(
            "--event",
            "-e",
            min=0,
            help="Row of conjunctions.csv, or position of the message in its file, both from 0; by default "
            "the most probable encounter, or the first message.",
        ),
    ] = None,
    own: Annotated[
        int | None,
        typer.Option(
            "--object",
            min=1,
            max=2,
            help="The object that burns: 1 or 2; by default 1, or the manoeuvrable one.",
        ),
    ] = None,
    catalog: Annotated[
        list[str] | None,
        typer.Option(
            "--catalog",
            help="For a message: element sets to screen against, a file or a source such as celestrak:active. For a "
            "run: its file, recognised by its hash, if it has moved. Repeatable.",
        ),
    ] = None,
    ephemeris: Annotated[
        list[Path] | None,
        typer.Option(
            "--ephemeris",
            help="For a message: the ephemeris that the spacecraft flies. For a run: its files, if they have "
            "moved. Repeatable.",
        ),
    ] = None,
    earth_orientation: Annotated[
        Path | None,
        typer.Option(
            "--earth-orientation", help="File of Earth orientation parameters, for Earth-fixed states."
        ),
    ] = None,
    hbr: Annotated[
        float | None, typer.Option("--hbr", help="Combined hard-body radius, m, for a message.")
    ] = None,
    goal: Annotated[float, typer.Option("--goal", help="Goal of the collision probability.")] = 1e-6,
    miss: Annotated[
        float | None,
        typer.Option("--miss", help="Goal of the miss distance, km; by default that without a burn."),
    ] = None,
    earliest: Annotated[
        float, typer.Option("--earliest", help="Earliest burn, hours before the closest approach.")
    ] = 48.0,
    latest: Annotated[
        float, typer.Option("--latest", help="Latest burn, hours before the closest approach.")
    ] = 0.0,
    direction: Annotated[
        list[str] | None,
        typer.Option(
            "--direction",
            help="posigrade, retrograde, outward, inward, normal, antinormal or free; repeatable, by default all.",
        ),
    ] = None,
    thrust: Annotated[
        float | None, typer.Option("--thrust", help="Thrust of finite burns, N; by default impulses.")
    ] = None,
    specific_impulse: Annotated[
        float | None, typer.Option("--specific-impulse", help="Specific impulse, s, for --thrust.")
    ] = None,
    mass: Annotated[
        float | None, typer.Option("--mass", help="Mass of the spacecraft, kg, for --thrust and for the OPM.")
    ] = None,
    days: Annotated[
        float,
        typer.Option("--days", help="Number of days after the closest approach that are screened again."),
    ] = 3.0,
    candidates: Annotated[
        int, typer.Option("--candidates", min=1, help="Maximum number of burns that are screened again.")
    ] = 300,
    return_burn: Annotated[
        bool, typer.Option("--return-burn", help="Add a burn back to the old orbit to each certified burn.")
    ] = False,
    out: Out = None,
    force: Force = False,
    offline: Offline = False,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Find the smallest burns that avoid an encounter, and screen the spacecraft again after them.

    Anything that was not examined does not count as safe; the output is the result of a simulation, not an instruction.

    Example: debrissim avoid results/iss_week --event 2 --direction posigrade
    """
    from debrissim.cli.layout import PROSE
    from debrissim.results.claim import claimed
    from debrissim.results.folder import json_text
    from debrissim.studies.avoidance.call import avoidance_scenario
    from debrissim.studies.protocol import run

    burns: dict[str, Any] = {
        "earliest_hours": earliest,
        "latest_hours": latest,
        "directions": direction,
        "thrust_n": thrust,
        "specific_impulse_s": specific_impulse,
        "mass_kg": mass,
    }
    try:
        scenario = avoidance_scenario(
            source,
            event,
            object_number=own,
            catalog=catalog or (),
            ephemeris=ephemeris or (),
            earth_orientation=earth_orientation,
            hard_body_radius_m=hbr,
            tables={
                "burns": {name: value for name, value in burns.items() if value is not None},
                "goals": {"probability": goal} | ({} if miss is None else {"miss_km": miss}),
                "rescreening": {"horizon_days": days, "candidates": candidates, "return_burn": return_burn},
            },
        )
    except InputError as error:
        raise InputError(_with_options(str(error))) from error
    folder = out if out is not None else default_folder(source, event)
    with (
        claimed(folder, force=force) as claim,
        ProgressDisplay(console(err=True, quiet=quiet)) as progress,
        INTERRUPTION.during(claim.abandon),
    ):
        try:
            result = run(scenario, progress=progress, offline=offline).write_claimed(claim)
        except KeyboardInterrupt:
            raise RunError(interrupted()) from None
    with shown(folder):
        if as_json:
            say(json_text({"results": str(folder), **result.summary}), end="")
        elif not quiet:
            for line in (*result.terminal_lines(min(console().width, PROSE)), f"results in {folder}"):
                say(line)
            if (folder / REPORT).is_file():
                say(f"report for a browser: {folder / REPORT}")
            if source.is_dir() and out is None:
                say(f"link to it in the report of the run: debrissim plot {source}")
    show_notes(result)


def _with_options(sentence: str) -> str:
    """Rewrite a sentence about keys of the scenario for the options that set them."""
    if not sentence.startswith("avoid: "):
        return sentence
    expected, got, value = sentence.removeprefix("avoid: ").partition(", got ")
    expected = re.sub(r"^(event|burns|goals|rescreening)(\.|: )", "", expected)
    return _KEY.sub(lambda found: _OPTIONS[found[1]], expected) + got + value


def default_folder(source: Path, event: int | None) -> Path:
    """Next to the folder of a run, where its report looks for studies; for a file, in results/."""
    end = AVOIDED if event is None else f"{AVOIDED}-{event}"
    if source.is_dir():
        place = source.resolve().name
        return source / ".." / (place + end) if source.name in ("", "..") else source.parent / (place + end)
    return Path("results") / f"{source.stem}{end}"
