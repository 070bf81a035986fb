"""Cycles of a watch on a planted conjunction: Iridium 33 and Cosmos 2251."""

from __future__ import annotations

import tomllib
from pathlib import Path

import numpy as np
from support.small import COSMOS_2251, IRIDIUM_33, two_line

from debrissim.catalog import Catalog, parse_catalog
from debrissim.core.time import Time
from debrissim.scenario.file import checked
from debrissim.watch.cycle import CycleReport, run_cycle
from debrissim.watch.differences import Kind
from debrissim.watch.fleet import Fleet
from debrissim.watch.messages import Message
from debrissim.watch.outbox import Channel

TOML = """\
title = "Iridium 33"

[catalog]
sources = [{ file = "catalogue.csv" }]

[[primaries]]
norad_id = 24946

[screening]
volumes = ["socrates-5km"]

[covariance]
model = "flohrer-2008+growth"

[watch]
store = "iridium.sqlite"
horizon_days = 0.5
yellow = 1e-7
red = 1e-5

[notify]
level = "any"
"""
NOW = Time.of("2009-02-10T12:00:00")


def fleet(folder: Path, text: str = TOML) -> Fleet:
    return checked(Fleet, tomllib.loads(text), "fleet", folder=folder)


def pair(*, along_deg: float = 0.0, rows: tuple[int, ...] = (0, 1), later_s: float = 0.0) -> Catalog:
    """Iridium 33 and Cosmos 2251, the latter shifted along its track, at an epoch that many seconds later."""
    catalog = parse_catalog(
        two_line(("IRIDIUM 33", IRIDIUM_33), ("COSMOS 2251", COSMOS_2251)).encode(), ""
    ).catalog
    days = later_s / 86400.0
    anomaly = catalog.mean_anomaly_deg + 360.0 * catalog.mean_motion_rev_day * days
    return catalog.with_columns(
        epoch_fraction=catalog.epoch_fraction + days,
        mean_anomaly_deg=np.mod(anomaly + np.array([0.0, along_deg]), 360.0),
    )[list(rows)]


class Inbox:
    """A channel that keeps its messages."""

    def __init__(self, key: str = "inbox") -> None:
        self.messages: list[Message] = []
        self.channel = Channel(key, key, self.messages.append)

    @property
    def titles(self) -> list[str]:
        return [message.title for message in self.messages]


def cycle(
    folder: Path, catalog: Catalog, hours: float = 0.0, inbox: Inbox | None = None, text: str = TOML
) -> CycleReport:
    channels = () if inbox is None else (inbox.channel,)
    return run_cycle(fleet(folder, text), now=NOW + 3600.0 * hours, catalogs=[catalog], channels=channels)


def kinds(report: CycleReport) -> list[Kind]:
    return [difference.kind for difference in report.differences]
