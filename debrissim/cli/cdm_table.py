"""Assessments of `pc` as tables for the terminal, 80 columns wide."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from pathlib import Path

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from debrissim.cdm import CdmObject
from debrissim.cdm.assess import CdmAssessment
from debrissim.cdm.method_results import MethodResult

_WIDTH = 80


def cdm_tables(report: CdmAssessment) -> Iterator[RenderableType]:
    """One conjunction: objects, geometry, the methods side by side, and the choice of `auto`."""
    message = report.conjunction
    yield _line(f"{_label(message.primary)}  x  {_label(message.secondary)}", "bold")
    yield _line(f"{Path(message.source).name}, {message.originator}; TCA {message.tca_utc}")
    origin = "as stated" if report.radius_from_message else "as given"
    yield _line(
        f"miss {report.miss_distance_km:.5g} km ({report.miss_sigmas:.2f} sigma in the plane), "
        f"{report.relative_speed_km_s:.4g} km/s, hard body {report.hard_body_radius_m:g} m {origin}, "
        f"sigmas {1000 * report.sigma_major_km:.4g} m x {1000 * report.sigma_minor_km:.4g} m"
    )
    yield _methods(report)
    if report.flags:
        yield _line(f"flags: {', '.join(report.flags)}", "yellow")
    region = "; in the dilution region, better tracking would raise Pc" if report.dilution else ""
    yield _line(f"maximum {report.maximum:.3e} with every sigma x {report.maximum_scale:.3g}{region}")
    yield _line(f"auto: {report.chosen}. {report.reason}")
    for note in message.notes:
        yield _line(f"note: {note}", "dim")


def _methods(report: CdmAssessment) -> RenderableType:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("method", no_wrap=True)
    table.add_column("Pc", justify="right", no_wrap=True)
    table.add_column("bounds, remarks")
    for value in report.values:
        chosen = value.method == report.chosen
        table.add_row(*_row(value), style="bold" if chosen else "")
    message = report.conjunction
    if message.collision_probability is not None:
        method = message.collision_probability_method or "method not stated"
        table.add_row("(stated)", f"{message.collision_probability:.4e}", f"{message.originator}, {method}")
    return table


def _row(value: MethodResult) -> tuple[str, str, str]:
    remarks = list(value.flags)
    if value.lower is not None and value.upper is not None:
        remarks.insert(0, f"{value.lower:.3e} to {value.upper:.3e}")
    shown = "-" if value.value is None else f"{value.value:.4e}"
    return value.method, shown, ", ".join(remarks)


def _label(item: CdmObject) -> str:
    return f"{item.designator} {item.name}"


def _line(text: str, style: str = "") -> Text:
    return Text(
        textwrap.fill(text, _WIDTH, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False),
        style,
    )
