"""Conjunctions as CDMs of version 1.0, KVN and XML, and of the draft of version 2.0, KVN.

Source: CCSDS 508.0-B-1, section 3 (content and order), 6.3 (KVN) and 6.4 (XML).

Assumptions
- Lines of KVN have at most 254 characters and are ASCII; longer comments are broken at words, other
  characters replaced. Values of one keyword are never broken.
- States are written in full precision, covariances with 16 digits: a message reads back the same.
- The standard knows the frames EME2000, GCRF and ITRF: a state in another one must be turned before.
- Distances and the relative state are written as the states give them. Keywords that version 1.0 does not have, and a
  radius that no comment states, become comments, so nothing is lost: `HBR = 20.0 [m]`, `CONJUNCTION_ID = 42`. Comments
  that state another radius than the message has (it was replaced after reading) are left out.
"""

from __future__ import annotations

import textwrap
import xml.etree.ElementTree as ElementTree
from collections.abc import Mapping
from decimal import Decimal

import numpy as np

from debrissim.cdm import keywords
from debrissim.cdm.message import CdmObject, Conjunction, is_earth_fixed
from debrissim.cdm.radius import RadiusComments, comments_stating
from debrissim.core.epochs import format_iso_epoch, parse_iso_epochs
from debrissim.core.errors import InputError
from debrissim.core.numbers import ascii_text

VERSION = "1.0"
LATER_VERSION = "2.0"
_SCHEMA = "http://sanaregistry.org/r/ndmxml/ndmxml-1.0-master.xsd"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_LINE_LENGTH = 254
_COMMENT_LENGTH = 200
_FRAMES = ("EME2000", "GCRF")
_MAX_DIGITS = 16

Field = tuple[str, str]
"""A keyword and its value as written; the keyword COMMENT for a comment."""


def cdm_kvn(conjunction: Conjunction, *, version: str = VERSION) -> str:
    """The message as KVN text.

    Parameters
    ----------
    conjunction : Conjunction
    version : str
        "1.0", or "2.0" for the draft: keywords that it adds are written as keywords, not as comments, in the order of
        Orekit 12 (unverified).

    Raises
    ------
    InputError
        For content that a CDM cannot express (frame, text, numbers), and for another version.
    """
    if version not in (VERSION, LATER_VERSION):
        raise InputError(f"version: expected {VERSION} or {LATER_VERSION}, got {version!r}")
    is_later = version == LATER_VERSION
    comments = _all_comments(conjunction, is_later=is_later)
    header, relative = _header(conjunction), _relative(conjunction)
    if is_later:
        added = _added(conjunction.other, keywords.LATER_COMMON)
        header = _in_order([*header, *added], keywords.COMMON_2[:6])
        relative = _in_order([*relative, *added], keywords.COMMON_2[6:])
    fields = [*header, *_comments(comments.pair), *relative]
    for number, item in enumerate((conjunction.primary, conjunction.secondary), start=1):
        groups = _object_groups(item, number)
        if is_later:
            groups = _later_groups(groups, item)
        # After the metadata: before OBJECT = OBJECT1 comments are read as the pair's.
        fields += [*groups.pop("metadata"), *_comments(comments.objects[number - 1])]
        for group in groups.values():
            fields += group
    lines = [_line("CCSDS_CDM_VERS", version), *(_line(keyword, value) for keyword, value in fields)]
    return "\n".join(lines) + "\n"


def _added(other: Mapping[str, str], later: frozenset[str]) -> list[Field]:
    """The keywords that version 2 adds, as they were read."""
    return [(key, _text(key, value)) for key, value in other.items() if key in later]


def _in_order(fields: list[Field], order: tuple[str, ...]) -> list[Field]:
    """The fields of these keywords, in their order."""
    values = dict(fields)
    return [(key, values[key]) for key in order if key in values]


def _later_groups(groups: Mapping[str, list[Field]], item: CdmObject) -> dict[str, list[Field]]:
    """The fields of an object in the order of version 2: metadata, and data."""
    fields = [
        *(entry for group in groups.values() for entry in group),
        *_added(item.other, keywords.LATER_OBJECT),
    ]
    if item.hard_body_radius_m is not None:
        fields.append(("HBR", _number(item.hard_body_radius_m)))
    split = keywords.OBJECT_2.index(keywords.OD_PARAMETERS[0])
    return {
        "metadata": _in_order(fields, keywords.OBJECT_2[:split]),
        "data": _in_order(fields, keywords.OBJECT_2[split:]),
    }


def cdm_xml(conjunction: Conjunction) -> str:
    """The message as XML text. Raises InputError for content that a CDM cannot express (frame, text, numbers)."""
    ElementTree.register_namespace("xsi", _XSI)
    root = ElementTree.Element(
        "cdm", {f"{{{_XSI}}}noNamespaceSchemaLocation": _SCHEMA, "id": "CCSDS_CDM_VERS", "version": VERSION}
    )
    _fill(ElementTree.SubElement(root, "header"), _header(conjunction))
    body = ElementTree.SubElement(root, "body")
    relative = ElementTree.SubElement(body, "relativeMetadataData")
    vector: ElementTree.Element | None = None
    comments = _all_comments(conjunction)
    _fill(relative, _comments(comments.pair))
    for keyword, value in _relative(conjunction):
        if keyword in keywords.RELATIVE_STATE:
            if vector is None:
                vector = ElementTree.SubElement(relative, "relativeStateVector")
            _fill(vector, [(keyword, value)])
        else:
            _fill(relative, [(keyword, value)])
    for number, item in enumerate((conjunction.primary, conjunction.secondary), start=1):
        segment = ElementTree.SubElement(body, "segment")
        groups = _object_groups(item, number)
        metadata = [*_comments(comments.objects[number - 1]), *groups.pop("metadata")]
        _fill(ElementTree.SubElement(segment, "metadata"), metadata)
        data = ElementTree.SubElement(segment, "data")
        for name, group in groups.items():
            if group:
                _fill(ElementTree.SubElement(data, name), group)
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def _header(conjunction: Conjunction) -> list[Field]:
    created = conjunction.creation_date.strip()
    if parse_iso_epochs([created])[2]:
        raise InputError(f"CREATION_DATE: expected a UTC time in ISO 8601, got {created!r}")
    fields = [
        # Space-Track writes a blank where the standard has a T.
        ("CREATION_DATE", created.replace(" ", "T")),
        ("ORIGINATOR", conjunction.originator),
        ("MESSAGE_FOR", conjunction.message_for),
        ("MESSAGE_ID", conjunction.message_id),
    ]
    return [(key, _text(key, value)) for key, value in fields if value or key != "MESSAGE_FOR"]


def _relative(conjunction: Conjunction) -> list[Field]:
    for item in (conjunction.primary, conjunction.secondary):
        for value in item.state:
            _number(float(value))
    relative_m = 1000.0 * conjunction.relative_state_rtn
    speed = float(np.linalg.norm(relative_m[3:]))
    fields: list[Field] = [
        ("TCA", format_iso_epoch(conjunction.tca_jd, conjunction.tca_fraction)),
        ("MISS_DISTANCE", _metres(float(np.linalg.norm(relative_m[:3])))),
        ("RELATIVE_SPEED", _metres(speed)),
    ]
    fields += [
        (key, _metres(float(value))) for key, value in zip(keywords.RELATIVE_STATE, relative_m, strict=True)
    ]
    written = {key for key, _ in fields}
    fields += [
        (key, _text(key, conjunction.other[key]))
        for key in keywords.RELATIVE
        if key in conjunction.other and key not in written
    ]
    if conjunction.collision_probability is not None:
        fields.append(("COLLISION_PROBABILITY", _number(conjunction.collision_probability)))
        if conjunction.collision_probability_method:
            method = _text("COLLISION_PROBABILITY_METHOD", conjunction.collision_probability_method)
            fields.append(("COLLISION_PROBABILITY_METHOD", method))
    return fields


def _all_comments(conjunction: Conjunction, *, is_later: bool = False) -> RadiusComments:
    """The comments of the pair and of each object, with facts that only a comment can hold."""
    objects = (conjunction.primary, conjunction.secondary)
    taken = {*keywords.HEADER, *keywords.RELATIVE, "HBR", *(keywords.LATER_COMMON if is_later else ())}
    own = {*keywords.OBJECT, "HBR", *(keywords.LATER_OBJECT if is_later else ())}
    one, two = (_pieces((*item.comments, *_others(item.other, own))) for item in objects)
    return comments_stating(
        conjunction.hard_body_radius_m,
        (objects[0].hard_body_radius_m, objects[1].hard_body_radius_m),
        (objects[0].exclusion_radius_m, objects[1].exclusion_radius_m),
        RadiusComments(_pieces((*conjunction.comments, *_others(conjunction.other, taken))), (one, two)),
    )


def _others(other: Mapping[str, str], taken: set[str]) -> list[str]:
    return [f"{keyword} = {value}" for keyword, value in other.items() if keyword not in taken]


def _object_groups(item: CdmObject, number: int) -> dict[str, list[Field]]:
    """The fields of one object in the standard's order, by the groups of the XML layout."""
    if item.reference_frame not in _FRAMES and not is_earth_fixed(item.reference_frame):
        expected = ", ".join(_FRAMES)
        raise InputError(
            f"reference_frame of OBJECT{number}: a CDM is written in {expected} or ITRF, got "
            f"{item.reference_frame!r}"
        )
    values = {
        "OBJECT": f"OBJECT{number}",
        "OBJECT_DESIGNATOR": item.designator,
        "CATALOG_NAME": item.catalog_name,
        "OBJECT_NAME": item.name,
        "INTERNATIONAL_DESIGNATOR": item.international_designator,
        "OBJECT_TYPE": item.object_type,
        "EPHEMERIS_NAME": item.ephemeris_name,
        "COVARIANCE_METHOD": item.covariance_method,
        "MANEUVERABLE": item.maneuverable,
        "REF_FRAME": item.reference_frame,
        "AREA_PC": "" if item.area_m2 is None else _number(item.area_m2),
        "MASS": "" if item.mass_kg is None else _number(item.mass_kg),
        **item.other,
    }

    def group(names: tuple[str, ...]) -> list[Field]:
        return [
            (key, _text(key, values.get(key, "")))
            for key in names
            if values.get(key, "") or key in keywords.OBLIGATORY
        ]

    covariance_m = 1e6 * item.covariance_rtn[np.tril_indices(6)]
    return {
        "metadata": group(keywords.METADATA),
        "odParameters": group(keywords.OD_PARAMETERS),
        "additionalParameters": group(keywords.ADDITIONAL_PARAMETERS),
        "stateVector": [
            (key, _number(float(value))) for key, value in zip(keywords.STATE, item.state, strict=True)
        ],
        "covarianceMatrix": [
            (key, _variance(float(value)))
            for key, value in zip(keywords.COVARIANCE, covariance_m, strict=True)
        ]
        + group(keywords.FURTHER_COVARIANCE),
    }


def _pieces(comments: tuple[str, ...]) -> tuple[str, ...]:
    """Comments as written: in ASCII, with long lines broken between words."""
    return tuple(
        ascii_text(piece) for comment in comments for piece in textwrap.wrap(comment, _COMMENT_LENGTH) or [""]
    )


def _comments(comments: tuple[str, ...]) -> list[Field]:
    return [("COMMENT", comment) for comment in comments]


def _number(value: float) -> str:
    """The shortest text that reads back the same, in a form of the standard (6.3.2).

    Of at most 16 digits, as the standard has it, unless the number needs 17.
    """
    if not np.isfinite(value):
        raise InputError(f"a CDM holds finite numbers only, got {value}")
    text = repr(value)
    if "e" not in text and sum(map(str.isdigit, text)) <= _MAX_DIGITS:
        return text
    sign, digits, exponent = Decimal(text).normalize().as_tuple()
    mantissa = "".join(map(str, digits[1:])) or "0"
    return f"{'-' if sign else ''}{digits[0]}.{mantissa}E{int(exponent) + len(digits) - 1:+03d}"


def _metres(value: float) -> str:
    """A distance or speed for the reader, to a micrometre."""
    return _number(round(value, 6))


def _variance(value: float) -> str:
    _number(value)
    return f"{value:.15E}"


def _text(keyword: str, value: str) -> str:
    value = ascii_text(value).strip()
    if not value:
        raise InputError(f"{keyword}: mandatory in a CDM, got no text")
    if "\n" in value or "\r" in value or len(value) > _LINE_LENGTH - 40:
        raise InputError(f"{keyword}: expected one line of at most {_LINE_LENGTH - 40} characters")
    return value


def _line(keyword: str, value: str) -> str:
    if keyword == "COMMENT":
        return f"COMMENT {value}".rstrip()
    unit = keywords.UNITS.get(keyword)
    return f"{keyword:<28} = {value}" + (f" [{unit}]" if unit else "")


def _fill(parent: ElementTree.Element, fields: list[Field]) -> None:
    for keyword, value in fields:
        unit = keywords.UNITS.get(keyword)
        element = ElementTree.SubElement(parent, keyword, {"units": unit} if unit else {})
        element.text = value
