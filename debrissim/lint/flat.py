"""The check of orbit parameter and mean-elements messages, KVN and XML.

Source: CCSDS 502.0-B-3, sections 3, 4, 7 and 8.
"""

from __future__ import annotations

from collections.abc import Sequence

from debrissim.core.text import quoted
from debrissim.ephemerides.odm_blocks import COVARIANCE_KEYWORDS, STATE_KEYWORDS
from debrissim.lint import lines
from debrissim.lint.covariances import matrix_fault
from debrissim.lint.elements import Element, check_children, check_root, check_version, gather
from debrissim.lint.findings import Collector
from debrissim.lint.odm_tables import OMM_MESSAGE, OPM_MESSAGE, FlatMessage
from debrissim.lint.sections import SectionCheck
from debrissim.lint.tables import Part, lists
from debrissim.lint.values import implausible, normalised, number

_IGNITION = "MAN_EPOCH_IGNITION"
_TLE_THEORIES = ("SGP", "SGP4", "SGP4 XP", "SGP4-XP", "PPT3")
_SHOWN = 40


def check_opm_kvn(text: str, out: Collector) -> int:
    """Check the OPMs of a text; returns their number."""
    return _check_kvn(text, out, OPM_MESSAGE)


def check_omm_kvn(text: str, out: Collector) -> int:
    """Check the OMMs of a text; returns their number."""
    return _check_kvn(text, out, OMM_MESSAGE)


def check_opm_element(message: Element, root: Element, out: Collector) -> None:
    """Check an <opm>."""
    _check_element(message, root, out, OPM_MESSAGE)


def check_omm_element(message: Element, root: Element, out: Collector) -> None:
    """Check an <omm>."""
    _check_element(message, root, out, OMM_MESSAGE)


def _check_kvn(text: str, out: Collector, spec: FlatMessage) -> int:
    parts: list[Part] = []
    for line, comments in lines.assignments(text, out, spec.clauses, first=spec.version_keyword):
        if line is not None and line.name == spec.version_keyword:
            parts.append(Part(spec.kind, line.number))
        lines.add_assignment(parts[-1], line, comments, spec.layout)
    if len(parts) > 1:
        lines.second_message(spec.kind, "object", parts[1].line, out, spec.clauses)
    for part in parts:
        first = part.entries[0]
        version = check_version(
            first.value, first.name, first.line, out, spec.clauses.cite("7.9.1"), spec.versions
        )
        _check_part(part, out, spec, version=version, xml=False)
    return len(parts)


def _check_element(message: Element, root: Element, out: Collector, spec: FlatMessage) -> None:
    clauses = spec.clauses
    version = check_root(message, root, spec.version_keyword, out, clauses, spec.versions)
    part = Part(spec.kind, message.line)
    check_children(message, {"header": (1, 1), "body": (1, 1)}, out, clauses, leaves=False)
    for header in message.of("header"):
        gather(part, header, (), out, clauses)
    for body in message.of("body"):
        check_children(body, {"segment": (1, 1)}, out, clauses, leaves=False)
        for segment in body.of("segment"):
            check_children(segment, {"metadata": (1, 1), "data": (1, 1)}, out, clauses, leaves=False)
            for metadata in segment.of("metadata"):
                check_children(metadata, {}, out, clauses, leaves=True)
                gather(part, metadata, (), out, clauses)
            for data in segment.of("data"):
                check_children(data, spec.groups, out, clauses, leaves=False)
                gather(part, data, tuple(spec.groups), out, clauses)
    _check_part(part, out, spec, version=version, xml=True)


def _check_part(part: Part, out: Collector, spec: FlatMessage, *, version: int, xml: bool) -> None:
    sections = SectionCheck(out, spec.clauses, version=version, xml=xml)
    main, maneuvers = _split(part, spec)
    sections.known(part, spec.layout)
    sections.repeated(main.entries, spec.layout)
    ignitions = {id(maneuver.entries[0]) for maneuver in maneuvers}
    kept = {id(entry) for entry in main.entries} | ignitions
    sections.ordered([entry for entry in part.entries if id(entry) in kept], spec.layout)
    sections.missing(main, spec.layout, exempt=(spec.version_keyword,) if xml else ())
    sections.comments(part, _blocks(part, spec), spec.layout)
    for index, maneuver in enumerate(maneuvers, start=1):
        if spec.maneuver is None:
            continue
        owner = f" of manoeuvre {index}"
        sections.repeated(maneuver.entries, spec.maneuver, owner)
        sections.ordered(maneuver.entries, spec.maneuver, owner)
        sections.missing(maneuver, spec.maneuver, owner)
    _check_covariance(part, out, spec)
    _check_angles(part, out, spec)
    if spec is OPM_MESSAGE:
        _check_opm(part, maneuvers, out)
    else:
        _check_omm(part, out, version)


def _split(part: Part, spec: FlatMessage) -> tuple[Part, list[Part]]:
    """The keywords of no manoeuvre, and those of each: it begins with the epoch of its ignition."""
    main, maneuvers = Part(part.kind, part.line), list[Part]()
    for entry in part.entries:
        if spec.maneuver is None or entry.name not in spec.maneuver.by_name:
            main.entries.append(entry)
        elif entry.name == _IGNITION or not maneuvers:
            maneuvers.append(Part("maneuver", entry.line, [entry]))
        else:
            maneuvers[-1].entries.append(entry)
    return main, maneuvers


def _blocks(part: Part, spec: FlatMessage) -> list[str]:
    """The logical block of each keyword; each manoeuvre is one."""
    blocks, count = [], 0
    for entry in part.entries:
        count += entry.name == _IGNITION
        found = spec.layout.by_name.get(entry.name)
        name = found[1].block if found else entry.name[:13]
        blocks.append(f"{name} {count}" if name == "maneuver" else name)
    return blocks


def _check_covariance(part: Part, out: Collector, spec: FlatMessage) -> None:
    given = [name for name in COVARIANCE_KEYWORDS if part.entry(name) is not None]
    if not given:
        return
    clause = spec.clauses.cite(spec.table)
    absent = [name for name in COVARIANCE_KEYWORDS if name not in given]
    if absent:
        text = f"{lists(absent)} of the covariance missing; expected none or all of its 21 numbers"
        out.fault("covariance-rows", part.line_of(given[0]), text, clause)
        return
    fault = matrix_fault([part.text(name) for name in COVARIANCE_KEYWORDS], COVARIANCE_KEYWORDS)
    if fault is not None:
        line = part.line_of(COVARIANCE_KEYWORDS[fault.place])
        fault.add(out, line, "covariance: ", clause)


def _check_angles(part: Part, out: Collector, spec: FlatMessage) -> None:
    for name in ("RA_OF_ASC_NODE", "ARG_OF_PERICENTER", "TRUE_ANOMALY", "MEAN_ANOMALY"):
        value = number(part.text(name))
        if value is not None and abs(value) > 360.0:
            text = f"{name}: {quoted(part.text(name), _SHOWN)} is beyond a full circle"
            out.advice("angle", part.line_of(name), text, spec.clauses.cite(spec.table))


def _check_opm(part: Part, maneuvers: Sequence[Part], out: Collector) -> None:
    clauses = OPM_MESSAGE.clauses
    strange = implausible([part.text(name) for name in STATE_KEYWORDS], part.text("CENTER_NAME"))
    if strange:
        out.advice("state-implausible", part.line_of("X"), f"the state {strange}", clauses.cite("table 3-3"))
    elements = ("SEMI_MAJOR_AXIS", "ECCENTRICITY", "INCLINATION", "RA_OF_ASC_NODE", "ARG_OF_PERICENTER", "GM")
    anomalies = [name for name in ("TRUE_ANOMALY", "MEAN_ANOMALY") if part.entry(name) is not None]
    given = [name for name in elements if part.entry(name) is not None]
    if given or anomalies:
        absent = [name for name in elements if name not in given]
        absent += [] if anomalies else ["TRUE_ANOMALY or MEAN_ANOMALY"]
        line = part.line_of((given or anomalies)[0])
        if absent:
            text = f"{lists(absent)} missing; expected none or all of the Keplerian elements"
            out.fault("elements", line, text, clauses.cite("3.1.2"))
        if len(anomalies) == 2:
            text = "TRUE_ANOMALY and MEAN_ANOMALY; expected one of them"
            out.fault("elements", part.line_of("MEAN_ANOMALY"), text, clauses.cite("table 3-3"))
    if maneuvers and part.entry("MASS") is None:
        text = "MASS is missing, and mandatory with a manoeuvre"
        out.fault("keyword-missing", maneuvers[0].line, text, clauses.cite("3.2.4.9"))
    for maneuver in maneuvers:
        if number(maneuver.text("MAN_DELTA_MASS")) == 0.0:
            text = "MAN_DELTA_MASS is 0; expected a negative number"
            out.advice("mass-change", maneuver.line_of("MAN_DELTA_MASS"), text, clauses.cite("3.2.4.7"))
    if normalised(part.text("REF_FRAME")).upper() == "TEME":
        text = "REF_FRAME: TEME is only for OMMs made of TLEs"
        out.advice("frame-teme", part.line_of("REF_FRAME"), text, clauses.cite("4.2.4.9"))


def _check_omm(part: Part, out: Collector, version: int) -> None:
    clauses = OMM_MESSAGE.clauses
    theory = normalised(part.text("MEAN_ELEMENT_THEORY")).upper()
    sizes = [name for name in ("SEMI_MAJOR_AXIS", "MEAN_MOTION") if part.entry(name) is not None]
    if len(sizes) != 1:
        got = "both" if sizes else "neither"
        text = f"expected one of SEMI_MAJOR_AXIS and MEAN_MOTION, got {got}"
        line = part.line_of(sizes[0]) if sizes else part.line
        out.fault("elements", line, text, clauses.cite("table 4-3"))
    if theory == "TLE":
        text = "MEAN_ELEMENT_THEORY = TLE names no theory; readers take it for SGP4"
        out.advice("theory", part.line_of("MEAN_ELEMENT_THEORY"), text, clauses.cite("table 4-2"))
    if theory not in (*_TLE_THEORIES, "TLE"):
        return
    needed = ["NORAD_CAT_ID"] if theory in ("SGP", "SGP4") else []
    needed += ["BSTAR"] if theory == "SGP4" else []
    needed += ["MEAN_MOTION_DOT", "MEAN_MOTION_DDOT"] if theory in ("SGP", "PPT3") else []
    needed += ["BTERM", "AGOM"] if version >= 3 and theory.endswith("XP") else []
    absent = [name for name in needed if part.entry(name) is None]
    if absent:
        text = f"{lists(absent)} missing, and mandatory with MEAN_ELEMENT_THEORY = {theory}"
        out.fault("keyword-missing", part.line_of("MEAN_ELEMENT_THEORY"), text, clauses.cite("table 4-3"))
    rates = [name for name in ("MEAN_MOTION_DOT", "MEAN_MOTION_DDOT") if part.entry(name) is None]
    if rates and theory in ("SGP4", "TLE"):
        text = f"{lists(rates)} missing; readers that make a TLE of the message expect it"
        out.advice("no-rates", part.line_of("MEAN_ELEMENT_THEORY"), text, clauses.cite("4.2.4.7"))
    if theory == "PPT3" or sizes == ["SEMI_MAJOR_AXIS"]:
        return
    for name, expected in (("CENTER_NAME", "EARTH"), ("REF_FRAME", "TEME"), ("TIME_SYSTEM", "UTC")):
        value = part.text(name)
        if value and normalised(value).upper() != expected:
            text = f"{name}: expected {expected} with elements of a TLE, got {quoted(value, _SHOWN)}"
            out.fault("tle-convention", part.line_of(name), text, clauses.cite("4.2.4.6"))
