"""Catalogues written as OMM CSV: CelesTrak's columns and a few of this program's own, which other readers
ignore.

Every number is written with as many digits as it takes to read back the same bits, and epochs with as many
decimals. Reading the file gives the same Catalog, on these conditions, which hold for every catalogue that
was read: names without runs of blanks or line breaks, no two identical element sets, values within the
limits of `debrissim.catalog.columns`.
"""

from __future__ import annotations

import csv
import gzip
import io
import lzma
import math
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from debrissim.catalog.catalog import Catalog, ObjectKind, RcsSize
from debrissim.catalog.identifiers import Origin, identifier
from debrissim.catalog.records import ELEMENT_KEYS
from debrissim.core.epochs import format_iso_epoch
from debrissim.core.files import replace_file
from debrissim.core.text import spreadsheet_cell

# CelesTrak's columns in CelesTrak's order, then OBJECT_TYPE as Space-Track has it, then this program's own.
_HEADER = (
    "OBJECT_NAME",
    "OBJECT_ID",
    *ELEMENT_KEYS,
    "EPHEMERIS_TYPE",
    "CLASSIFICATION_TYPE",
    "NORAD_CAT_ID",
    "ELEMENT_SET_NO",
    "REV_AT_EPOCH",
    "BSTAR",
    "MEAN_MOTION_DOT",
    "MEAN_MOTION_DDOT",
    "OBJECT_TYPE",
    "ORIGIN",
    "PARENT_EVENT",
    "HARD_BODY_RADIUS_M",
    "MASS_KG",
    "RCS_SIZE",
)

_OBJECT_TYPES = {kind: kind.name.replace("_", " ") for kind in ObjectKind}


def write_omm_csv(
    catalog: Catalog, path: str | os.PathLike[str], more: Mapping[str, Sequence[str]] | None = None
) -> None:
    """Write a catalogue as OMM CSV; the same catalogue gives the same bytes.

    The file appears whole or not at all: it is written under another name, then renamed; an existing file is replaced.

    Parameters
    ----------
    catalog : Catalog
        The element sets to write.
    path : str or path-like
        The file; one ending in .gz or .xz is compressed.
    more : mapping of str to sequence of str, optional
        Further columns of text by name, which are ignored when the file is read.

    Raises
    ------
    RunError
        If the file cannot be written; the message names the path.
    """
    path = Path(path)
    data = _as_csv(catalog, more or {}).encode("utf-8")
    if path.suffix == ".xz":
        data = lzma.compress(data)
    elif path.suffix == ".gz":
        data = gzip.compress(data, mtime=0)
    replace_file(path, data)


def _as_csv(catalog: Catalog, more: Mapping[str, Sequence[str]]) -> str:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow((*_HEADER, *more))
    # One list per column, as Python values: row access into NumPy columns is ten times slower.
    columns = (
        _texts(catalog.name),
        _texts(catalog.international_designator),
        [
            format_iso_epoch(jd, fraction)
            for jd, fraction in zip(catalog.epoch_jd.tolist(), catalog.epoch_fraction.tolist(), strict=True)
        ],
        catalog.mean_motion_rev_day.tolist(),
        catalog.eccentricity.tolist(),
        catalog.inclination_deg.tolist(),
        catalog.raan_deg.tolist(),
        catalog.arg_perigee_deg.tolist(),
        catalog.mean_anomaly_deg.tolist(),
        list(map(identifier, catalog.norad_id.tolist())),
        catalog.bstar.tolist(),
        catalog.mean_motion_dot.tolist(),
        catalog.mean_motion_ddot.tolist(),
        [_OBJECT_TYPES[ObjectKind(kind)] for kind in catalog.object_kind.tolist()],
        [Origin(origin).label if origin else "" for origin in catalog.origin.tolist()],
        _texts(catalog.parent_event),
        _blank_for_nan(catalog.hard_body_radius_m.tolist()),
        _blank_for_nan(catalog.mass_kg.tolist()),
        [RcsSize(size).name if size else "" for size in catalog.rcs_size.tolist()],
        *more.values(),
    )
    for name, designator, epoch, n, e, i, raan, argp, m, number, bstar, dot, ddot, *own in zip(
        *columns, strict=True
    ):
        # csv writes a float by repr, the shortest text that reads back the same.
        writer.writerow(
            [name, designator, epoch, n, e, i, raan, argp, m, 0, "U", number, 999, 0, bstar, dot, ddot, *own]
        )
    return buffer.getvalue()


def _texts(column: NDArray[Any]) -> list[str]:
    return [spreadsheet_cell(text) for text in column.tolist()]


def _blank_for_nan(values: list[float]) -> list[float | str]:
    return ["" if math.isnan(value) else value for value in values]
