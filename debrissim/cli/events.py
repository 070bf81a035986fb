"""`debrissim events`: the events of a store, and the history of one of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from debrissim.cli.options import refuse_existing
from debrissim.cli.terminal import console, say

if TYPE_CHECKING:
    from debrissim.core.time import Time
    from debrissim.watch.store import Store


def events(
    store: Annotated[
        Path | None, typer.Option("--store", help="The store; by default the one of `debrissim watch`.")
    ] = None,
    event: Annotated[
        int | None, typer.Option("--event", min=1, help="Show the history of this event.")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Also list events whose TCA is over.")] = False,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, help="Rows of the table.")] = 20,
    figure: Annotated[
        Path | None,
        typer.Option("--figure", help="Plot Pc, miss and TCA over time into this file, .png or .svg."),
    ] = None,
    report: Annotated[
        Path | None,
        typer.Option("--report", help="Write a page with every spacecraft and event into this file."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace an existing figure or page.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of the table.")] = False,
) -> None:
    """List the close approaches that runs and messages reported, the most probable first.

    Example: debrissim events --event 3 --figure event3.png
    """
    from datetime import UTC, datetime

    from debrissim.core.time import Time
    from debrissim.watch.history import thresholds
    from debrissim.watch.places import default_store
    from debrissim.watch.store import Store

    for path in (figure, report):
        if path is not None:
            refuse_existing(path, force=force)
    now = Time.from_datetime(datetime.now(UTC))
    with Store.open(store or default_store(), write=False) as opened:
        yellow, red = thresholds(opened)
        if event is not None:
            _show_event(opened, event, now, yellow, red, as_json=as_json)
        else:
            _show_list(opened, now, yellow, red, every=every, limit=limit, as_json=as_json)
        if figure is not None:
            _plot(opened, event, now, figure, every=every)
            if not as_json:
                say(f"figure in {figure}")
        if report is not None:
            from debrissim.watch.site import write_page

            written = write_page(opened, report, now=now, every=every)
            if not as_json:
                say(f"page for a browser: {written}")


def _show_event(store: Store, number: int, now: Time, yellow: float, red: float, *, as_json: bool) -> None:
    from debrissim.cli.events_table import history_rows
    from debrissim.cli.layout import show
    from debrissim.watch.as_json import event_as_json, update_as_json

    event, updates = store.event(number), store.history(number)
    if as_json:
        _say_json(event_as_json(event) | {"history": [update_as_json(update) for update in updates]})
        return
    show(console(), history_rows(event, updates, now, yellow, red))


def _show_list(
    store: Store, now: Time, yellow: float, red: float, *, every: bool, limit: int, as_json: bool
) -> None:
    from debrissim.cli.events_table import event_rows
    from debrissim.cli.layout import show
    from debrissim.watch.answers import overview
    from debrissim.watch.as_json import event_as_json

    found = store.events(after=None if every else now)
    if as_json:
        _say_json({"yellow": yellow, "red": red, "events": [event_as_json(event) for event in found]})
        return
    words = overview(store, found, now, yellow, red)
    show(console(), event_rows(words, found, now, yellow, red, limit=limit))
    over = 0 if every else len(store.events(before=now))
    if over:
        say(f"{over:,} more with a past TCA: --all lists them")


def _plot(store: Store, number: int | None, now: Time, path: Path, *, every: bool) -> None:
    from debrissim.core.errors import InputError
    from debrissim.report.figures.registry import plot_figures
    from debrissim.report.output import save_figure
    from debrissim.watch.answers import most_probable_first
    from debrissim.watch.history import event_view, events_view

    view = (
        event_view(store, number)
        if number is not None
        else events_view(store, most_probable_first(store.events(after=None if every else now)))
    )
    for plotted in plot_figures(view).values():
        save_figure(plotted, path)
        return
    raise InputError(f"{path}: not written because there is no event to plot")


def _say_json(content: object) -> None:
    import json

    say(json.dumps(content, indent=2, allow_nan=False))
