"""`debrissim avoid`: burns that avoid an encounter, and what the spacecraft meets after them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from debrissim.cli.options import AsJson, Force, Offline, Out, Quiet
from debrissim.cli.progress import ProgressDisplay
from debrissim.cli.run import show_notes
from debrissim.cli.sigint import INTERRUPTION, interrupted
from debrissim.cli.terminal import console, say, shown
from debrissim.core.errors import RunError
from debrissim.results.own_files import AVOIDED, REPORT


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
            help="Row of conjunctions.csv, or place of the message in its file, both from 0; by default "
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
            help="Element sets to screen against: a file, or a source such as celestrak:active; of a run, its file, "
            "recognised by its hash. Repeatable.",
        ),
    ] = None,
    ephemeris: Annotated[
        list[Path] | None,
        typer.Option("--ephemeris", help="The spacecraft's ephemeris, for a message; of a run, its files."),
    ] = None,
    earth_orientation: Annotated[
        Path | None, typer.Option("--earth-orientation", help="File of Earth orientation parameters.")
    ] = None,
    hbr: Annotated[
        float | None, typer.Option("--hbr", help="Combined hard-body radius of a message, m.")
    ] = None,
    goal: Annotated[float, typer.Option("--goal", help="Goal of the collision probability.")] = 1e-6,
    miss: Annotated[
        float | None,
        typer.Option("--miss", help="Smallest miss distance, km; by default that without a burn."),
    ] = None,
    earliest: Annotated[
        float, typer.Option("--earliest", help="Earliest burn, hours before the closest approach.")
    ] = 48.0,
    latest: Annotated[float, typer.Option("--latest", help="Latest burn, likewise.")] = 0.0,
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
        float | None, typer.Option("--specific-impulse", help="With --thrust, s.")
    ] = None,
    mass: Annotated[
        float | None, typer.Option("--mass", help="Mass of the spacecraft with --thrust, kg.")
    ] = None,
    days: Annotated[
        float, typer.Option("--days", help="Screen again up to so many days after the closest approach.")
    ] = 3.0,
    candidates: Annotated[
        int, typer.Option("--candidates", min=1, help="Burns that are screened again, at most.")
    ] = 300,
    return_burn: Annotated[
        bool, typer.Option("--return-burn", help="Add the burn back to the old orbit.")
    ] = False,
    out: Out = None,
    force: Force = False,
    offline: Offline = False,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Find the smallest burns that avoid an encounter, and screen what the spacecraft meets after them.

    Nothing that was not examined counts as safe; the output is the result of a simulation and no instruction.

    Example: debrissim avoid results/iss_week --event 2 --direction posigrade
    """
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
    folder = out if out is not None else _default_folder(source, event)
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
            for line in (*result.terminal_lines(), f"results in {folder}"):
                say(line)
            if (folder / REPORT).is_file():
                say(f"report for a browser: {folder / REPORT}")
            if source.is_dir() and out is None:
                say(f"link to it in the report of the run: debrissim plot {source}")
    show_notes(result)


def _default_folder(source: Path, event: int | None) -> Path:
    """Beside the folder of a run, where its report looks for studies; of a file, in results/."""
    end = AVOIDED if event is None else f"{AVOIDED}-{event}"
    if source.is_dir():
        place = source.resolve().name
        return source / ".." / (place + end) if source.name in ("", "..") else source.parent / (place + end)
    return Path("results") / f"{source.stem}{end}"
