"""Lines of data of an orbit comprehensive message: times, states, covariances, units.

Source: CCSDS 502.0-B-3, 6.2.2.4, 6.2.2.5, 6.2.5, 6.2.7, 7.4.1 and 7.7.3.
"""

from __future__ import annotations

from collections.abc import Sequence

from debrissim.core.text import quoted
from debrissim.lint import ocm_tables
from debrissim.lint.covariances import matrix_fault
from debrissim.lint.findings import Collector
from debrissim.lint.tables import OCM_CLAUSES as CLAUSES
from debrissim.lint.tables import Part
from debrissim.lint.values import displayed_number_fault, moment, number

_SHOWN = 40


def check_tags(tags: Sequence[tuple[int, str]], out: Collector, order: str) -> None:
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
            text = f"{quoted(text_, _SHOWN)} is {kind}, and the first time of the block is {first_kind}"
            out.fault("time-kinds", line, text, CLAUSES.cite("6.2.2.5"))
            return
        first_kind = kind
        value = (float(at[0]), at[1]) if at is not None else (seconds or 0.0, 0)
        if previous is not None and value == previous:
            text = f"the time {quoted(text_, _SHOWN)} again"
            out.fault("time-twice", line, text, CLAUSES.cite("6.2.2.4"))
        elif previous is not None and value < previous and order:
            text = f"the time {quoted(text_, _SHOWN)} is before that of the line before"
            out.fault("time-order", line, text, CLAUSES.cite(order))
        previous = value


def check_numbers(line: int, fields: Sequence[str], out: Collector, *, xml: bool) -> bool:
    """Report the first field that is not a number of the standard; returns whether all are numbers."""
    fault = displayed_number_fault(fields, CLAUSES, "7.7.3.5", xml=xml)
    if fault is not None:
        rule, text, clause = fault
        out.fault(rule, line, text, clause)
    return fault is None


def check_units(part: Part, keyword: str, kind: str, out: Collector) -> None:
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


def check_width(
    rows: Sequence[tuple[int, list[str]]],
    kind: str,
    size: int | None,
    out: Collector,
    *,
    xml: bool,
) -> None:
    for line, fields in rows:
        if not check_numbers(line, fields[1:], out, xml=xml):
            continue
        got = len(fields) - 1
        if size is not None and (got != size if kind in ocm_tables.EXACT_SIZES else got < size):
            text = f"{got} numbers after the time; expected {size} of {kind}"
            out.fault("state-size", line, text, CLAUSES.cite("6.2.5.11"))


def check_covariance(part: Part, rows: Sequence[tuple[int, list[str]]], out: Collector, *, xml: bool) -> None:
    check_units(part, "COV_UNITS", part.text("COV_TYPE").upper(), out)
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
        if not check_numbers(line, fields, out, xml=xml):
            return
        if count is None or len(pending) >= count:
            if count is not None and len(pending) > count:
                _wrong_count(len(pending), count, size, ordering, line, out)
                return
            numbers = pending
            pending = []
            if size is not None:
                _check_matrix(numbers, size, ordering, out)
    if pending and count is not None:
        _wrong_count(len(pending), count, size, ordering, pending[0][0], out)
    check_tags(tags, out, "6.2.7.6")


def _wrong_count(got: int, expected: int, size: int | None, ordering: str, line: int, out: Collector) -> None:
    form = f"{size} rows, COV_ORDERING {quoted(ordering, _SHOWN)}"
    text = f"{got} numbers of a covariance; expected {expected} ({form})"
    out.fault("covariance-rows", line, text, CLAUSES.cite("7.4.1.6"))


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
        fault.add(out, line, "covariance: ", CLAUSES.cite("6.2.7.10"))
