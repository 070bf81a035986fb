"""Element sets of today and a satellite catalogue, for the tests of `debrissim now`."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from support.source_servers import GP_HEADER

NAMES = {
    25544: "ISS (ZARYA)",
    48274: "CSS (TIANHE)",
    20580: "HST",
    44713: "STARLINK-1007",
    44714: "STARLINK-1008",
}

SATCAT = (
    "OBJECT_NAME,NORAD_CAT_ID,OBJECT_TYPE,OWNER,DECAY_DATE,RCS\r\n"
    "ISS (ZARYA),25544,PAY,ISS,,399.05\r\n"
    "OBJECT 0,90001,DEB,US,,0.5\r\n"
    "OBJECT 1,90002,R/B,CIS,2026-01-01,20.0\r\n"
    "OBJECT 2,90003,R/B,CIS,,\r\n"
)


def element_sets(age_hours: float = 6.0) -> list[dict[str, str]]:
    """Five named objects and forty others of low orbits, all of one age."""
    epoch = (datetime.now(UTC) - timedelta(hours=age_hours)).strftime("%Y-%m-%dT%H:%M:%S.000000")
    names = NAMES | {90001 + k: f"OBJECT {k}" for k in range(40)}
    values = [
        f"{name},2026-001A,{epoch},{15.4 + 0.003 * (k % 7)},.0005,{51.6 + k % 20},{(37 * k) % 360},"
        f"30.5,{(53 * k) % 360},0,U,{number},999,1,.1E-3,.1E-4,0"
        for k, (number, name) in enumerate(names.items())
    ]
    return [dict(zip(GP_HEADER.split(","), row.split(","), strict=True)) for row in values]


def active(age_hours: float = 6.0) -> str:
    """The same as CSV."""
    return "\r\n".join([GP_HEADER, *(",".join(row.values()) for row in element_sets(age_hours))]) + "\r\n"


def made_older(name: str, age: timedelta) -> None:
    """Give a copy in the cache of CelesTrak this age."""
    record = next(Path("cache/celestrak").glob(f"{name}-*.json"))
    content = json.loads(record.read_text())
    earlier = (datetime.now(UTC) - age).strftime("%Y-%m-%dT%H:%M:%SZ")
    content["asked_utc"] = content["copy"]["fetched_utc"] = content["copy"]["current_utc"] = earlier
    content["copy"]["server_utc"] = None
    record.write_text(json.dumps(content))
