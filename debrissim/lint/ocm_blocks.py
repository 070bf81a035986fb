"""The rules of the blocks of an orbit comprehensive message.

Source: CCSDS 502.0-B-3, 6.2.1 to 6.2.11.
"""

from __future__ import annotations

from collections.abc import Sequence

from debrissim.core.errors import InputError
from debrissim.core.text import quoted
from debrissim.ephemerides.covariance_frames import covariance_frame
from debrissim.lint import ocm_tables
from debrissim.lint.findings import Collector
from debrissim.lint.ocm_data import check_covariance, check_numbers, check_tags, check_units, check_width
from debrissim.lint.ocm_tables import BLOCKS
from debrissim.lint.tables import OCM_CLAUSES as CLAUSES
from debrissim.lint.tables import Part, lists
from debrissim.lint.values import implausible, moment, number

_SHOWN = 40
_FRAMES = {"TRAJ": "TRAJ_REF_FRAME", "COV": "COV_REF_FRAME", "MAN": "MAN_REF_FRAME"}
_TIME_PARTS = ("TIME_ABSOLUTE", "TIME_RELATIVE")
_ELEMENTS = {"TRAJ": "ORB"}
_TIMED = (
    *("DC_WIN_OPEN", "DC_WIN_CLOSE", "DC_EXEC_START", "DC_EXEC_STOP", "DC_REF_TIME"),
    *("DC_TIME_PULSE_DURATION", "DC_TIME_PULSE_PERIOD"),
)
_ANGLED = ("DC_REF_DIR", "DC_BODY_FRAME", "DC_BODY_TRIGGER", "DC_PA_START_ANGLE", "DC_PA_STOP_ANGLE")


def check_blocks(parts: Sequence[Part], line: int, out: Collector, *, xml: bool) -> None:
    """Check the blocks of a message, each and together. line: of the message."""
    _check_layout(parts, line, out, xml=xml)
    for part in parts:
        rows = [(number_, text.split()) for number_, text in part.rows]
        _check_defaults(part, out, xml=xml)
        if part.kind in _FRAMES:
            _check_frame(part, _FRAMES[part.kind], out)
        if part.kind == "META":
            _check_metadata(part, parts, out)
        elif part.kind == "TRAJ":
            _check_trajectory(part, rows, out, xml=xml)
        elif part.kind == "COV":
            check_covariance(part, rows, out, xml=xml)
        elif part.kind == "MAN":
            _check_maneuvers(part, rows, out, xml=xml)


_DEFAULTS = {
    "TRAJ": {"CENTER_NAME": "EARTH", "TRAJ_REF_FRAME": "ICRF3"},
    "COV": {"COV_REF_FRAME": "TNW_INERTIAL", "COV_ORDERING": "LTM"},
    "MAN": {"MAN_REF_FRAME": "TNW_INERTIAL", "DC_TYPE": "CONTINUOUS"},
    "META": {"TIME_SYSTEM": "UTC"},
}
# The defaults of the others are obvious, but the XML schema requires the keywords.
_SURPRISING = ("TRAJ_REF_FRAME", "COV_REF_FRAME", "MAN_REF_FRAME", "TIME_SYSTEM")


def _check_defaults(part: Part, out: Collector, *, xml: bool) -> None:
    for name, default in _DEFAULTS.get(part.kind, {}).items():
        if not part.text(name) and (xml or name in _SURPRISING):
            text = f"no {name}; readers take the default, {default}, or refuse the message"
            out.advice("default", part.line, text, CLAUSES.cite("6.2.1.3"))


def _check_frame(part: Part, keyword: str, out: Collector) -> None:
    """A frame that no reader here knows."""
    value = part.text(keyword)
    if not value:
        return
    try:
        covariance_frame(value, keyword)
    except InputError:
        text = f"{keyword}: {quoted(value, _SHOWN)} is not a frame that this program knows; SANA lists the values"
        out.advice("frame-unknown", part.line_of(keyword), text, CLAUSES.cite("annex B, B4 and B5"))


def _check_layout(parts: Sequence[Part], line: int, out: Collector, *, xml: bool) -> None:
    kinds = [part.kind for part in parts]
    if "META" not in kinds and not xml:
        out.fault("block-missing", line, "no block META, which is mandatory", CLAUSES.cite("table 6-1"))
    order = list(BLOCKS)
    last = 0
    seen: set[str] = set()
    for part in parts:
        place = order.index(part.kind)
        if place < last and not xml:
            text = f"the block {part.kind} after {order[last]}; expected it before"
            out.fault("block-order", part.line, text, CLAUSES.cite("6.2.1.1"))
        last = max(last, place)
        if part.kind in seen and not BLOCKS[part.kind].repeats and not xml:
            out.fault(
                "block-twice",
                part.line,
                f"a second block {part.kind}; expected one",
                CLAUSES.cite("table 6-1"),
            )
        seen.add(part.kind)
        if not part.rows and BLOCKS[part.kind].line_tag:
            text = f"the block {part.kind} has no line of data"
            out.fault("block-empty", part.line, text, CLAUSES.cite(_table(part.kind)))
    if "OD" in seen and "PERT" not in seen:
        text = "a block OD without a block PERT, which is mandatory with it"
        out.fault("block-missing", line, text, CLAUSES.cite("6.2.10.5"))


def _table(kind: str) -> str:
    return BLOCKS[kind].layout.keywords[0].table


def _check_metadata(part: Part, parts: Sequence[Part], out: Collector) -> None:
    stated = part.text("OCM_DATA_ELEMENTS")
    if stated:
        listed = [piece.strip().upper() for piece in stated.split(",")]
        actual = [_ELEMENTS.get(other.kind, other.kind) for other in parts if other.kind != "META"]
        if listed != actual:
            text = f"OCM_DATA_ELEMENTS: the blocks are {', '.join(actual[:12]) or 'none'}, got {quoted(stated, _SHOWN)}"
            out.fault("data-elements", part.line_of("OCM_DATA_ELEMENTS"), text, CLAUSES.cite("table 6-3"))
    names = ("OBJECT_NAME", "INTERNATIONAL_DESIGNATOR", "OBJECT_DESIGNATOR")
    if not any(part.text(name) for name in names):
        text = f"none of {lists(names)}; at least one is recommended"
        out.advice("no-object", part.line, text, CLAUSES.cite("6.2.4"))
    if part.text("TIME_SYSTEM").upper() == "SCLK":
        absent = [name for name in ("SCLK_OFFSET_AT_EPOCH", "SCLK_SEC_PER_SI_SEC") if not part.text(name)]
        if absent:
            text = f"{lists(absent)} missing, and mandatory with TIME_SYSTEM = SCLK"
            out.fault("keyword-missing", part.line_of("TIME_SYSTEM"), text, CLAUSES.cite("table 6-3"))


def _check_trajectory(
    part: Part, rows: Sequence[tuple[int, list[str]]], out: Collector, *, xml: bool
) -> None:
    method = part.text("INTERPOLATION").upper()
    if method and method != "PROPAGATE" and not part.text("INTERPOLATION_DEGREE"):
        text = "INTERPOLATION without INTERPOLATION_DEGREE, which is mandatory with it"
        out.fault("keyword-missing", part.line_of("INTERPOLATION"), text, CLAUSES.cite("table 6-4"))
    if part.text("ORB_REVNUM") and not part.text("ORB_REVNUM_BASIS"):
        text = "ORB_REVNUM without ORB_REVNUM_BASIS, which is mandatory with it"
        out.fault("keyword-missing", part.line_of("ORB_REVNUM"), text, CLAUSES.cite("table 6-4"))
    kind = part.text("TRAJ_TYPE").upper()
    for line, fields in rows:
        strange = implausible(fields[1:], part.text("CENTER_NAME")) if kind.startswith("CARTP") else ""
        if strange:
            out.advice("state-implausible", line, f"the state {strange}", CLAUSES.cite("6.2.5"))
            break
    check_units(part, "TRAJ_UNITS", kind, out)
    check_tags([(line, fields[0]) for line, fields in rows if fields], out, "6.2.5.6")
    check_width(rows, kind, ocm_tables.SIZES.get(kind), out, xml=xml)
    degree = part.text("INTERPOLATION_DEGREE")
    if (
        method in ("LAGRANGE", "LINEAR")
        and degree.isdigit()
        and len(degree) < 6
        and 0 < len(rows) <= int(degree)
    ):
        text = f"{len(rows)} states; {method} of degree {degree} needs {int(degree) + 1}"
        out.fault("too-few-states", part.line_of("INTERPOLATION"), text, CLAUSES.cite("6.2.5.9"))
    start, stop = moment(part.text("USEABLE_START_TIME")), moment(part.text("USEABLE_STOP_TIME"))
    if start is not None and stop is not None and stop < start:
        text = "USEABLE_STOP_TIME is before USEABLE_START_TIME"
        out.fault("interval", part.line_of("USEABLE_STOP_TIME"), text, CLAUSES.cite("table 6-4"))


def _check_maneuvers(part: Part, rows: Sequence[tuple[int, list[str]]], out: Collector, *, xml: bool) -> None:
    kind = part.text("DC_TYPE", "CONTINUOUS").upper().replace(" ", "_")
    needed = _TIMED if kind == "TIME" else (*_TIMED, *_ANGLED) if kind == "TIME_AND_ANGLE" else ()
    absent = [name for name in needed if not part.text(name)]
    if absent:
        text = f"{lists(absent)} missing, and mandatory with DC_TYPE = {kind}"
        clause = "6.2.8.20.6" if kind == "TIME" else "6.2.8.20.7"
        out.fault("keyword-missing", part.line_of("DC_TYPE"), text, CLAUSES.cite(clause))
    written = part.text("MAN_COMPOSITION")
    if not written:
        return
    composition = [piece.strip().upper() for piece in written.strip("[]").split(",")]
    if not _check_composition(composition, part.line_of("MAN_COMPOSITION"), out):
        return
    for line, fields in rows:
        if len(fields) != len(composition):
            text = f"{len(fields)} values of a manoeuvre; expected {len(composition)}, as MAN_COMPOSITION has parts"
            out.fault("maneuver-size", line, text, CLAUSES.cite("7.4.1.7"))
            continue
        texts = [
            value
            for name, value in zip(composition, fields, strict=True)
            if name not in (*ocm_tables.TEXT_PARTS, *_TIME_PARTS)
        ]
        check_numbers(line, texts, out, xml=xml)
    tags = [(line, fields[0]) for line, fields in rows if fields]
    wanted = moment if composition[0] == "TIME_ABSOLUTE" else number
    for line, text_ in tags:
        if wanted(text_) is None:
            text = f"expected {composition[0]} of MAN_COMPOSITION, got {quoted(text_, _SHOWN)}"
            out.fault("time", line, text, CLAUSES["time"])
            return
    check_tags(tags, out, "")


def _check_composition(composition: Sequence[str], line: int, out: Collector) -> bool:
    """Whether the parts are those of one of the two tables, in its order, a time first."""
    for known, table in ((ocm_tables.PROPULSIVE, "table 6-8"), (ocm_tables.DEPLOYMENT, "table 6-9")):
        if all(name in known for name in composition):
            places = [known.index(name) for name in composition]
            if places != sorted(set(places)):
                text = f"MAN_COMPOSITION: expected its parts in the order of {table}, none twice"
                out.fault("composition", line, text, CLAUSES.cite("6.2.8.16"))
                return False
            times = [name for name in composition if name in _TIME_PARTS]
            if len(times) != 1:
                text = f"MAN_COMPOSITION: expected one of {' and '.join(_TIME_PARTS)} as its first part"
                out.fault("composition", line, text, CLAUSES.cite("6.2.8.18"))
                return False
            return True
    foreign = [name for name in composition if name not in ocm_tables.PROPULSIVE]
    text = f"MAN_COMPOSITION: {quoted(foreign[0], _SHOWN)} is not in table 6-8, and not all parts are in table 6-9"
    out.fault("composition", line, text, CLAUSES.cite("6.2.8.15"))
    return False
