"""`debrissim pc`: the collision probability of conjunction data messages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from debrissim.cli.options import require_inputs
from debrissim.cli.terminal import console, say

if TYPE_CHECKING:
    from debrissim.cdm.assess import CdmAssessment
    from debrissim.core.errors import InputError

USUAL_METHODS = ("foster", "hall-3d")
"""Shown in addition to the recommended method: the encounter plane, and the orbits."""


def pc(
    messages: Annotated[
        list[Path],
        typer.Argument(
            metavar="PATH...",
            help="Conjunction data messages (KVN, XML, Space-Track JSON), public summaries, or folders of them.",
        ),
    ],
    hbr: Annotated[
        float | None, typer.Option("--hbr", help="Combined hard-body radius, m; by default as stated.")
    ] = None,
    method: Annotated[
        list[str] | None,
        typer.Option("--method", "-m", help="This method in addition to the recommended one; repeatable."),
    ] = None,
    mc: Annotated[int, typer.Option("--mc", min=0, help="Monte Carlo trials, as a further method.")] = 0,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the Monte Carlo trials.")] = 1,
    every: Annotated[bool, typer.Option("--all", help="Show every method, not only the usual ones.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, with every method.")] = False,
    event: Annotated[
        int | None, typer.Option("--event", "-e", min=1, help="Show the history of this event in the list.")
    ] = None,
    decision: Annotated[
        str | None, typer.Option("--decision", help="Show the state this long before TCA; by default 24h.")
    ] = None,
    store: Annotated[
        Path | None, typer.Option("--store", help="Also record every report in this store of events.")
    ] = None,
) -> None:
    """Show the collision probability of conjunction data messages: the answer, the circumstances and the methods.

    A folder, public summaries, or more than three messages are shown as events: one row for each close approach, the
    highest latest probability first. --event shows the history of one.

    A message that cannot be read does not affect the others. Exit code 2 if there is one, otherwise 1 if the
    probability of a message cannot be computed; its answer then says why.

    Example: debrissim pc event.cdm --hbr 20 --mc 1000000
    """
    if len(messages) == 1:
        require_inputs(messages[0])
    with _compiling_shown():
        _pc(messages, hbr, method, mc, seed, every, as_json, event, decision, store)


@contextmanager
def _compiling_shown() -> Iterator[None]:
    """Show on a terminal that kernels are being compiled, for as long as that takes."""
    errors = console(err=True)
    if not errors.is_terminal:
        yield
        return
    from debrissim.cli.progress import COMPILING
    from debrissim.core.compile_ahead import compiling_noticed

    status = errors.status(COMPILING)
    try:
        with compiling_noticed(lambda active: status.start() if active else status.stop()):
            yield
    finally:
        status.stop()


def _pc(
    messages: list[Path],
    hbr: float | None,
    method: list[str] | None,
    mc: int,
    seed: int,
    every: bool,
    as_json: bool,
    event: int | None,
    decision: str | None,
    store: Path | None,
) -> None:
    from debrissim.cli.pc_events import are_events, show_events

    asked = event is not None or decision is not None or store is not None
    if are_events(messages, asked=asked, as_json=as_json, in_full=bool(method or mc or every)):
        show_events(
            messages,
            hard_body_radius_m=hbr,
            event=event,
            decision=decision or "24h",
            store=store,
            as_json=as_json,
        )
        return
    from debrissim.cdm.answer import level_counts
    from debrissim.core.numbers import count

    chosen = method or (None if every or as_json else USUAL_METHODS)
    reports, faults = _assessed(messages, hard_body_radius_m=hbr, methods=chosen, samples=mc, seed=seed)
    if as_json and reports:
        import json

        from debrissim.cdm.as_json import assessment_as_json

        say(json.dumps([assessment_as_json(report) for report in reports], indent=2, allow_nan=False))
    elif not as_json:
        _show(reports)
    unknown = sum(report.recommended.value is None for report in reports)
    if len(reports) + len(faults) > 1 and not as_json:
        values = [report.recommended.value for report in reports]
        say(f"\n{count(len(reports), 'message')}: {level_counts(values)}; {len(faults)} refused")
    for fault in faults:
        say(f"debrissim: {fault}", err=True)
    if faults:
        raise typer.Exit(2)
    if unknown:
        raise typer.Exit(1)


def _assessed(
    paths: list[Path],
    *,
    hard_body_radius_m: float | None,
    methods: Sequence[str] | None,
    samples: int,
    seed: int,
) -> tuple[list[CdmAssessment], list[InputError]]:
    """The assessments of all messages, and the faults of those that cannot be read or have no radius."""
    from debrissim.cdm import read_cdm
    from debrissim.cdm.assess import assess_cdms
    from debrissim.core.errors import InputError

    reports: list[CdmAssessment] = []
    faults: list[InputError] = []

    def keep(error: InputError, path: Path) -> None:
        # Any other fault is one of the command's arguments, the same for every file.
        if not str(error).startswith(str(path)):
            raise error
        faults.append(error)

    for path in paths:
        try:
            found = read_cdm(path)
        except InputError as error:
            keep(error, path)
            continue
        for message in found:
            try:
                reports += assess_cdms(
                    [message],
                    hard_body_radius_m=hard_body_radius_m,
                    methods=methods,
                    monte_carlo_samples=samples,
                    seed=seed,
                )
            except InputError as error:
                keep(error, path)
    return reports, faults


def _show(reports: Sequence[CdmAssessment]) -> None:
    from debrissim.cli.cdm_table import cdm_lines

    output = console()
    for number, report in enumerate(reports):
        if number:
            output.print()
        for line in cdm_lines(report, width=output.width, named=len(reports) > 1):
            output.print(line, soft_wrap=True)
