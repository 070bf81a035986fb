"""The check of conjunction data messages, KVN and XML.

Source: CCSDS 508.0-B-1 with corrigendum 2: sections 3 (content), 4 (XML), 5.2 and 6 (syntax).

Assumptions
- Version 2 (a draft) is checked by the tables of version 1 and the keywords that it adds; the order of its keywords is
  unverified, so that deviations are advice.
- Contradictions between values count from 1 % on: values are rounded.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from debrissim.cdm import keywords as names
from debrissim.cdm.radius import RADIUS_COMMENT
from debrissim.core.text import quoted
from debrissim.lint import cdm_tables, lines
from debrissim.lint.covariances import matrix_fault
from debrissim.lint.elements import Element, check_children, check_root, check_version, gather
from debrissim.lint.findings import Collector
from debrissim.lint.sections import SectionCheck
from debrissim.lint.tables import CDM, Part, lists
from debrissim.lint.values import Moment, implausible, moment, number, seconds_between

_SHOWN = 60
# If there are more objects than any message has, which is already a fault, only the first ones are checked.
_MAX_OBJECTS = 10
_GROUPS: dict[str, tuple[int, int | None]] = {
    "odParameters": (0, 1),
    "additionalParameters": (0, 1),
    "stateVector": (1, 1),
    "covarianceMatrix": (1, 1),
}
_GROUPS_2 = {**_GROUPS, "additionalCovarianceMetadata": (0, 1), "userDefinedParameters": (0, 1)}


def check_kvn(text: str, out: Collector) -> int:
    """Check the messages of a text in KVN; returns their number."""
    parts: list[Part] = []
    messages: list[list[Part]] = []
    for line, comments in lines.assignments(text, out, CDM, first=cdm_tables.VERSION):
        if line is not None and line.name == cdm_tables.VERSION:
            parts = [Part("common", line.number)]
            messages.append(parts)
        elif line is not None and line.name == "OBJECT":
            parts.append(Part("object", line.number))
        part = parts[-1]
        part.radius_stated = part.radius_stated or any(map(_states_radius, comments))
        layout = cdm_tables.COMMON if part.kind == "common" else cdm_tables.OBJECT
        lines.add_assignment(part, line, comments, layout)
    if len(messages) > 1:
        lines.second_message("CDM", "conjunction", messages[1][0].line, out, CDM)
    for message in messages:
        common = message[0]
        first = common.entries[0]
        version = check_version(
            first.value, cdm_tables.VERSION, first.line, out, CDM.cite("table 3-1"), cdm_tables.VERSIONS
        )
        check_parts(common, message[1:], out, version=version, xml=False)
    return len(messages)


def _states_radius(line: lines.Line) -> bool:
    return RADIUS_COMMENT.match(line.value) is not None


def check_element(message: Element, root: Element, out: Collector) -> None:
    """Check a <cdm>."""
    version = check_root(message, root, cdm_tables.VERSION, out, CDM, cdm_tables.VERSIONS)
    check_children(message, {"header": (1, 1), "body": (1, 1)}, out, CDM, leaves=False)
    common = Part("common", message.line)
    objects: list[Part] = []
    for header in message.of("header"):
        gather(common, header, (), out, CDM)
    for body in message.of("body"):
        check_children(body, {"relativeMetadataData": (1, 1), "segment": (2, 2)}, out, CDM, leaves=False)
        for relative in body.of("relativeMetadataData"):
            check_children(relative, {"relativeStateVector": (0, 1)}, out, CDM, leaves=True)
            gather(common, relative, ("relativeStateVector",), out, CDM)
        for segment in body.of("segment"):
            objects.append(_object(segment, out, version))
    common.radius_stated = _has_radius_comment(message)
    check_parts(common, objects, out, version=version, xml=True)


def _object(segment: Element, out: Collector, version: int) -> Part:
    groups = _GROUPS_2 if version >= 2 else _GROUPS
    check_children(segment, {"metadata": (1, 1), "data": (1, 1)}, out, CDM, leaves=False)
    part = Part("object", segment.line)
    for metadata in segment.of("metadata"):
        check_children(metadata, {}, out, CDM, leaves=True)
        gather(part, metadata, (), out, CDM)
    for data in segment.of("data"):
        check_children(data, groups, out, CDM, leaves=False)
        gather(part, data, tuple(groups), out, CDM)
    return part


def _has_radius_comment(element: Element) -> bool:
    if element.tag == "COMMENT":
        return RADIUS_COMMENT.match(element.text) is not None
    return any(map(_has_radius_comment, element.children))


def check_parts(common: Part, objects: Sequence[Part], out: Collector, *, version: int, xml: bool) -> None:
    """Check the sections of one message, then its values against each other."""
    sections = SectionCheck(out, CDM, version=version, xml=xml, strict_order=version < 2)
    layouts = (
        (cdm_tables.COMMON, cdm_tables.OBJECT) if version < 2 else (cdm_tables.COMMON_2, cdm_tables.OBJECT_2)
    )
    # In XML the version is an attribute, which is checked where it is.
    sections.check(common, layouts[0], exempt=(cdm_tables.VERSION,) if xml else ())
    if len(objects) != 2:
        text = f"{len(objects)} objects; expected two, OBJECT = OBJECT1 and OBJECT = OBJECT2"
        out.fault("objects", common.line, text, CDM.cite("table 3-3"))
    for index, part in enumerate(objects[:_MAX_OBJECTS], start=1):
        owner = f" of OBJECT{index}"
        has_alternative = version >= 2 and part.entry(names.XYZ_COVARIANCE[0]) is not None
        lacking = names.COVARIANCE if has_alternative else ()
        sections.check(part, layouts[1], owner=owner, exempt=lacking)
        stated = part.entry("OBJECT")
        if stated is not None and stated.value in ("OBJECT1", "OBJECT2") and stated.value != f"OBJECT{index}":
            text = f"OBJECT: expected OBJECT{index}, got {quoted(stated.value, _SHOWN)}"
            out.fault("object-number", stated.line, text, CDM.cite("table 3-3"))
        _check_object(part, owner, out)
    _check_frames(objects, out)
    _check_relative(common, objects, out)
    _check_state_vector(common, out, xml=xml)
    _check_times(common, objects, out)
    _check_probability(common, objects, out)


def _check_object(part: Part, owner: str, out: Collector) -> None:
    present = {entry.name for entry in part.entries}
    rows = names.FURTHER_COVARIANCE[:7], names.FURTHER_COVARIANCE[7:15], names.FURTHER_COVARIANCE[15:]
    given = [row for row in rows if present.intersection(row)]
    if given:
        needed = [name for row in rows[: rows.index(given[-1]) + 1] for name in row]
        absent = [name for name in needed if name not in present]
        if absent:
            text = f"{absent[0]}{owner} is missing ({len(absent)} in all): rows 7 to 9 of the covariance are given "
            text += "whole, with all rows before them"
            out.fault("covariance-rows", part.line_of(given[-1][0]), text, CDM.cite("5.2.8"))
    texts = [part.text(name) for name in names.COVARIANCE]
    if all(texts):
        fault = matrix_fault(texts, names.COVARIANCE)
        if fault is not None:
            line = part.line_of(names.COVARIANCE[fault.place])
            fault.add(out, line, f"covariance{owner}: ", CDM.cite("table 3-4"))
    for used, available in (("OBS_USED", "OBS_AVAILABLE"), ("TRACKS_USED", "TRACKS_AVAILABLE")):
        pair = number(part.text(used)), number(part.text(available))
        if pair[0] is not None and pair[1] is not None and pair[0] > pair[1]:
            text = f"{used}{owner} is above {available} ({pair[0]:g} > {pair[1]:g})"
            out.advice("observations", part.line_of(used), text, CDM.cite("table 3-4"))
    start, end = moment(part.text("TIME_LASTOB_START")), moment(part.text("TIME_LASTOB_END"))
    if start is not None and end is not None and end < start:
        text = f"TIME_LASTOB_END{owner} is before TIME_LASTOB_START"
        out.fault("interval", part.line_of("TIME_LASTOB_END"), text, CDM.cite("table 3-4"))
    strange = implausible([part.text(name) for name in names.STATE], part.text("ORBIT_CENTER"))
    if strange:
        text = f"the state{owner} {strange}"
        out.advice("state-implausible", part.line_of("X"), text, CDM.cite("table 3-4"))


def _check_frames(objects: Sequence[Part], out: Collector) -> None:
    frames = [part.text("REF_FRAME").upper() for part in objects]
    if len(frames) == 2 and all(frames) and frames[0] != frames[1]:
        shown = [quoted(frame, _SHOWN) for frame in frames]
        text = f"REF_FRAME of OBJECT2 is {shown[1]}, of OBJECT1 {shown[0]}; expected one frame for both"
        out.fault("frames-differ", objects[1].line_of("REF_FRAME"), text, CDM.cite("table 3-3"))


def _check_relative(common: Part, objects: Sequence[Part], out: Collector) -> None:
    """Norms against components, and against the states."""
    for norm, components, unit in (
        ("MISS_DISTANCE", names.RELATIVE_STATE[:3], "m"),
        ("RELATIVE_SPEED", names.RELATIVE_STATE[3:], "m/s"),
    ):
        stated = number(common.text(norm))
        values = [number(common.text(name)) for name in components]
        if stated is None or None in values:
            continue
        computed = math.hypot(*(value or 0.0 for value in values))
        if _differs(stated, computed):
            text = f"{norm} is {stated:g} {unit}, and the norm of {components[0]}, T and N is {computed:.6g} {unit}"
            out.fault("norm", common.line_of(norm), text, CDM.cite("table 3-2"))
    states = [[number(part.text(name)) for name in names.STATE[:3]] for part in objects]
    miss = number(common.text("MISS_DISTANCE"))
    if len(states) == 2 and miss is not None and None not in (*states[0], *states[1]):
        computed = 1000.0 * math.dist(*([value or 0.0 for value in state] for state in states))
        if _differs(miss, computed):
            text = f"MISS_DISTANCE is {miss:g} m, and the states are {computed:.6g} m apart"
            out.advice("miss-of-states", common.line_of("MISS_DISTANCE"), text, CDM.cite("5.2.2"))


def _check_state_vector(common: Part, out: Collector, *, xml: bool) -> None:
    given = [name for name in names.RELATIVE_STATE if common.entry(name) is not None]
    absent = [name for name in names.RELATIVE_STATE if name not in given]
    if given and absent:
        text = f"{lists(absent)} of the relative state missing; readers expect none or all six"
        line = common.line_of(given[0])
        if xml:
            out.fault("relative-state", line, text, CDM.cite("table 4-2"))
        else:
            out.advice("relative-state", line, text, CDM.cite("table 3-2"))


def _differs(stated: float, computed: float) -> bool:
    return abs(stated - computed) > max(2.0, 0.01 * max(stated, computed))


def _check_times(common: Part, objects: Sequence[Part], out: Collector) -> None:
    def at(name: str, part: Part = common) -> Moment | None:
        return moment(part.text(name))

    tca, created = at("TCA"), at("CREATION_DATE")
    start, stop = at("START_SCREEN_PERIOD"), at("STOP_SCREEN_PERIOD")
    entry, leaving = at("SCREEN_ENTRY_TIME"), at("SCREEN_EXIT_TIME")
    for first, second, names_ in (
        (start, stop, ("START_SCREEN_PERIOD", "STOP_SCREEN_PERIOD")),
        (entry, leaving, ("SCREEN_ENTRY_TIME", "SCREEN_EXIT_TIME")),
    ):
        if first is not None and second is not None and second < first:
            text = f"{names_[1]} is before {names_[0]}"
            out.fault("interval", common.line_of(names_[1]), text, CDM.cite("table 3-2"))
    if tca is None:
        return
    for first, second, what in (
        (start, stop, "the screening period"),
        (entry, leaving, "the time in the volume"),
    ):
        is_outside = (first is not None and tca < first) or (second is not None and tca > second)
        if is_outside:
            out.advice("tca-outside", common.line_of("TCA"), f"TCA is outside {what}", CDM.cite("table 3-2"))
    if created is not None and seconds_between(tca, created) > 0.0:
        text = "CREATION_DATE is after TCA: the conjunction is over"
        out.advice("created-late", common.line_of("CREATION_DATE"), text, CDM.cite("table 3-1"))
    for index, part in enumerate(objects, start=1):
        last = at("TIME_LASTOB_END", part)
        if last is not None and created is not None and last > created:
            text = f"TIME_LASTOB_END of OBJECT{index} is after CREATION_DATE"
            out.advice("observed-late", part.line_of("TIME_LASTOB_END"), text, CDM.cite("table 3-4"))


def _check_probability(common: Part, objects: Sequence[Part], out: Collector) -> None:
    parts = (common, *objects)
    if common.text("COLLISION_PROBABILITY") and not common.text("COLLISION_PROBABILITY_METHOD"):
        text = "COLLISION_PROBABILITY without COLLISION_PROBABILITY_METHOD; its meaning is not stated"
        out.advice("probability-method", common.line_of("COLLISION_PROBABILITY"), text, CDM.cite("table 3-2"))
    if not any(part.radius_stated or part.entry("HBR") is not None for part in parts):
        text = "no hard-body radius, in no comment such as COMMENT HBR = 12 [m]; readers cannot compute a probability"
        out.advice("no-radius", common.line, text, CDM.cite("6.2.5"))
