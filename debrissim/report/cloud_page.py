"""The modelled clouds on the page of a run: passes by spacecraft and by day, and the figures of the cloud."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from debrissim.core.numbers import NOTHING, rounded
from debrissim.report.answer import AnswerTable
from debrissim.report.cloud_verdict import fragment_numbers, most_passes, primary_names, volume_words
from debrissim.report.html.data import CloudPage, PageFigure
from debrissim.report.sentences import interval
from debrissim.results.own_files import PLOTS
from debrissim.results.table import Table

_MOST_DAYS = 8


def cloud_page(
    folder: Path,
    summary: Mapping[str, Any],
    tables: Mapping[str, Table],
    plotted: Callable[[], object] | None = None,
) -> CloudPage | None:
    """The part of the page that shows the clouds of a run; None if the run has none.

    plotted: waits for figures that are still being plotted; called when they are asked for.
    """
    if not summary.get("cloud"):
        return None
    return CloudPage(
        tables=(_by_spacecraft(summary), _by_day(summary, tables["cloud_days"])),
        not_compared=summary["cloud"]["not_compared"],
        figures=_Figures(folder, plotted),
    )


class _Figures:
    """The figures of the cloud, read when they are requested; until then they may still be plotting."""

    def __init__(self, folder: Path, plotted: Callable[[], object] | None) -> None:
        self._folder, self._plotted = folder, plotted

    def __iter__(self) -> Iterator[PageFigure]:
        # Their captions are with the figures, whose libraries the page of a run does not need.
        from debrissim.report.figures.registry import figures
        from debrissim.report.views import CloudView

        if self._plotted is not None:
            self._plotted()
        for entry in figures():
            path = self._folder / PLOTS / f"{entry.name}.png"
            if CloudView in entry.views and path.is_file():
                yield PageFigure(entry.name, path.read_bytes(), entry.caption)


def _by_spacecraft(summary: Mapping[str, Any]) -> AnswerTable:
    cloud, sampled = summary["cloud"], fragment_numbers(summary["provenance"]["clouds"])
    compared = not cloud["not_compared"]
    names, volumes = primary_names(summary), volume_words(summary)
    return AnswerTable(
        "Passes of modelled fragments within the span",
        (
            "Spacecraft",
            "Inside",
            "Passes",
            "By observed breakups",
            *(["Everything else"] if compared else []),
        ),
        tuple(
            (
                names[entry["primary_norad_id"]],
                volumes[entry["volume"]],
                f"{entry['fragment_passes']:,}",
                _scaled(entry["fragment_passes"], *sampled),
                *([f"{entry['background_passes']:,}"] if compared else []),
            )
            for entry in cloud["passes"]
        ),
        "Passes are proportional to the number of fragments, whose range comes from observed breakups.",
    )


def _scaled(passes: int, sampled: int, low: float, high: float) -> str:
    """The range of a number of passes from that of the fragments."""
    scale = passes / max(sampled, 1)
    return f"{rounded(scale * low)} to {rounded(scale * high)}" if passes else NOTHING


def _by_day(summary: Mapping[str, Any], days: Table) -> AnswerTable:
    """Passes per day of the spacecraft and the volume with most passes, on some of the days."""
    shown = most_passes(summary["cloud"])
    number, compared = shown["primary_norad_id"], not summary["cloud"]["not_compared"]
    own = days[(days.primary_norad_id == number) & (days.volume == shown["volume"])]
    places = np.unique(np.linspace(0, len(own) - 1, min(len(own), _MOST_DAYS)).round().astype(int)).tolist()
    kinds = ("fragment", *(["background"] if compared else []))
    headings = {
        "fragment": ("Fragments", "95 %"),
        "background": ("Everything else", "95 % of all other objects"),
    }
    return AnswerTable(
        f"Passes per day: {primary_names(summary)[number]}, inside {volume_words(summary)[shown['volume']]}",
        ("Day", *(heading for kind in kinds for heading in headings[kind])),
        tuple(
            (
                f"{int(own.number[k]):,}",
                *(cell for kind in kinds for cell in _rate(own, kind, k)),
            )
            for k in places
        ),
        "" if len(places) == len(own) else "All days are in cloud_days.csv, all revolutions in cloud.csv.",
    )


def _rate(days: Table, kind: str, k: int) -> tuple[str, str]:
    low, high = (float(days[f"{kind}_per_day_{end}"][k]) for end in ("low", "high"))
    return rounded(float(days[f"{kind}_per_day"][k])), interval(low, high)
