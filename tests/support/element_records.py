"""Handwritten element sets and messages for the tests of the catalogue.

The two element sets are the last ones before the collision of 2009-02-10, as published by Space-Track.
"""

from __future__ import annotations

import json

IRIDIUM_33 = (
    "1 24946U 97051C   09040.78448243 +.00000153 +00000-0 +47668-4 0  9994",
    "2 24946 086.3994 121.7028 0002288 085.1644 274.9812 14.34219863597336",
)
COSMOS_2251 = (
    "1 22675U 93036A   09040.49834364 -.00000001  00000-0  95251-5 0  9996",
    "2 22675 074.0355 019.4646 0016027 098.7014 261.5952 14.31135643817415",
)

# The same element set of Iridium 33 as an OMM would give it.
IRIDIUM_OMM = {
    "OBJECT_NAME": "IRIDIUM 33",
    "OBJECT_ID": "1997-051C",
    "EPOCH": "2009-02-09T18:49:39.281952",
    "MEAN_MOTION": "14.34219863",
    "ECCENTRICITY": ".0002288",
    "INCLINATION": "86.3994",
    "RA_OF_ASC_NODE": "121.7028",
    "ARG_OF_PERICENTER": "85.1644",
    "MEAN_ANOMALY": "274.9812",
    "NORAD_CAT_ID": "24946",
    "BSTAR": ".47668E-4",
    "MEAN_MOTION_DOT": ".153E-5",
    "MEAN_MOTION_DDOT": "0",
}


def checksummed(line: str) -> str:
    """The first 68 characters of an element line with their checksum."""
    body = line[:68]
    return body + str(sum(int(c) if c.isdigit() else c == "-" for c in body) % 10)


def tle(pair: tuple[str, str] = IRIDIUM_33, **fields: str) -> tuple[str, str]:
    """The two lines with fields replaced in their columns, and new checksums."""
    line1, line2 = pair
    columns1 = {"number": (2, 7), "designator": (9, 17), "epoch": (18, 32), "ndot": (33, 43)}
    columns1 |= {"nddot": (44, 52), "bstar": (53, 61), "ephemeris_type": (62, 63)}
    columns2 = {"number": (2, 7), "inclination": (8, 16), "eccentricity": (26, 33), "mean_motion": (52, 63)}
    for key, value in fields.items():
        assert key in columns1 or key in columns2
        if key in columns1:
            start, end = columns1[key]
            assert len(value) == end - start
            line1 = line1[:start] + value + line1[end:]
        if key in columns2:
            start, end = columns2[key]
            assert len(value) == end - start
            line2 = line2[:start] + value + line2[end:]
    return checksummed(line1), checksummed(line2)


def lines_of(*records: tuple[str, ...]) -> bytes:
    """The bytes of a file with these records, line by line."""
    return "".join(line + "\n" for record in records for line in record).encode()


def omm(**changes: str) -> dict[str, str]:
    """The OMM of Iridium 33 with fields replaced."""
    return IRIDIUM_OMM | changes


def as_csv(*records: dict[str, str]) -> bytes:
    """OMM CSV; fields are written as they are, so a test may break them."""
    keys = list(dict.fromkeys(key for record in records for key in record))
    rows = [keys, *([record.get(key, "") for key in keys] for record in records)]
    return "".join(",".join(row) + "\n" for row in rows).encode()


def as_json(*records: dict[str, str]) -> bytes:
    """OMM JSON as CelesTrak provides it: one record per line."""
    return ("[" + ",\n".join(json.dumps(record) for record in records) + "]").encode()


def as_kvn(*records: dict[str, str]) -> bytes:
    """OMM KVN."""
    blocks = ["\n".join(["CCSDS_OMM_VERS = 2.0", *(f"{k} = {v}" for k, v in r.items())]) for r in records]
    return ("\n\n".join(blocks) + "\n").encode()


def as_xml(*records: dict[str, str]) -> bytes:
    """OMM XML, nested as CCSDS specifies, one element per line."""
    bodies = []
    for record in records:
        leaves = "\n".join(f"<{key}>{value}</{key}>" for key, value in record.items())
        bodies.append(
            f'<omm id="CCSDS_OMM_VERS" version="2.0"><body><segment>\n{leaves}\n</segment></body></omm>'
        )
    return ('<?xml version="1.0" encoding="UTF-8"?>\n<ndm>\n' + "\n".join(bodies) + "\n</ndm>\n").encode()
