"""One made-up message in every notation, for the tests of the readers."""

from __future__ import annotations

import json

from debrissim.cdm import keywords

HEADER = {
    "CREATION_DATE": "2024-11-01T00:00:00.000",
    "ORIGINATOR": "TESTER",
    "MESSAGE_ID": "MADE-UP-1",
}
RELATIVE = {
    "TCA": "2024-11-02T03:04:05.678",
    "MISS_DISTANCE": "412.3",
    "RELATIVE_SPEED": "14762.5",
    "COLLISION_PROBABILITY": "4.835E-05",
    "COLLISION_PROBABILITY_METHOD": "FOSTER-1992",
}
_METADATA = {
    "CATALOG_NAME": "SATCAT",
    "EPHEMERIS_NAME": "NONE",
    "COVARIANCE_METHOD": "CALCULATED",
    "MANEUVERABLE": "N/A",
    "REF_FRAME": "EME2000",
}
STATES = (
    ("7000.0", "0.0", "0.0", "0.0", "7.5", "0.1"),
    ("7000.1", "0.4", "0.0", "0.0", "-7.26", "0.2"),
)


def _covariance(scale: float) -> tuple[str, ...]:
    """A covariance as its lower triangle by rows, diagonally dominant, velocities a thousand times smaller."""
    unit = (1.0, 1.0, 1.0, 1e-3, 1e-3, 1e-3)
    return tuple(
        f"{scale * unit[i] * unit[k] * (100.0 + 10.0 * i if i == k else 1.0 + 0.1 * k):.6E}"
        for i in range(6)
        for k in range(i + 1)
    )


COVARIANCES = (_covariance(1.0), _covariance(7.0))


def one_object(index: int) -> dict[str, str]:
    """All mandatory keywords of one object, OBJECT first."""
    return {
        "OBJECT": f"OBJECT{index + 1}",
        "OBJECT_DESIGNATOR": ("25544", "270387")[index],
        "OBJECT_NAME": ("ISS (ZARYA)", "FRAGMENT [TANK]")[index],
        "INTERNATIONAL_DESIGNATOR": ("1998-067A", "UNKNOWN")[index],
        **_METADATA,
        "MASS": ("420000", "0.25")[index],
        **dict(zip(keywords.STATE, STATES[index], strict=True)),
        **dict(zip(keywords.COVARIANCE, COVARIANCES[index], strict=True)),
    }


def kvn(*, comments: tuple[str, ...] = (), version: str = "1.0", **changes: str | None) -> str:
    """The message as KVN. changes: keyword = value; OBJECT2_X is the second object's; None omits the keyword."""
    lines = [f"CCSDS_CDM_VERS = {version}"]
    lines += _lines(HEADER | RELATIVE, "", changes)
    lines += [f"COMMENT {comment}" for comment in comments]
    for index in (0, 1):
        lines += _lines(one_object(index), f"OBJECT{index + 1}_", changes)
    return "\n".join(lines) + "\n"


def xml(**changes: str | None) -> str:
    """The message as XML; changes as in `kvn`, a value of "nil" makes the element nil."""

    def elements(fields: dict[str, str]) -> str:
        texts = []
        for key, value in fields.items():
            unit = f' units="{keywords.UNITS[key]}"' if key in keywords.UNITS else ""
            texts.append(f'<{key} nil="true"{unit}/>' if value == "nil" else f"<{key}{unit}>{value}</{key}>")
        return "\n".join(texts)

    segments = ""
    for index in (0, 1):
        fields = _changed(one_object(index), f"OBJECT{index + 1}_", changes)
        metadata = {key: fields[key] for key in fields if key in keywords.METADATA}
        rest = {key: fields[key] for key in fields if key not in keywords.METADATA}
        segments += (
            f"<segment><metadata>{elements(metadata)}</metadata>"
            f"<data><covarianceMatrix>{elements(rest)}</covarianceMatrix></data></segment>"
        )
    header, relative = (elements(_changed(fields, "", changes)) for fields in (HEADER, RELATIVE))
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<cdm id="CCSDS_CDM_VERS" version="1.0">'
        f"<header>{header}</header><body><relativeMetadataData>{relative}</relativeMetadataData>"
        f"{segments}</body></cdm>\n"
    )


def spacetrack(**changes: object) -> dict[str, object]:
    """The message as an object of Space-Track's JSON; changes: its keys."""
    record: dict[str, object] = {"CCSDS_CDM_VERS": "1.0", **HEADER, **RELATIVE, "CDM_ID": "1", "GID": 7}
    for index in (0, 1):
        for key, value in one_object(index).items():
            record[f"SAT{index + 1}_{key}"] = value
            if key in keywords.UNITS:
                record[f"SAT{index + 1}_{key}_UNIT"] = keywords.UNITS[key]
    return record | changes


def spacetrack_text(**changes: object) -> str:
    """The message as Space-Track's JSON text: a list of one object."""
    return json.dumps([spacetrack(**changes)])


def _changed(fields: dict[str, str], prefix: str, changes: dict[str, str | None]) -> dict[str, str]:
    own = {key.removeprefix(prefix): value for key, value in changes.items() if key.startswith(prefix)}
    if not prefix:
        own = {key: value for key, value in own.items() if not key.startswith(("OBJECT1_", "OBJECT2_"))}
        own = {key: value for key, value in own.items() if key in fields or key not in HEADER | RELATIVE}
        taken_elsewhere = (HEADER | RELATIVE).keys() - fields.keys()
        own = {key: value for key, value in own.items() if key not in taken_elsewhere}
    return {key: value for key, value in (fields | own).items() if value is not None}


def _lines(fields: dict[str, str], prefix: str, changes: dict[str, str | None]) -> list[str]:
    lines = []
    for key, value in _changed(fields, prefix, changes).items():
        unit = f" [{keywords.UNITS[key]}]" if key in keywords.UNITS and "[" not in value else ""
        lines.append(f"{key:<28} = {value}{unit}")
    return lines
