"""The part of `debrissim pc` that shows messages as events over time."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from debrissim.cli.terminal import console, say
from debrissim.core.errors import InputError

if TYPE_CHECKING:
    from debrissim.cdm.history import EventAssessment

FEW_MESSAGES = 3
"""More messages than this are shown as events, not each in full."""
_TIME = re.compile(r"([0-9]{1,6}(?:\.[0-9]{1,6})?) ?(s|min|h|d)")
_SECONDS = {"s": 1.0, "min": 60.0, "h": 3600.0, "d": 86400.0}


def are_events(paths: Sequence[Path], *, asked: bool, as_json: bool, in_full: bool) -> bool:
    """Whether messages are shown as events: folders, public summaries, many messages, or if an option asks for it.

    in_full: an option asks for the methods of each message.

    Raises InputError if that is requested for events.
    """
    place: Path | None = next((path for path in paths if path.is_dir()), None)
    messages = 0
    for path in paths if place is None else ():
        number, is_table = _reports_in(path)
        messages += number
        if is_table:
            place = path
            break
    if in_full:
        if asked or place is not None:
            given = "--event, --decision or --store" if place is None else str(place)
            raise InputError(
                f"--method, --mc and --all show single messages: expected only files of messages, got {given}"
            )
        return False
    return asked or place is not None or (messages > FEW_MESSAGES and not as_json)


def _reports_in(path: Path) -> tuple[int, bool]:
    from debrissim.cdm.read import count_reports
    from debrissim.core.files import read_bytes

    try:
        return count_reports(read_bytes(path, "a file of CDMs"), str(path))
    except InputError:
        return 0, False


def parse_time_s(text: str, name: str) -> float:
    """Seconds of "24h", "90 min", "1.5d" or "30s". Raises InputError naming the option for other text."""
    found = _TIME.fullmatch(text.strip())
    if found is None:
        raise InputError(f"{name}: expected a time such as 24h, 90min or 2d, got {text[:40]!r}")
    return float(found[1]) * _SECONDS[found[2]]


def show_events(
    paths: Sequence[Path],
    *,
    hard_body_radius_m: float | None,
    event: int | None,
    decision: str,
    store: Path | None,
    as_json: bool,
) -> None:
    """Show the events of files and folders, or one of them. Exit code 2 if a file could not be read, otherwise 1 if the
    probability of an event shown is unknown.
    """
    from debrissim.cdm.history import assess_cdm_events
    from debrissim.cdm.series import read_cdm_events
    from debrissim.cdm.series_json import event_as_json, events_as_json
    from debrissim.cli.cdm_event_table import event_lines, history_lines
    from debrissim.cli.layout import show

    decision_s = parse_time_s(decision, "--decision")
    found = read_cdm_events(*paths)
    events = assess_cdm_events(found.events, hard_body_radius_m=hard_body_radius_m, decision_s=decision_s)
    if event is not None and not 1 <= event <= len(events):
        expected = f"expected 1 to {len(events)}, got {event}" if events else "no event was found"
        raise InputError(f"--event: {expected}")
    if as_json:
        import json

        content = (
            events_as_json(events, found.files) if event is None else event_as_json(event, events[event - 1])
        )
        say(json.dumps(content, indent=2, allow_nan=False))
    else:
        output = console()
        lines = (
            event_lines(events, found.files, width=output.width)
            if event is None
            else history_lines(event, events[event - 1], width=output.width)
        )
        show(output, lines)
    if store is not None:
        # With JSON the output is one document.
        say(_record(store, events), err=as_json)
    if found.files.faults:
        for fault in found.files.faults if as_json or event is not None else ():
            say(f"debrissim: {fault}", err=True)
        raise typer.Exit(2)
    shown = events if event is None else events[event - 1 : event]
    if any(one.latest.value is None for one in shown):
        raise typer.Exit(1)


def _record(path: Path, events: Sequence[EventAssessment]) -> str:
    """Add every report to a store; the outcome in one sentence. Raises InputError and RunError as `Store` does."""
    from debrissim.core.numbers import count
    from debrissim.watch import Store, message_batch

    batch = message_batch(events)
    with Store.open(path) as store:
        added = store.add(batch)
    changes = added.changes if added.recorded else ()
    opened = sum(change.is_new for change in changes)
    return (
        f"{path}: {count(len(changes), 'report')} recorded, {count(opened, 'new event')}; "
        f"{len(batch.updates) - len(changes):,} recorded before"
    )
