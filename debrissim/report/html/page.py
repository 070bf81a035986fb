"""report.html as text: the data of a results folder in the templates next to this file.

Everything that comes from catalogues and scenarios is escaped: by Jinja2 in the page, by `embedded_json` in the data
that the page's scripts read. The same data gives the same text.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files
from typing import Any
from urllib.parse import quote

import numpy as np

from debrissim.catalog import identifier
from debrissim.core import numbers
from debrissim.core.arrays import Array
from debrissim.core.time import datetime64_text, utc_datetime64
from debrissim.ephemerides.frames import EARTH_ROTATION_RAD_S
from debrissim.probability.registry import plane_methods, state_methods
from debrissim.report.answer import AnswerTable, StudyAnswer
from debrissim.report.avoidable import GOAL, MOST_LISTED
from debrissim.report.coastlines import coastlines
from debrissim.report.error_words import covariance_sources
from debrissim.report.html.data import PageFigure, ReportData, SpacePaths
from debrissim.report.html.libraries import packed_plotly
from debrissim.report.sentences import interval, own_totals, span_words, split_volumes
from debrissim.report.verdict import SAMPLED
from debrissim.results.schema.conjunctions import CONJUNCTIONS
from debrissim.results.table import Table

_SCRIPTS = ("table.js", "charts.js", "scene.js", "loading.js", "main.js")
# The columns of conjunctions.csv that the page and its scripts show, in the order of their embedded data.
_SHOWN = (
    "tca_s", "miss_distance_km", "miss_distance_sigma_km", "relative_position_r_km", "relative_position_t_km",
    "relative_position_n_km", "relative_speed_km_s", "approach_azimuth_deg", "approach_elevation_deg",
    "collision_probability", "collision_probability_low", "collision_probability_high",
    "maximum_probability", "maximum_sigma_factor", "hard_body_radius_m", "primary_age_days", "secondary_age_days",
    "plane_miss_x_km", "plane_miss_y_km", "plane_covariance_xx_km2", "plane_covariance_xy_km2",
    "plane_covariance_yy_km2", "impact_energy_j", "energy_to_mass_j_g", "energy_to_mass_low_j_g",
    "energy_to_mass_high_j_g", "fragments_above_10_cm", "fragments_above_10_cm_low", "fragments_above_10_cm_high",
    "tca_utc", "primary_name", "primary_norad_id", "secondary_name", "secondary_norad_id", "object_kind",
    "parent_event", "dilution", "flags", "catastrophic_over_range", "collision_probability_method", "volumes", "status",
    "hard_body_radius_is_default",
)  # fmt: skip
_DTYPE = {column.name: column.dtype for column in CONJUNCTIONS.columns}
NUMBER_COLUMNS = tuple(name for name in _SHOWN if _DTYPE[name] == "float")
"""Those embedded as numbers, null for a missing one."""
TEXT_COLUMNS = tuple(name for name in _SHOWN if _DTYPE[name] != "float")
"""Those embedded as text, as in the CSV file: names, catalogue numbers, times, true and false."""
SAMPLED_COLUMNS = ("approach_azimuth_deg", "relative_speed_km_s")
"""Those of encounters with synthetic objects: they have rates and directions, but no dates or probability."""
_DIGITS = 7


def report_html(data: ReportData) -> str:
    """The page of a run. Needs Jinja2: see `missing_libraries`."""
    from markupsafe import Markup

    return rendered(
        "report.html.jinja",
        data=data,
        totals=data.summary["totals"],
        provenance=data.summary["provenance"],
        verdict=data.verdict,
        span=span_words(data.summary["provenance"]["span"]["duration_days"]),
        newest_age_days=_newest_age_days(data.summary["provenance"]),
        avoidance_goal=GOAL,
        most_avoidable=MOST_LISTED,
        rows=_rows(data.table),
        sampled=_rows(data.sampled),
        spacecraft=_spacecraft(data),
        method_words=_method_words(),
        scripts=Markup("\n".join(map(asset, _SCRIPTS))),
        payload=Markup(embedded_json(payload(data))),
        plotly=Markup(packed_plotly()),
    )


def study_html(
    summary: Mapping[str, Any],
    answer: StudyAnswer,
    figures: Sequence[PageFigure],
    files: Iterable[str],
    *,
    page_tables: Sequence[AnswerTable] = (),
) -> str:
    """The page of a study.

    summary: the content of its summary.json. answer: in words and tables. figures: the one that shows the answer first.
    files: names of those next to the page. page_tables: further tables of the page.
    """
    return rendered(
        "study.html.jinja",
        summary=summary,
        answer=answer,
        figures=list(figures),
        files=list(files),
        tables=[own for own in (*answer.tables, *page_tables) if own.rows],
    )


def rendered(template: str, **content: Any) -> str:
    """A template of this folder with its content, which is escaped."""
    from jinja2 import Environment, PackageLoader, StrictUndefined, UndefinedError
    from markupsafe import Markup

    environment = Environment(
        loader=PackageLoader(__package__),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "probability": numbers.probability,
        "one_in": numbers.one_in,
        "rounded": numbers.rounded,
        "level": numbers.scientific,
        "fixed": numbers.fixed,
        "moment": numbers.moment,
        "link": _link,
        "identifier": identifier,
    }
    environment.globals |= {"count": numbers.count, "plus_minus": numbers.plus_minus}
    environment.globals |= {"interval": interval, "probability_range": numbers.probability_range}
    try:
        page: str = environment.get_template(template).render(style=Markup(asset("report.css")), **content)
    except UndefinedError as error:
        raise KeyError(str(error)) from error
    return page


def _link(path: str) -> str:
    """A path next to the page as the address of a link: "javascript:x" is then a file, not a program."""
    return quote(path, safe="/", errors="surrogateescape")


def asset(name: str) -> str:
    """The text of a script or style sheet, in which braces have no meaning."""
    return (files(__package__) / "templates" / name).read_text(encoding="utf-8")


def payload(data: ReportData) -> dict[str, Any]:
    """The data of the page's scripts: columns under their names in conjunctions.csv, curves, thresholds, totals."""
    provenance, curves = data.summary["provenance"], data.curves
    totals, thresholds = data.summary["totals"], provenance["scenario"]["probability"]
    if data.verdict.kind == SAMPLED:
        sampled = {name: _significant(data.sampled[name], 4) for name in SAMPLED_COLUMNS}
        return {
            "sampled": True,
            "directions": data.direction_label,
            "speed_counts": totals["speed_counts"],
            "row": [],
            "columns": sampled,
        }
    return {
        "sampled": False,
        "directions": data.direction_label,
        "start_utc": provenance["span"]["start_utc"],
        "span_days": provenance["span"]["duration_days"],
        "yellow": thresholds["yellow"],
        "red": thresholds["red"],
        "rows_file": data.rows_file,
        "volume_words": {volume["name"]: volume["description"] for volume in totals["volumes"]},
        "method_words": _method_words(),
        "row": data.row.tolist(),
        "columns": {name: _significant(data.table[name], _DIGITS) for name in NUMBER_COLUMNS}
        | {name: data.table.cells(name) for name in TEXT_COLUMNS},
        "words": _words(data),
        "cdm": list(map(_link, data.cdm)),
        "scale": _significant(curves.scale, 5),
        # As exponents of ten, to a thousandth: as fine as a chart of this size can show, in a third of the bytes.
        "dilution_log10": nested(_log10(curves.dilution), 3),
        "track_time_s": nested(curves.track_time_s, 3),
        "track_rtn_km": [_significant(track.T, 6) for track in curves.track_rtn_km],
        **space_json(curves.paths),
        "coasts_deg": coasts_json(),
    }


def space_json(paths: SpacePaths) -> dict[str, Any]:
    """The data of the view in space: paths to a kilometre, angles and the direction of the Sun to 0.01 degrees."""
    return {
        "arc_time_s": nested(paths.arc_time_s, 0),
        "arc_km": [nested(arc.T, 0) for arc in paths.arc_km],
        "orbit_fraction": nested(paths.orbit_fraction, 6),
        "orbit_km": [nested(orbit.T, 0) for orbit in paths.orbit_km],
        "orbit_period_s": nested(paths.orbit_period_s, 1),
        "earth_angle_rad": nested(paths.earth_angle_rad, 4),
        "earth_turn_rad_s": EARTH_ROTATION_RAD_S,
        "sun": nested(paths.sun, 4),
    }


def coasts_json() -> list[list[float]]:
    """The coasts, each a flat list of longitude and latitude in turn, to a tenth of a degree."""
    return [nested(line.ravel(), 1) for line in coastlines()]


def embedded_json(content: Any) -> str:
    """JSON for a script element: without "<", ">" and "&", so that no name in it can end the element."""
    encoded = json.dumps(content, allow_nan=False, separators=(",", ":"))
    for character in "<>&":
        encoded = encoded.replace(character, f"\\u{ord(character):04x}")
    return encoded


def _words(data: ReportData) -> dict[str, list[str]]:
    """Numbers of each encounter as text, so that scripts and tables write them in the same way."""
    table, provenance = data.table, data.summary["provenance"]
    values = {name: table[f"collision_probability{name}"].tolist() for name in ("", "_low", "_high")}
    miss = zip(table.miss_distance_km.tolist(), table.miss_distance_sigma_km.tolist(), strict=True)
    return {
        "miss": [numbers.plus_minus(*pair, "km") for pair in miss],
        "odds": [numbers.one_in(value) for value in values[""]],
        "pc": [numbers.probability(value) for value in values[""]],
        "range": [
            numbers.probability_range(low, high)
            for low, high in zip(values["_low"], values["_high"], strict=True)
        ],
        "maximum": [numbers.probability(value) for value in table.maximum_probability.tolist()],
        "covariances": [
            f"primary {primary}, secondary {secondary}"
            for primary, secondary in covariance_sources(table, provenance).tolist()
        ],
        "stay": _stays(table, provenance["span"]),
    }


def _method_words() -> dict[str, str]:
    """The methods of probability in words, by name."""
    return {name: method.summary for name, method in (plane_methods() | state_methods()).items()}


def _spacecraft(data: ReportData) -> list[dict[str, Any]]:
    """The answer for each of several spacecraft: its totals, the level, and its most probable encounter in words."""
    own = own_totals(data.summary["totals"])
    return [
        {
            **sums,
            "level": verdict.level,
            "odds": numbers.one_in(sums["cumulative_probability"]),
            "range": _odds_range(sums["cumulative_low"], sums["cumulative_high"]),
            "volume": split_volumes(sums)[0],
            **_most_probable(data, sums),
        }
        for sums, verdict in zip(own, data.verdict.primaries, strict=True)
    ]


def _odds_range(low: float | None, high: float | None) -> str:
    ends = numbers.one_in(low), numbers.one_in(high)
    return ends[0] if ends[0] == ends[1] else " to ".join(ends)


def _most_probable(data: ReportData, sums: Mapping[str, Any]) -> dict[str, Any]:
    """Its row in the file, None if the page does not have it, with the other object's name, odds and miss."""
    (place,) = np.nonzero(data.row == (-1 if sums["most_probable"] is None else sums["most_probable"]))
    if not len(place):
        return {"row": None}
    table = data.table[place[:1]]
    other = "secondary" if table.primary_norad_id[0] == sums["norad_id"] else "primary"
    return {
        "row": int(data.row[place[0]]),
        "with_name": table[f"{other}_name"][0] or identifier(table[f"{other}_norad_id"][0]),
        "tca_utc": table.cells("tca_utc")[0],
        "encounter_odds": numbers.one_in(table.collision_probability[0]),
        "miss": numbers.plus_minus(table.miss_distance_km[0], table.miss_distance_sigma_km[0], "km"),
    }


def _stays(table: Table, span: Mapping[str, Any]) -> list[str]:
    """The times between which each secondary is inside the volumes; "" for folders written before version 0.2."""
    if "entry_s" not in table:
        return [""] * len(table)
    start = span["start_jd"], span["start_fraction"]
    entries, exits = (
        [
            text.replace("T", " ").replace("Z", " UTC")
            for text in datetime64_text(utc_datetime64(*start, seconds))
        ]
        for seconds in (table.entry_s, table.exit_s)
    )
    return [
        f"{since or 'beginning of the data'} to {until or 'end of the data'}{'' if at_tca else ', not at TCA'}"
        for since, until, at_tca in zip(entries, exits, table.inside_at_tca.tolist(), strict=True)
    ]


def _newest_age_days(provenance: Mapping[str, Any]) -> float:
    """Age of the catalogue's newest element set at the start of the span, negative if it is later; 0 if there is
    none."""
    if provenance["catalogue"]["last_epoch_utc"] is None:
        return 0.0
    newest = np.datetime64(provenance["catalogue"]["last_epoch_utc"].removesuffix("Z"))
    age = np.datetime64(provenance["span"]["start_utc"].removesuffix("Z")) - newest
    return float(age / np.timedelta64(1, "D"))


def _rows(table: Table) -> list[Mapping[str, Any]]:
    """Rows of conjunctions.csv for the page: typed values, NaN where a number is missing, times as in the file."""
    columns = [
        table.cells(name) if _DTYPE[name] in ("time", "id") else table[name].tolist() for name in _SHOWN
    ]
    return [dict(zip(_SHOWN, row, strict=True)) for row in zip(*columns, strict=True)]


def _short(value: float, digits: int) -> float | None:
    return float(f"{value:.{digits}g}") if math.isfinite(value) else None


def _significant(values: Array, digits: int) -> Any:
    """Nested lists of numbers to this many significant digits; None instead of NaN and infinity."""
    if values.ndim > 1:
        return [_significant(part, digits) for part in values]
    return [_short(value, digits) for value in values.tolist()]


def nested(values: Array, decimals: int) -> Any:
    """Nested lists of numbers to this many decimals (integers for 0); None instead of NaN and infinity."""
    if values.ndim > 1:
        return [nested(part, decimals) for part in values]
    number = int if decimals == 0 else float
    return [
        number(round(value, decimals)) + number(0) if math.isfinite(value) else None
        for value in values.tolist()
    ]


def _log10(values: Array) -> Array:
    """Logarithms, NaN where a value is not positive."""
    positive = values > 0.0
    return np.asarray(np.log10(np.where(positive, values, np.nan)))
