"""Values of keywords: numbers, times, words and units, as the standards prescribe them.

Source: CCSDS 508.0-B-1, 5.2.9, 6.2.3, 6.2.4, 6.3.2 and 6.4.2; CCSDS 502.0-B-3, 7.5 and 7.7.

Assumptions
- In XML numbers and times follow the data types of XML schema (508.0-B-1, 6.4.2): the limit of 16 digits and the
  position of the decimal point are rules of KVN.
- MESSAGE_ID and EPHEMERIS_NAME of a CDM may have lower case: table 3-1 leaves the one to the originator, and the other
  names a file.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from datetime import date

from debrissim.catalog.catalog_numbers import INTERNATIONAL_DESIGNATOR
from debrissim.core.text import quoted
from debrissim.lint.findings import Collector
from debrissim.lint.tables import Clauses, Entry, Keyword, Kind, lists

_INTEGER = re.compile(r"[+-]?[0-9]{1,400}")
_FIXED = re.compile(r"[+-]?[0-9]{1,400}(?:\.[0-9]{1,400})?")
_FLOATING = re.compile(r"[+-]?[0-9]\.[0-9]{1,400}(?:[eE][+-]?[0-9]{1,4})?")
_DOUBLE = re.compile(r"[+-]?(?:[0-9]{1,400}(?:\.[0-9]{0,400})?|\.[0-9]{1,400})(?:[eE][+-]?[0-9]{1,4})?")
_TIME = re.compile(
    r"([0-9]{4})-(?:([0-9]{2})-([0-9]{2})|([0-9]{3}))T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{1,30}))?(Z?)"
)
_IDENTIFIER = re.compile(r"[A-Za-z0-9_\- ]+")
_MAX_INTEGER = 2**31
_MAX_DIGITS = 16
_SHOWN = 40
_HUGE = 1e15
_NEVER_EMPTY = (Kind.NUMBER, Kind.INTEGER, Kind.TIME, Kind.TAG)

Moment = tuple[int, int]
"""Day (proleptic Gregorian ordinal) and nanoseconds in it: moments compare as these pairs do."""


def moment(text: str) -> Moment | None:
    """The moment of a calendar or day-of-year time, None for other text and for days that do not exist."""
    match = _TIME.fullmatch(text)
    if match is None:
        return None
    year, month, day, day_of_year, hour, minute, second, decimals, _ = match.groups()
    try:
        if day_of_year is None:
            ordinal = date(int(year), int(month), int(day)).toordinal()
        else:
            first = date(int(year), 1, 1).toordinal()
            if not 1 <= int(day_of_year) <= date(int(year), 12, 31).toordinal() - first + 1:
                return None
            ordinal = first + int(day_of_year) - 1
    except ValueError:
        return None
    is_leap = (hour, minute, second) == ("23", "59", "60")
    if not (int(hour) < 24 and int(minute) < 60 and int(second) < 60) and not is_leap:
        return None
    nanoseconds = int((decimals or "0")[:9].ljust(9, "0"))
    return ordinal, (int(hour) * 3600 + int(minute) * 60 + int(second)) * 10**9 + nanoseconds


def seconds_between(first: Moment, second: Moment) -> float:
    """Seconds from the first to the second, of days of 86,400 s."""
    return 86400.0 * (second[0] - first[0]) + 1e-9 * (second[1] - first[1])


def number(text: str) -> float | None:
    """The finite number of a text in any usual spelling, None for other text."""
    if not _DOUBLE.fullmatch(text):
        return None
    value = float(text)
    return value if math.isfinite(value) else None


def implausible(fields: Sequence[str], center: str) -> str:
    """The reason why a state (km, km/s) around the Earth is impossible; "" if it is possible, or not a state."""
    values = [number(field) for field in fields]
    if len(values) < 3 or None in values or center.upper() not in ("", "EARTH"):
        return ""
    radius = math.hypot(*(value or 0.0 for value in values[:3]))
    if not 6300.0 <= radius <= 1e6:
        return f"is {radius:.4g} km from the centre of the Earth; positions are in km"
    speed = math.hypot(*(value or 0.0 for value in values[3:6]))
    if len(values) >= 6 and not 0.0 < speed <= 20.0:
        return f"has a speed of {speed:.4g} km/s"
    return ""


def significant_digits(text: str) -> int:
    """The digits of a number, without leading zeros and its exponent."""
    mantissa = re.split("[eE]", text)[0]
    return len(re.sub(r"[^0-9]", "", mantissa).lstrip("0"))


def number_fault(text: str, clauses: Clauses, *, xml: bool) -> tuple[str, str, str] | None:
    """(rule, sentence's end, clause) of a number that is not written as the standard prescribes, otherwise None."""
    if number(text) is None:
        if " " in text and all(_DOUBLE.fullmatch(piece) for piece in text.split()):
            return "number-blanks", f"blanks in the number {quoted(text, _SHOWN)}", clauses["blanks"]
        return "number", f"expected a number, got {quoted(text, _SHOWN)}", clauses["floating"]
    if xml:
        return None
    if "e" in text or "E" in text:
        if not _FLOATING.fullmatch(text):
            return (
                "number-form",
                f"expected one digit, a point and digits before the exponent, got {quoted(text, _SHOWN)}",
                clauses["floating"],
            )
        clause = clauses["floating"]
    else:
        if not _FIXED.fullmatch(text):
            return (
                "number-form",
                f"expected a digit before and after the decimal point, got {quoted(text, _SHOWN)}",
                clauses["fixed"],
            )
        clause = clauses["fixed"]
    digits = len(re.sub(r"[^0-9]", "", re.split("[eE]", text)[0]))
    if digits > _MAX_DIGITS:
        return "number-digits", f"{digits} digits; expected {_MAX_DIGITS} or fewer", clause
    return None


def displayed_number_fault(
    fields: Sequence[str], clauses: Clauses, unit_clause: str, *, xml: bool
) -> tuple[str, str, str] | None:
    """The fault of the first of the fields that is not a number of the book, as `number_fault`.

    unit_clause: of the book, against units in lines of data.
    """
    for field in fields:
        fault = number_fault(field, clauses, xml=xml)
        if fault is not None and "[" in field:
            return "unit-displayed", "units are not displayed here", clauses.cite(unit_clause)
        if fault is not None:
            return fault
    return None


def normalised(text: str) -> str:
    """Text as the standards compare it: an underscore is a blank, and blanks in a row are one."""
    return " ".join(text.replace("_", " ").split())


class ValueCheck:
    """The checks of the values of one message; findings go to the collector."""

    def __init__(self, out: Collector, clauses: Clauses, *, xml: bool) -> None:
        self.out, self.clauses, self.xml = out, clauses, xml

    def check(self, entry: Entry, keyword: Keyword, owner: str = "") -> None:
        """Compare an entry with its keyword. owner: " of OBJECT1", for sentences."""
        name = f"{keyword.name}{owner}"
        self._unit(entry, keyword, name)
        if not entry.value:
            if keyword.mandatory:
                self.out.fault("no-value", entry.line, f"{name} has no value", self.clauses["value"])
            elif keyword.kind in _NEVER_EMPTY and not entry.is_nil:
                text = f"{name} has no value; expected a {keyword.kind.value}, or no such keyword"
                self.out.fault("no-value", entry.line, text, self.clauses["value"])
            else:
                text = f"{name} has no value; leave out optional keywords without a value"
                self.out.advice("no-value-optional", entry.line, text, self.clauses["value"])
            return
        getattr(self, f"_{keyword.kind.name.lower()}")(entry, keyword, name)

    def _fault(self, rule: str, entry: Entry, text: str, clause: str) -> None:
        self.out.fault(rule, entry.line, text, clause)

    def _unit(self, entry: Entry, keyword: Keyword, name: str) -> None:
        clauses, unit, expected = self.clauses, entry.unit, keyword.unit
        if expected is None:
            return
        if unit is None:
            if expected and clauses.units_needed and not entry.is_nil and entry.value:
                clause = clauses.cite("4.3.10") if self.xml else clauses["unit"]
                where = f'units="{expected}"' if self.xml else f"[{expected}]"
                self._fault("unit-missing", entry, f"{name} has no unit; expected {where}", clause)
            return
        if not entry.is_closed:
            text = f"{name}: the unit is not closed by a bracket; expected [{expected}]"
            self._fault("unit-form", entry, text, clauses["unit_form"])
        elif not entry.has_blank_before_unit:
            text = f"{name}: no blank between the value and its unit; expected one"
            self._fault("unit-form", entry, text, clauses["unit_form"])
        if unit.strip().lower() == "n/a":
            text = f"{name}: [n/a] is not a unit; leave it out"
            self._fault("unit-none", entry, text, clauses["unit_none"])
        elif self._is_other(unit, expected) and (entry.is_closed or unit):
            wanted = f"[{expected}]" if expected else "no unit"
            text = f"{name}: expected {wanted}, got {quoted(f'[{unit}]', _SHOWN)}"
            self._fault("unit", entry, text, clauses["unit"])

    def _is_other(self, unit: str, expected: str) -> bool:
        # The schema of the orbit data messages has units in either case.
        if self.xml and not self.clauses.units_needed:
            return unit.lower() != expected.lower()
        return unit != expected

    def _text(self, entry: Entry, _: Keyword, name: str) -> None:
        if self.clauses.upper_case and entry.value != entry.value.upper():
            text = f"{name}: text values are upper case, got {quoted(entry.value, _SHOWN)}"
            self._fault("text-case", entry, text, self.clauses["text_case"])

    def _free(self, entry: Entry, _: Keyword, name: str) -> None:
        """Any text is one."""

    def _identifier(self, entry: Entry, keyword: Keyword, name: str) -> None:
        if not _IDENTIFIER.fullmatch(entry.value):
            text = f"{name}: expected letters, digits, '_' and '-', got {quoted(entry.value, _SHOWN)}"
            self._fault("identifier", entry, text, self.clauses.cite("5.2.9"))
        if keyword.name != "MESSAGE_ID":
            self._text(entry, keyword, name)

    def _word(self, entry: Entry, keyword: Keyword, name: str) -> None:
        value = normalised(entry.value)
        if value in map(normalised, keyword.words):
            return
        expected = lists(keyword.words, 12).replace(" and ", " or ")
        if value.upper() in map(normalised, keyword.words):
            is_lower = entry.value == entry.value.lower() and not self.clauses.upper_case
            if not is_lower:
                case = "upper case" if self.clauses.upper_case else "all upper or all lower case"
                text = f"{name}: expected {case}, got {quoted(entry.value, _SHOWN)}"
                self._fault("text-case", entry, text, self.clauses["text_case"])
            return
        text = f"{name}: expected {expected}, got {quoted(entry.value, _SHOWN)}"
        clause = self.clauses.cite(keyword.table)
        if keyword.open_words:
            self.out.advice("word-unusual", entry.line, text, clause)
        else:
            self._fault("word", entry, text, clause)

    def _number(self, entry: Entry, keyword: Keyword, name: str) -> None:
        fault = number_fault(entry.value, self.clauses, xml=self.xml)
        if fault is not None:
            rule, text, clause = fault
            self._fault(rule, entry, f"{name}: {text}", clause)
        self._range(entry, keyword, name)

    def _integer(self, entry: Entry, keyword: Keyword, name: str) -> None:
        if not _INTEGER.fullmatch(entry.value):
            text = f"{name}: expected a whole number, got {quoted(entry.value, _SHOWN)}"
            self._fault("integer", entry, text, self.clauses["integer"])
        elif not -_MAX_INTEGER <= int(entry.value) < _MAX_INTEGER:
            text = f"{name}: expected a whole number of 32 bits, got {quoted(entry.value, _SHOWN)}"
            self._fault("integer", entry, text, self.clauses["integer"])
        else:
            self._range(entry, keyword, name)

    def _range(self, entry: Entry, keyword: Keyword, name: str) -> None:
        value = number(entry.value)
        if value is None:
            return
        if abs(value) > _HUGE:
            text = f"{name}: {quoted(entry.value, _SHOWN)} is larger than any such number"
            self.out.advice("number-huge", entry.line, text, self.clauses.cite(keyword.table))
        if keyword.low <= value <= keyword.high:
            return
        low, high = (f"{bound:g}" for bound in (keyword.low, keyword.high))
        wanted = f"{low} to {high}"
        if math.isinf(keyword.high) or math.isinf(keyword.low):
            wanted = f"{low} or more" if math.isinf(keyword.high) else f"{high} or less"
        text = f"{name}: expected {wanted}, got {quoted(entry.value, _SHOWN)}"
        self._fault("range", entry, text, self.clauses.cite(keyword.table))

    def _time(self, entry: Entry, _: Keyword, name: str) -> None:
        match = _TIME.fullmatch(entry.value)
        if match is None:
            text = f"{name}: expected YYYY-MM-DDThh:mm:ss.d or YYYY-DDDThh:mm:ss.d, got {quoted(entry.value, _SHOWN)}"
            self._fault("time", entry, text, self.clauses["time"])
        elif moment(entry.value) is None:
            text = f"{name}: {quoted(entry.value, _SHOWN)} is not a day or time that exists"
            self._fault("time-value", entry, text, self.clauses["time"])
        elif match[9] and self.clauses.upper_case:
            text = f"{name}: the Z should be left out, as every time of a CDM is UTC"
            self.out.advice("time-z", entry.line, text, self.clauses["time"])

    def _tag(self, entry: Entry, keyword: Keyword, name: str) -> None:
        if number(entry.value) is None:
            self._time(entry, keyword, name)

    def _designator(self, entry: Entry, keyword: Keyword, name: str) -> None:
        if INTERNATIONAL_DESIGNATOR.fullmatch(entry.value) or entry.value == "UNKNOWN":
            return
        text = f"{name}: expected YYYY-NNNP{{PP}} or UNKNOWN, got {quoted(entry.value, _SHOWN)}"
        clause = self.clauses.cite(keyword.table)
        if keyword.open_words:
            self.out.advice("designator-unusual", entry.line, text, clause)
        else:
            self._fault("designator", entry, text, clause)
