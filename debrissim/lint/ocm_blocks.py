"""The rules of the blocks of an orbit comprehensive message.

Source: CCSDS 502.0-B-3, 6.2.1 to 6.2.11.
"""

from __future__ import annotations

from collections.abc import Sequence

from debrissim.core.text import quoted
from debrissim.lint import ocm_tables
from debrissim.lint.covariances import matrix_fault
from debrissim.lint.findings import Collector
from debrissim.lint.ocm_tables import BLOCKS
from debrissim.lint.tables import OCM_CLAUSES as CLAUSES
from debrissim.lint.tables import Part, lists
from debrissim.lint.values import moment, number, number_fault

_SHOWN = 40
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
        if part.kind == "META":
            _check_metadata(part, parts, out)
        elif part.kind == "TRAJ":
            _check_trajectory(part, rows, out, xml=xml)
        elif part.kind == "COV":
            _check_covariance(part, rows, out, xml=xml)
        elif part.kind == "MAN":
            _check_maneuvers(part, rows, out, xml=xml)


_DEFAULTS = {
    "TRAJ": {"CENTER_NAME": "EARTH", "TRAJ_REF_FRAME": "ICRF3"},
    "COV": {"COV_REF_FRAME": "TNW_INERTIAL", "COV_ORDERING": "LTM"},
    "MAN": {"MAN_REF_FRAME": "TNW_INERTIAL", "DC_TYPE": "CONTINUOUS"},
    "META": {"TIME_SYSTEM": "UTC"},
}
# Of the others the default is what everybody means, but the schema of the XML has them.
_SURPRISING = ("TRAJ_REF_FRAME", "COV_REF_FRAME", "MAN_REF_FRAME", "TIME_SYSTEM")


def _check_defaults(part: Part, out: Collector, *, xml: bool) -> None:
    for name, default in _DEFAULTS.get(part.kind, {}).items():
        if not part.text(name) and (xml or name in _SURPRISING):
            text = f"no {name}; readers take the default, {default}, or refuse the message"
            out.advice("default", part.line, text, CLAUSES.cite("6.2.1.3"))


def _check_units(part: Part, keyword: str, kind: str, out: Collector) -> None:
    """TRAJ_UNITS and COV_UNITS against the units of the type, where these are known."""
    stated = part.text(keyword)
    expected = {"CARTP": ["km"] * 3, "CARTPV": ["km"] * 3 + ["km/s"] * 3}.get(kind)
    if not stated or expected is None:
        return
    units = [unit.strip() for unit in stated.strip("[]").split(",")]
    if units != expected:
        text = f"{keyword}: expected [{', '.join(expected)}] for {kind}, got {quoted(stated, _SHOWN)}"
        out.fault(
            "units",
            part.line_of(keyword),
            text,
            CLAUSES.cite("7.7.3.2" if part.kind == "TRAJ" else "7.7.3.3"),
        )


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
            text = f"the block {part.kind} behind {order[last]}; expected it before"
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


def _check_tags(tags: Sequence[tuple[int, str]], out: Collector, order: str) -> None:
    """Time tags of a block: all absolute or all relative, none twice, ascending."""
    first_kind = ""
    previous: tuple[float, int] | None = None
    for line, text_ in tags:
        seconds, at = number(text_), moment(text_)
        if seconds is None and at is None:
            text = f"expected a time or seconds since EPOCH_TZERO, got {quoted(text_, _SHOWN)}"
            out.fault("time", line, text, CLAUSES["time"])
            continue
        kind = "absolute" if at is not None else "relative"
        if first_kind and kind != first_kind:
            text = f"{text_} is {kind}, and the first time of the block is {first_kind}"
            out.fault("time-kinds", line, text, CLAUSES.cite("6.2.2.5"))
            return
        first_kind = kind
        value = (float(at[0]), at[1]) if at is not None else (seconds or 0.0, 0)
        if previous is not None and value == previous:
            text = f"the time {text_} again"
            out.fault("time-twice", line, text, CLAUSES.cite("6.2.2.4"))
        elif previous is not None and value < previous and order:
            text = f"the time {text_} is before that of the line before"
            out.fault("time-order", line, text, CLAUSES.cite(order))
        previous = value


def _check_numbers(line: int, fields: Sequence[str], out: Collector, *, xml: bool) -> bool:
    """Report the first field that is no number of the standard; whether all are numbers."""
    for field_ in fields:
        fault = number_fault(field_, CLAUSES, xml=xml)
        if fault is not None:
            rule, text, clause = fault
            if "[" in field_:
                rule, text, clause = "unit-displayed", "units are not displayed here", CLAUSES.cite("7.7.3.5")
            out.fault(rule, line, text, clause)
            return False
    return True


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
    _check_units(part, "TRAJ_UNITS", kind, out)
    _check_tags([(line, fields[0]) for line, fields in rows if fields], out, "6.2.5.6")
    _check_width(rows, kind, ocm_tables.SIZES.get(kind), out, xml=xml)
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


def _check_width(
    rows: Sequence[tuple[int, list[str]]],
    kind: str,
    size: int | None,
    out: Collector,
    *,
    xml: bool,
) -> None:
    for line, fields in rows:
        if not _check_numbers(line, fields[1:], out, xml=xml):
            continue
        got = len(fields) - 1
        if size is not None and (got != size if kind in ocm_tables.EXACT_SIZES else got < size):
            text = f"{got} numbers after the time; expected {size} of {kind}"
            out.fault("state-size", line, text, CLAUSES.cite("6.2.5.11"))


def _check_covariance(
    part: Part, rows: Sequence[tuple[int, list[str]]], out: Collector, *, xml: bool
) -> None:
    _check_units(part, "COV_UNITS", part.text("COV_TYPE").upper(), out)
    size = ocm_tables.SIZES.get(part.text("COV_TYPE").upper())
    ordering = part.text("COV_ORDERING", "LTM").upper()
    tags: list[tuple[int, str]] = []
    numbers: list[tuple[int, str]] = []
    count = None if size is None else size * (size + 1) // 2 if ordering in ("LTM", "UTM") else size * size
    # A matrix may go over several lines: the next one begins where the count is reached.
    pending: list[tuple[int, str]] = []
    for line, fields in rows:
        if not pending:
            if not fields:
                continue
            tags.append((line, fields[0]))
            fields = fields[1:]
        pending += [(line, field_) for field_ in fields]
        if not _check_numbers(line, fields, out, xml=xml):
            return
        if count is None or len(pending) >= count:
            if count is not None and len(pending) > count:
                text = f"{len(pending)} numbers of a covariance; expected {count} ({ordering} of {size})"
                out.fault("covariance-rows", line, text, CLAUSES.cite("7.4.1.6"))
                return
            numbers = pending
            pending = []
            if size is not None:
                _check_matrix(numbers, size, ordering, out)
    if pending and count is not None:
        text = f"{len(pending)} numbers of a covariance; expected {count} ({ordering} of {size})"
        out.fault("covariance-rows", pending[0][0], text, CLAUSES.cite("7.4.1.6"))
    _check_tags(tags, out, "6.2.7.6")


def _check_matrix(numbers: Sequence[tuple[int, str]], size: int, ordering: str, out: Collector) -> None:
    """Whether the numbers of one matrix are positive definite."""
    at = {}
    if ordering == "UTM":
        places = [(row, column) for row in range(size) for column in range(row, size)]
        at = {(column, row): k for k, (row, column) in enumerate(places)}
    elif ordering == "LTM":
        places = [(row, column) for row in range(size) for column in range(row + 1)]
        at = {place: k for k, place in enumerate(places)}
    else:
        from_upper = ordering == "UTMWCC"
        for row in range(size):
            for column in range(row + 1):
                at[row, column] = column * size + row if from_upper else row * size + column
    lower = [at[row, column] for row in range(size) for column in range(row + 1)]
    names = [
        f"the number of {ocm_tables.NAMES[row]} and {ocm_tables.NAMES[column]}"
        for row in range(size)
        for column in range(row + 1)
    ]
    fault = matrix_fault([numbers[k][1] for k in lower], names, definite=True)
    if fault is not None:
        line = numbers[lower[fault.place]][0]
        fault.add(out, line, "covariance: ", CLAUSES.cite("6.2.7.10"), strict=True)


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
        _check_numbers(line, texts, out, xml=xml)
    tags = [(line, fields[0]) for line, fields in rows if fields]
    wanted = moment if composition[0] == "TIME_ABSOLUTE" else number
    for line, text_ in tags:
        if wanted(text_) is None:
            text = f"expected {composition[0]} of MAN_COMPOSITION, got {quoted(text_, _SHOWN)}"
            out.fault("time", line, text, CLAUSES["time"])
            return
    _check_tags(tags, out, "")


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
    text = f"MAN_COMPOSITION: {quoted(foreign[0], _SHOWN)} is no part of table 6-8, nor are all parts of table 6-9"
    out.fault("composition", line, text, CLAUSES.cite("6.2.8.15"))
    return False
