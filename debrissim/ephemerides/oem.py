"""Orbit ephemeris messages as keyword = value lines.

Source: CCSDS 502.0-B-2 and B-3, sections 5.2 and 7.

Assumptions
- Comments are allowed anywhere, blank lines too; keywords in lower case are read as in upper case, and noted.
- A line of data is a time and six numbers, or nine with accelerations.
- Several messages may follow one another, each opened by CCSDS_OEM_VERS.
"""

from __future__ import annotations

from debrissim.core.errors import InputError
from debrissim.core.text import printable, quoted, split_lines
from debrissim.ephemerides.earth_orientation import EarthOrientation
from debrissim.ephemerides.ephemeris import Ephemeris
from debrissim.ephemerides.formats import EphemerisFormat
from debrissim.ephemerides.odm_blocks import LOWER_CASE
from debrissim.ephemerides.odm_kvn import COMMENT, INVISIBLE, KEYWORD_LINE, begins_with
from debrissim.ephemerides.oem_message import (
    ACCELERATIONS,
    COVARIANCE_NUMBERS,
    HEADER,
    METADATA,
    VERSION,
    OemMessage,
    OemSegment,
    number,
    to_ephemerides,
)

_HEADER, _META, _DATA, _COVARIANCE = "header", "metadata", "data", "covariance"
_LABELS = ("x", "y", "z", "the velocity in x", "the velocity in y", "the velocity in z")
_BLOCKS = ("META_START", "META_STOP", "COVARIANCE_START", "COVARIANCE_STOP")


def read(text: str, name: str, eop: EarthOrientation | None) -> tuple[Ephemeris, ...]:
    """The objects of all messages in the text. Raises InputError naming file and line."""
    return to_ephemerides(parse(text, name), name, eop)


def parse(text: str, name: str) -> list[OemMessage]:
    """The messages in the text. Raises InputError naming file and line."""
    reader = _Reader(name)
    for line, written in enumerate(split_lines(text), start=1):
        bare = written.strip(INVISIBLE)
        if bare:
            reader.take(bare, line)
    reader.finish()
    return reader.messages


class _Reader:
    """The messages of a text, filled line by line."""

    def __init__(self, name: str) -> None:
        self.messages: list[OemMessage] = []
        self._name = name
        self._mode = _HEADER
        self._pending: list[str] = []
        self._epoch = self._frame = ""
        self._numbers: list[float] = []
        self._line = self._epoch_line = 0

    def take(self, text: str, line: int) -> None:
        self._line = line
        if self._mode == _DATA and text[0].isdigit():
            self._state(text)
        elif COMMENT.match(text):
            self._comment(text[len("COMMENT") :])
        elif text.upper() in _BLOCKS:
            self._block(text.upper())
        elif self._mode == _COVARIANCE and "=" not in text:
            self._row(text)
        else:
            self._keyword(text)

    def finish(self) -> None:
        """InputError if the text ends inside a block."""
        if self._mode in (_META, _COVARIANCE):
            stop = "META_STOP" if self._mode == _META else "COVARIANCE_STOP"
            raise self._fault(f"the file ends; expected {stop} first")

    def _fault(self, reason: str) -> InputError:
        return InputError(f"{self._name}: line {self._line}: {reason}")

    @property
    def _segment(self) -> OemSegment:
        return self.messages[-1].segments[-1]

    def _comment(self, text: str) -> None:
        if not self.messages:
            self._pending.append(printable(text))
        elif self.messages[-1].segments:
            self._segment.comments.append(printable(text))
        else:
            self.messages[-1].comments.append(printable(text))

    def _block(self, word: str) -> None:
        if not self.messages:
            raise self._fault(f"expected {VERSION} first, got {word}")
        before = {
            "META_START": (_HEADER, _DATA),
            "META_STOP": (_META,),
            "COVARIANCE_START": (_DATA,),
            "COVARIANCE_STOP": (_COVARIANCE,),
        }[word]
        if self._mode not in before:
            raise self._fault(f"{word} inside the {self._mode}; expected it after the {' or '.join(before)}")
        if word == "META_START":
            self.messages[-1].segments.append(OemSegment(self._line))
        if word == "COVARIANCE_STOP":
            self._close_matrix()
        self._mode = {"META_START": _META, "COVARIANCE_START": _COVARIANCE}.get(word, _DATA)

    def _keyword(self, text: str) -> None:
        match = KEYWORD_LINE.fullmatch(text)
        if match is None:
            expected = "a time and six numbers" if self._mode == _DATA else "KEYWORD = VALUE"
            raise self._fault(f"expected {expected}, got {quoted(text, 60)}")
        written, value = match.groups()
        keyword = written.upper()
        if keyword == VERSION and self._mode in (_HEADER, _DATA):
            self.messages.append(OemMessage(self._line, comments=self._pending))
            self._pending, self._mode = [], _HEADER
        if not self.messages:
            raise self._fault(f"expected {VERSION} first, got {quoted(keyword, 60)}")
        message = self.messages[-1]
        if written != keyword:
            message.notes.add(LOWER_CASE)
        if self._mode == _COVARIANCE:
            self._covariance_keyword(keyword, value)
        elif self._mode == _DATA:
            raise self._fault(f"{quoted(keyword, 60)} among the states; expected a time and six numbers")
        else:
            block = message.header if self._mode == _HEADER else self._segment.metadata
            known = HEADER if self._mode == _HEADER else METADATA
            block.put(keyword, value, self._line, self._name, known, message.notes)

    def _state(self, text: str) -> None:
        fields = text.split()
        if len(fields) not in (7, 10):
            raise self._fault(
                f"expected a time and 6 numbers (9 with accelerations), got {len(fields) - 1} after the time"
            )
        if len(fields) == 10:
            self.messages[-1].notes.add(ACCELERATIONS)
        values = [
            number(field, self._name, self._line, label)
            for field, label in zip(fields[1:7], _LABELS, strict=True)
        ]
        self._segment.add_state(fields[0], values, self._line)

    def _covariance_keyword(self, keyword: str, value: str) -> None:
        if keyword == "EPOCH":
            self._close_matrix()
            self._epoch, self._epoch_line = value, self._line
            if not value:
                raise self._fault("EPOCH of a covariance: expected a time, got nothing")
        elif keyword == "COV_REF_FRAME":
            if not self._epoch or self._numbers or self._frame:
                raise self._fault("COV_REF_FRAME: expected one after EPOCH and before the numbers")
            self._frame = value
        else:
            raise self._fault(f"{quoted(keyword, 60)} in the covariance; expected EPOCH or COV_REF_FRAME")

    def _row(self, text: str) -> None:
        """A line of the lower triangle."""
        fields = text.split()
        if not self._epoch:
            raise self._fault("numbers of a covariance without EPOCH; expected EPOCH first")
        expected = next((n for n in range(1, 7) if len(self._numbers) == n * (n - 1) // 2), 0)
        if len(self._numbers) >= COVARIANCE_NUMBERS or len(fields) != expected:
            count = (
                f"{expected} number{'s' if expected > 1 else ''}" if expected < 7 and expected else "EPOCH"
            )
            raise self._fault(f"a line of the covariance with {len(fields)} numbers; expected {count}")
        self._numbers += [number(field, self._name, self._line, "a covariance") for field in fields]

    def _close_matrix(self) -> None:
        if self._epoch:
            if len(self._numbers) != COVARIANCE_NUMBERS:
                raise self._fault(
                    f"a covariance of {len(self._numbers)} numbers ends here; expected {COVARIANCE_NUMBERS}"
                )
            self._segment.add_covariance(self._epoch, self._frame, self._numbers, self._epoch_line)
        self._epoch = self._frame = ""
        self._numbers = []


FORMAT = EphemerisFormat(
    "oem-kvn", f"an OEM as KVN ({VERSION} = ...)", lambda text: begins_with(VERSION, text), read
)
