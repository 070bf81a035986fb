"""A scene for Cesium: the primaries' orbits, every other object's arcs around its encounters, a line between the two.

Source: Analytical Graphics, "CZML Guide" (github.com/AnalyticalGraphicsInc/czml-writer/wiki); packets by czml3.

Assumptions
- Positions are in Cesium's INERTIAL frame, the ICRF; EME2000 is used for it (0.02 arc seconds, below a metre in low
  orbits).
- Cesium's own clock counts leap seconds; element sets have none. Nothing is shifted for them.
- Samples are interpolated by Lagrange polynomials of degree 7: 0.1 m in low orbits at a step of a minute.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from debrissim.catalog import ObjectKind, identifier, object_label
from debrissim.core.errors import InputError
from debrissim.core.time import datetime64_text, utc_text
from debrissim.ephemerides.oem_write import DEGREE
from debrissim.results.export.arcs import ObjectArcs, RunArcs, Segment, read_arcs
from debrissim.results.export.flown import FlownSource
from debrissim.results.export.format import ExportFormat
from debrissim.results.export.oem import states_of
from debrissim.results.export.target import write_file
from debrissim.results.table import Table

if TYPE_CHECKING:
    from czml3 import IntervalValue, Packet, TimeInterval

STEP_S = 60.0

# Half a revolution of a low orbit to either side.
_PATH_S = 2700.0
# As in the figures (report/style.py): one colour per kind, the alert colours for the lines between the objects.
_COLORS = {
    ObjectKind.DEBRIS: [0, 114, 178, 255],
    ObjectKind.ROCKET_BODY: [204, 121, 167, 255],
    ObjectKind.PAYLOAD: [0, 158, 115, 255],
    ObjectKind.UNKNOWN: [160, 160, 160, 255],
}
_PRIMARY = [255, 255, 255, 255]
_PLAIN, _YELLOW, _RED = [200, 200, 200, 255], [230, 159, 0, 255], [213, 94, 0, 255]


def write(
    folder: Path,
    target: Path,
    *,
    minutes: float = 10.0,
    flown: FlownSource | None = None,
    force: bool = False,
) -> Path:
    """Write the scene; returns its path. minutes: of arc on either side of each TCA; flown: as in `read_arcs`.

    Raises InputError if czml3 is not installed, `folder` is not a results folder or the target exists, RunError if
    writing fails.
    """
    try:
        from czml3 import Document
    except ImportError as error:
        raise InputError(
            "export: czml needs czml3, install it with: pip install 'debrissim[czml]'"
        ) from error
    run = read_arcs(folder, half_minutes=minutes, step_s=STEP_S, whole_primaries=True, flown=flown)
    packets = [
        _preamble(run),
        *(_object(run, arcs) for arcs in run.objects),
        *_encounters(run, 60.0 * minutes),
    ]
    return write_file(target, (Document(packets=packets).dumps() + "\n").encode("utf-8"), force=force)


def _preamble(run: RunArcs) -> Packet:
    from czml3 import CZML_VERSION, Packet
    from czml3.properties import Clock
    from czml3.types import IntervalValue

    provenance = run.summary["provenance"]
    synthetic = "SYNTHETIC POPULATION: " if provenance["catalogue"]["synthetic"] else ""
    return Packet(
        id="document",
        name=synthetic + str(provenance["scenario"]["title"]),
        version=CZML_VERSION,
        clock=IntervalValue(
            start=_moment(run, 0.0),
            end=_moment(run, run.duration_s),
            value=Clock(currentTime=_moment(run, 0.0), multiplier=60),
        ),
    )


def _object(run: RunArcs, arcs: ObjectArcs) -> Packet:
    from czml3 import Packet
    from czml3.properties import Color, Label, Path, Point, PolylineMaterial, SolidColorMaterial
    from czml3.types import Cartesian2Value, TimeIntervalCollection

    catalog, row = run.catalog, arcs.row
    number, name = int(catalog.norad_id[row]), str(catalog.name[row])
    kind = ObjectKind(int(catalog.object_kind[row]))
    is_primary = number in run.primaries
    color = Color(rgba=_PRIMARY if is_primary else _COLORS[kind])
    label = Label(
        text=name, font="11pt sans-serif", fillColor=color, pixelOffset=Cartesian2Value(values=[10, -10])
    )
    synthetic = "<p>SYNTHETIC: sampled from statistics, this object does not exist.</p>"
    return Packet(
        id=f"object/{identifier(number)}",
        name=object_label(number, name),
        description=f"<p>{escape(kind.label)}</p>" + (synthetic if catalog.synthetic[row] else ""),
        availability=TimeIntervalCollection(values=[_interval(run, segment) for segment in arcs.segments]),
        # One interval per segment: Cesium would interpolate across the gap between two.
        position=TimeIntervalCollection(values=[_position(run, segment) for segment in arcs.segments]),
        point=Point(pixelSize=9 if is_primary else 6, color=color),
        label=label if is_primary else None,
        path=Path(
            width=1.5 if is_primary else 1.0,
            leadTime=_PATH_S,
            trailTime=_PATH_S,
            resolution=30.0,
            material=PolylineMaterial(solidColor=SolidColorMaterial(color=color)),
        ),
    )


def _interval(run: RunArcs, segment: Segment) -> TimeInterval:
    from czml3 import TimeInterval

    first, last = segment.time_s[[0, -1]].tolist()
    return TimeInterval(start=_moment(run, first), end=_moment(run, last))


def _position(run: RunArcs, segment: Segment) -> IntervalValue:
    from czml3 import IntervalValue, Position

    first, last = segment.time_s[[0, -1]].tolist()
    metres = 1000.0 * states_of(run, segment, "eme2000")[:, :3]
    # A centimetre, and the millisecond at which every state is.
    samples = np.column_stack([np.round(segment.time_s - first, 3), np.round(metres, 2)]).ravel()
    return IntervalValue(
        start=_moment(run, first),
        end=_moment(run, last),
        value=Position(
            epoch=_moment(run, first),
            cartesian=samples.tolist(),
            referenceFrame="INERTIAL",
            interpolationAlgorithm="LAGRANGE",
            interpolationDegree=min(DEGREE, segment.time_s.size - 1),
        ),
    )


def _encounters(run: RunArcs, half_s: float) -> Iterator[Packet]:
    """A line from primary to secondary around each TCA, with the encounter's numbers as its description."""
    from czml3 import Packet
    from czml3.properties import Color, Polyline, PolylineMaterial, PositionList, SolidColorMaterial
    from czml3.types import ReferenceListValue, TimeInterval

    thresholds = run.summary["provenance"]["scenario"]["probability"]
    table = run.table
    stamps = datetime64_text(table.tca_utc)
    for row, tca in enumerate(table.tca_s.tolist()):
        # A probability that is not available is NaN, which is not above any threshold.
        probability = table.collision_probability[row]
        color = (
            _RED
            if probability >= thresholds["red"]
            else _YELLOW
            if probability >= thresholds["yellow"]
            else _PLAIN
        )
        primary, secondary = (
            identifier(table.primary_norad_id[row]),
            identifier(table.secondary_norad_id[row]),
        )
        yield Packet(
            id=f"encounter/{row}",
            name=f"{stamps[row]} {table.primary_name[row]} x {table.secondary_name[row]}",
            description=_description(table[row]),
            availability=TimeInterval(start=_moment(run, tca - half_s), end=_moment(run, tca + half_s)),
            polyline=Polyline(
                positions=PositionList(
                    references=ReferenceListValue(
                        values=[f"object/{primary}#position", f"object/{secondary}#position"]
                    )
                ),
                arcType="NONE",
                width=1.5,
                material=PolylineMaterial(solidColor=SolidColorMaterial(color=Color(rgba=color))),
            ),
        )


def _description(encounter: Table) -> str:
    """The numbers of an encounter, a table of one row, as a small HTML table, which Cesium shows next to the scene."""
    rows = {
        "TCA (UTC)": datetime64_text(encounter.tca_utc)[0],
        "miss distance, km": _cell(encounter.miss_distance_km[0]),
        "modelled sigma along it, km": _cell(encounter.miss_distance_sigma_km[0]),
        "relative speed, km/s": _cell(encounter.relative_speed_km_s[0]),
        "Pc": _cell(encounter.collision_probability[0]) or "not available",
        "maximum Pc": _cell(encounter.maximum_probability[0]) or "not available",
        "covariance": encounter.covariance_model[0],
    }
    cells = "".join(
        f"<tr><th>{escape(name)}</th><td>{escape(value)}</td></tr>" for name, value in rows.items()
    )
    return f"<table>{cells}</table>"


def _cell(value: float) -> str:
    """The shortest text that reads back the same; nothing for NaN."""
    return "" if np.isnan(value) else repr(float(value))


def _moment(run: RunArcs, seconds: float) -> str:
    return utc_text(run.start_jd, run.start_fraction, seconds)


FORMAT = ExportFormat("czml", "a scene for Cesium", ".czml", write, options=("minutes",), extra="czml")
