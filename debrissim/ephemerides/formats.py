"""The description of a format of ephemeris files: its recognition and its reader."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from debrissim.ephemerides.earth_orientation import EarthOrientation
from debrissim.ephemerides.ephemeris import Ephemeris


@dataclass(frozen=True)
class EphemerisFormat:
    """One format.

    | field   | meaning                                                                                           |
    |---------|---------------------------------------------------------------------------------------------------|
    | name    | short name, such as "oem-kvn"                                                                     |
    | title   | name used in sentences, such as "OEM as KVN (CCSDS_OEM_VERS = ...)"                               |
    | is_like | whether a text without leading blanks is of this format; takes linear time and never raises       |
    | read    | the objects of a text: (text, name of the file, Earth orientation) -> ephemerides                 |

    `read` raises InputError, one sentence that begins with the name of the file and states the line. The text is not
    empty. An XML file may hold messages of several formats: each format that recognises the file reads its own
    messages.
    """

    name: str
    title: str
    is_like: Callable[[str], bool]
    read: Callable[[str, str, EarthOrientation | None], tuple[Ephemeris, ...]]
