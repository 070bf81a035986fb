"""The times of an orbit comprehensive message: absolute, or in seconds since EPOCH_TZERO.

Source: CCSDS 502.0-B-3, sections 6.2.4 (EPOCH_TZERO, TIME_SYSTEM) and 7.5.10 (relative times).

Assumptions
- Within a block all times are absolute, or all are relative.
- Seconds since EPOCH_TZERO are in TIME_SYSTEM; in UTC they are true seconds, so that a leap second counts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from debrissim.core.arrays import Array
from debrissim.core.constants import SECONDS_PER_DAY
from debrissim.core.epochs import parse_iso_epochs
from debrissim.core.errors import InputError
from debrissim.core.text import quoted
from debrissim.ephemerides.columns import moments_after, moments_of_lines, number_table
from debrissim.ephemerides.earth_orientation import EarthOrientation
from debrissim.ephemerides.odm_blocks import Block
from debrissim.ephemerides.time_systems import Moments, time_system, to_utc

_RELATIVE = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")


@dataclass(frozen=True)
class Clock:
    """The time system and the zero of a message; `zero_text` is the zero as written, in that system."""

    system: str
    zero: Moments
    zero_text: str
    name: str
    eop: EarthOrientation | None

    def moments(self, texts: Sequence[str], lines: Sequence[int]) -> Moments:
        """The moments of times of one block. Raises InputError, naming the line, for text that is not a time."""
        relative = [_RELATIVE.fullmatch(text) is not None for text in texts]
        if not any(relative):
            return moments_of_lines(texts, lines, self.system, self.name, self.eop)
        if not all(relative):
            row = relative.index(not relative[0])
            kind = "seconds since EPOCH_TZERO" if relative[0] else "a date and time"
            raise InputError(
                f"{self.name}: line {lines[row]}: expected {kind}, as in the lines before, got {quoted(texts[row], 40)}"
            )
        seconds = number_table([[text] for text in texts], 1, lines, self.name, "a relative time")[:, 0]
        return self._after(seconds, lines)

    def moment(self, block: Block, keyword: str) -> Moments:
        """The moment of a keyword. Raises InputError, naming the line."""
        return self.moments([block.text(keyword)], [block.line_of(keyword)])

    def pair(self, block: Block, keyword: str) -> tuple[float, float] | None:
        """(jd, fraction) of a keyword, UTC; None if it is missing."""
        if not block.text(keyword):
            return None
        moment = self.moment(block, keyword)
        return float(moment.jd[0]), float(moment.fraction[0])

    def _after(self, seconds: Array, lines: Sequence[int]) -> Moments:
        true = moments_after(self.zero, seconds, lines, self.name, "EPOCH_TZERO")
        if self.system == "UTC":
            return true
        jd, fraction, _ = parse_iso_epochs([self.zero_text])
        return to_utc(
            np.broadcast_to(jd, seconds.shape), fraction + seconds / SECONDS_PER_DAY, self.system, self.eop
        )


def clock_of(metadata: Block, name: str, eop: EarthOrientation | None) -> Clock:
    """The clock of a message. Raises InputError, naming the line, if EPOCH_TZERO is missing or not a time."""
    metadata.require(("EPOCH_TZERO",), name)
    where = f"{name}: line {metadata.line_of('TIME_SYSTEM')}: TIME_SYSTEM"
    system = time_system(metadata.text("TIME_SYSTEM", "UTC"), where)
    text, line = metadata.text("EPOCH_TZERO"), metadata.line_of("EPOCH_TZERO")
    zero = moments_of_lines([text], [line], system, name, eop)
    if zero.inside_leap[0]:
        raise InputError(f"{name}: line {line}: EPOCH_TZERO is inside a leap second; expected another time")
    return Clock(system, zero, text, name, eop)
