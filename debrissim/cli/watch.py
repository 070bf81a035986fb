"""`debrissim watch`: the close approaches of a fleet over time."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from debrissim.cli.options import INCOMPLETE, Quiet, require_inputs
from debrissim.cli.sigint import INTERRUPTION, interrupted
from debrissim.cli.terminal import console, say
from debrissim.core.errors import DebrissimError, InputError, RunError, reason

if TYPE_CHECKING:
    from debrissim.core.time import Time
    from debrissim.watch.cycle import CycleReport
    from debrissim.watch.fleet import Fleet
    from debrissim.watch.outbox import Channel

CHANGED, YELLOW, RED = 10, 11, 12
"""Exit codes of --fail-on: something changed, a yellow event is ahead, a red one."""

_KEPT = "; the store has all cycles that were completed"
_ORDER = {"any": CHANGED, "yellow": YELLOW, "red": RED}


def watch(
    fleet: Annotated[Path, typer.Argument(help="Fleet file: a scenario with [watch] and [notify].")],
    once: Annotated[bool, typer.Option("--once", help="One cycle, as without --every.")] = False,
    every: Annotated[
        str | None, typer.Option("--every", help="Run a cycle at this interval, such as 8h, until Ctrl-C.")
    ] = None,
    fail_on: Annotated[
        str | None,
        typer.Option(
            "--fail-on",
            metavar="red|yellow|any",
            help=f"Exit code {RED} if a red event is ahead, {YELLOW} a yellow one, {CHANGED} if anything changed.",
        ),
    ] = None,
    site: Annotated[
        Path | None, typer.Option("--site", help="Write a page of the fleet into this folder.")
    ] = None,
    offline: Annotated[bool, typer.Option("--offline", help="Never touch the network.")] = False,
    quiet: Quiet = False,
) -> None:
    """Screen a fleet repeatedly: record each approach, report changes, send messages.

    Example: debrissim watch fleet.toml --every 8h
    """
    require_inputs(fleet)
    from debrissim.watch.fleet import load_fleet
    from debrissim.watch.loop import interval_s, repeat
    from debrissim.watch.notify import channels

    if once and every is not None:
        raise InputError("expected --once or --every, not both")
    if every is not None and fail_on is not None:
        raise InputError("--fail-on: can be used only with a single cycle, not with --every")
    if fail_on is not None and fail_on not in _ORDER:
        raise InputError(f"--fail-on: expected red, yellow or any, got {fail_on!r:.50}")
    checked = load_fleet(fleet)
    to = channels(checked)
    with INTERRUPTION.during(_nothing, lambda: _KEPT):
        try:
            if every is None:
                _end(_cycle(checked, to, site, offline=offline, quiet=quiet), fail_on)
                return
            seconds = interval_s(every)
            _announce(checked, to, every, quiet=quiet)
            repeat(lambda: _guarded(checked, to, site, offline=offline, quiet=quiet), seconds)
        except KeyboardInterrupt:
            if every is None:
                raise RunError(interrupted(_KEPT)) from None
            say(f"debrissim: the watch has ended{_KEPT}", err=True)


def _nothing() -> None:
    """An interrupted cycle leaves nothing to remove, because its transaction was not committed."""


def _announce(fleet: Fleet, channels: Sequence[Channel], every: str, *, quiet: bool) -> None:
    if quiet:
        return
    where = ", ".join(channel.label for channel in channels) or "nowhere: see docs/watch.md"
    say(f"{fleet.title}: a cycle every {every}; messages go to {where}; Ctrl-C ends the watch")


def _guarded(
    fleet: Fleet, channels: Sequence[Channel], site: Path | None, *, offline: bool, quiet: bool
) -> None:
    """One cycle of many: a failure is reported, and the next cycle follows."""
    from debrissim.watch.cycle import record_failure

    try:
        _cycle(fleet, channels, site, offline=offline, quiet=quiet)
    except Exception as error:  # noqa: BLE001 - a watch goes on, whatever a cycle did
        sentence = str(error) if isinstance(error, DebrissimError) else f"unexpected: {reason(error)}"
        say(f"{_now().iso[:19]}Z: debrissim: {sentence}", err=True)
        try:
            delivery = record_failure(fleet, sentence, _now(), channels)
        except DebrissimError as second:
            if str(second) != sentence:
                say(f"debrissim: {second}", err=True)
        else:
            for problem in delivery.problems:
                say(f"debrissim: {problem}", err=True)


def _cycle(
    fleet: Fleet, channels: Sequence[Channel], site: Path | None, *, offline: bool, quiet: bool
) -> CycleReport:
    from debrissim.cli.progress import ProgressDisplay
    from debrissim.conjunctions.kernels import kernels_of
    from debrissim.core.compile_ahead import compiled_ahead
    from debrissim.watch.cycle import run_cycle

    with (
        ProgressDisplay(console(err=True, quiet=quiet)) as progress,
        compiled_ahead(kernels_of(fleet), progress.compiling),
    ):
        report = run_cycle(fleet, now=_now(), channels=channels, offline=offline, progress=progress)
    if not quiet:
        _show(report)
    if site is not None:
        report = _write_site(site, fleet, report, quiet=quiet)
    for problem in report.problems:
        say(f"debrissim: {problem}", err=True)
    return report


def _write_site(site: Path, fleet: Fleet, report: CycleReport, *, quiet: bool) -> CycleReport:
    """Write the page; a failure is only a problem of the report: the cycle is recorded, and its messages are sent."""
    from dataclasses import replace

    from debrissim.watch.site import write_site
    from debrissim.watch.store import Store

    try:
        with Store.open(fleet.store, write=False) as store:
            page = write_site(store, site, now=report.now, stale_after_h=fleet.notify.alive_hours or None)
    except DebrissimError as error:
        return replace(report, problems=(*report.problems, f"the page was not written: {error}"))
    if not quiet:
        say(f"{page} written")
    return report


def _show(report: CycleReport) -> None:
    from debrissim.cli.layout import Sentence, show
    from debrissim.watch.cycle_answer import cycle_lines

    show(console(), map(Sentence, cycle_lines(report)))


def _end(report: CycleReport, fail_on: str | None) -> None:
    reached = {"red": RED, "yellow": YELLOW}.get(report.level, CHANGED if report.differences else 0)
    if fail_on is not None and reached >= _ORDER[fail_on]:
        raise typer.Exit(reached)
    if report.problems:
        raise typer.Exit(INCOMPLETE)


def _now() -> Time:
    from datetime import UTC, datetime

    from debrissim.core.time import Time

    return Time.of(datetime.now(UTC))
