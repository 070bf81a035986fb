"""report.html as text: the data of a results folder put into the templates beside this file.

Everything that comes from catalogues and scenarios is escaped: by Jinja2 in the page, by `embedded_json` in the data
that the page's scripts read. The same data gives the same text.
"""

from __future__ import annotations

import json
import math
from base64 import b64encode
from collections.abc import Iterable, Mapping
from importlib.resources import files
from typing import Any

import numpy as np

from debrissim.core.arrays import Array
from debrissim.report.html import text
from debrissim.report.html.data import ReportData
from debrissim.report.html.libraries import packed_plotly
from debrissim.report.html.verdict import verdict

_SCRIPTS = ("table.js", "charts.js", "scene.js", "main.js")
# Columns of conjunctions.csv that the scripts read as numbers; the rest of a row stands in the page's own table.
NUMBER_COLUMNS = (
    "tca_s", "miss_distance_km", "miss_distance_sigma_km", "relative_position_r_km", "relative_position_t_km",
    "relative_position_n_km", "relative_speed_km_s", "approach_azimuth_deg", "approach_elevation_deg",
    "collision_probability", "collision_probability_half_sigma", "collision_probability_double_sigma",
    "maximum_probability", "maximum_sigma_factor", "hard_body_radius_m", "primary_age_days", "secondary_age_days",
    "plane_miss_x_km", "plane_miss_y_km", "plane_covariance_xx_km2", "plane_covariance_xy_km2",
    "plane_covariance_yy_km2", "impact_energy_j", "energy_to_mass_j_g", "energy_to_mass_low_j_g",
    "energy_to_mass_high_j_g", "fragments_above_10_cm", "fragments_above_10_cm_low", "fragments_above_10_cm_high",
)  # fmt: skip
TEXT_COLUMNS = (
    "tca_utc", "primary_name", "primary_norad_id", "secondary_name", "secondary_norad_id", "object_kind",
    "parent_event", "dilution", "flags", "catastrophic_over_range", "collision_probability_method", "volumes", "status",
    "hard_body_radius_is_default", "synthetic",
)  # fmt: skip
_DIGITS = 7


def report_html(data: ReportData) -> str:
    """The whole page. Needs Jinja2 and Plotly: see `missing_libraries`."""
    from markupsafe import Markup

    return _rendered(
        "report.html.jinja",
        data=data,
        totals=data.summary["totals"],
        provenance=data.summary["provenance"],
        verdict=verdict(data),
        rows=_rows(data),
        scripts=Markup("\n".join(_ours(name) for name in _SCRIPTS)),
        payload=Markup(embedded_json(payload(data))),
        plotly=Markup(packed_plotly()),
    )


def study_html(
    summary: Mapping[str, Any], lines: Iterable[str], figures: Mapping[str, bytes], tables: Iterable[str]
) -> str:
    """The page of a study.

    summary: the content of its summary.json. lines: its answer as a terminal shows it. figures: PNG by name. tables:
    names of its files.
    """
    return _rendered(
        "study.html.jinja",
        summary=summary,
        lines=list(lines),
        figures={name: b64encode(image).decode("ascii") for name, image in figures.items()},
        files=list(tables),
    )


def _rendered(template: str, **content: Any) -> str:
    from jinja2 import Environment, PackageLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        loader=PackageLoader(__package__),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "probability": text.probability,
        "level": text.level,
        "fixed": text.fixed,
        "moment": text.moment,
    }
    environment.globals |= {"count": text.count}
    page: str = environment.get_template(template).render(style=Markup(_ours("report.css")), **content)
    return page


def _ours(name: str) -> str:
    """A file beside the templates that is none: braces in it mean nothing."""
    return (files(__package__) / "templates" / name).read_text(encoding="utf-8")


def payload(data: ReportData) -> dict[str, Any]:
    """What the page's scripts read: columns under their names in conjunctions.csv, curves, thresholds, totals."""
    provenance, curves = data.summary["provenance"], data.curves
    totals, thresholds = data.summary["totals"], provenance["scenario"]["probability"]
    return {
        "start_utc": provenance["span"]["start_utc"],
        "span_days": provenance["span"]["duration_days"],
        "yellow": thresholds["yellow"],
        "red": thresholds["red"],
        "kinds": totals["kinds"],
        "parent_events": totals["parent_events"],
        "row": data.row.tolist(),
        "columns": {name: _floats(data.table[name]) for name in NUMBER_COLUMNS}
        | {name: list(data.table[name]) for name in TEXT_COLUMNS},
        "cdm": list(data.cdm),
        "scale": _significant(curves.scale, 5),
        # As exponents of ten, to a thousandth: what a chart of this size can show, in a third of the bytes.
        "dilution_log10": _rounded(_log10(curves.dilution), 3),
        "track_time_s": _rounded(curves.track_time_s, 3),
        "track_rtn_km": [_significant(track.T, 6) for track in curves.track_rtn_km],
        "arc_time_s": _rounded(curves.arc_time_s, 0),
        "arc_km": [_rounded(arc.T, 0) for arc in curves.arc_km],
        "orbit_share": _rounded(curves.orbit_share, 6),
        "orbit_km": [_rounded(orbit.T, 0) for orbit in curves.orbit_km],
        "orbit_period_s": _rounded(curves.orbit_period_s, 1),
    }


def embedded_json(content: Any) -> str:
    """JSON that can stand in a script element: no "<", ">" or "&" in it, so no name in it can end that element."""
    words = json.dumps(content, allow_nan=False, separators=(",", ":"))
    for character in "<>&":
        words = words.replace(character, f"\\u{ord(character):04x}")
    return words


def _rows(data: ReportData) -> list[Mapping[str, Any]]:
    """The rows of the page's table: text as in the file, numbers as floats, NaN where the cell is empty."""
    numbers = {name: [_number(cell) for cell in data.table[name]] for name in NUMBER_COLUMNS}
    words = {name: data.table[name] for name in TEXT_COLUMNS}
    columns = numbers | words
    names = list(columns)
    return [dict(zip(names, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _number(cell: str) -> float:
    return float(cell) if cell else math.nan


def _floats(column: list[str]) -> list[float | None]:
    return [_short(_number(cell), _DIGITS) for cell in column]


def _short(value: float, digits: int) -> float | None:
    return float(f"{value:.{digits}g}") if math.isfinite(value) else None


def _significant(values: Array, digits: int) -> Any:
    """Nested lists of numbers to so many digits; None for what is no number."""
    if values.ndim > 1:
        return [_significant(part, digits) for part in values]
    return [_short(value, digits) for value in values.tolist()]


def _rounded(values: Array, decimals: int) -> Any:
    """Nested lists of numbers to so many decimals, whole ones without a point; None for what is no number."""
    if values.ndim > 1:
        return [_rounded(part, decimals) for part in values]
    form = int if decimals == 0 else float
    return [
        form(round(value, decimals)) + form(0) if math.isfinite(value) else None for value in values.tolist()
    ]


def _log10(values: Array) -> Array:
    """NaN where there is nothing to take the logarithm of."""
    positive = values > 0.0
    return np.asarray(np.log10(np.where(positive, values, np.nan)))
