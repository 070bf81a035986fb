"""Reading of ephemeris files: the content of a file decides its format, never its name."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from debrissim.core.errors import InputError
from debrissim.core.files import read_bytes
from debrissim.core.registry import Registry
from debrissim.core.text import quoted, split_lines, whole_text
from debrissim.ephemerides import itc, ocm, oem, oem_xml, opm, stk
from debrissim.ephemerides.earth_orientation import EarthOrientation
from debrissim.ephemerides.ephemeris import Ephemeris
from debrissim.ephemerides.formats import EphemerisFormat

_CONTENT = "an ephemeris file"
_HTML = re.compile(r"<(?:!doctype\s+html|html)\b", re.IGNORECASE)

FORMATS: Registry[EphemerisFormat] = Registry(
    "ephemeris format",
    (oem.FORMAT, oem_xml.FORMAT, ocm.KVN, ocm.XML, opm.KVN, opm.XML, stk.FORMAT, itc.FORMAT),
)
"""The formats, tried in this order; a new one is a module with a FORMAT and an entry here."""


def read_ephemerides(
    paths: Path | str | Iterable[Path | str], *, eop: EarthOrientation | None = None
) -> tuple[Ephemeris, ...]:
    """The objects of one file or of several, each plain, gzip or xz, in the order of the files.

    Parameters
    ----------
    paths : path, or iterable of paths
        Files of one of the `FORMATS`.
    eop : EarthOrientation, optional
        Orientation of the Earth, for states in an Earth-fixed frame and times in UT1. Without it, the orientation
        parameters are taken as zero, and `Segment.frame_error_km` includes the resulting error.

    Returns
    -------
    tuple of Ephemeris
        One per object and file: TEME of date and UTC.

    Raises
    ------
    InputError
        One sentence that names the file, the line (where the format has lines) and what was expected.
    """
    files = [paths] if isinstance(paths, str | Path) else list(paths)
    return tuple(
        ephemeris
        for path in map(Path, files)
        for ephemeris in parse_ephemerides(read_bytes(path, _CONTENT), str(path), eop=eop)
    )


def parse_ephemerides(
    data: bytes, name: str, *, eop: EarthOrientation | None = None
) -> tuple[Ephemeris, ...]:
    """The objects in the bytes of a file; `name` is the file's name in messages. Raises as `read_ephemerides`."""
    text = whole_text(data, name)
    del data
    start = text.lstrip()
    if not start:
        raise InputError(f"{name}: empty file; {_expected()}")
    if _HTML.match(start[:200]):
        raise InputError(f"{name}: an HTML page (a download that failed?); {_expected()}")
    matching = [form for form in FORMATS.values() if form.is_like(start)]
    if not matching:
        raise InputError(f"{name}: begins with {quoted(split_lines(start[:200])[0], 60)}; {_expected()}")
    if not start.startswith("<"):
        matching = matching[:1]
    return tuple(ephemeris for form in matching for ephemeris in form.read(text, name, eop))


def _expected() -> str:
    return f"expected {', '.join(form.title for form in FORMATS.values())}"
