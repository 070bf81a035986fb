"""The outcome of a download: a complete copy in the cache, or an error in one sentence."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from debrissim.core.errors import RunError
from debrissim.sources.ages import hours
from debrissim.sources.cache import to_text


class DownloadError(RunError):
    """A source could not be fetched, and the cache has no copy that may be used instead."""


@dataclass(frozen=True)
class Download:
    """A complete copy of a source, in the cache.

    source: its name, such as "celestrak:active". path: the file; it may be replaced by a later download. sha256: of the
    file. records: their number; noun: their kind, such as "element sets". fetched: when it was downloaded, current:
    when the service last confirmed it (both UTC by this computer's clock). age_s: since it was current, s; None if the
    clock of this computer makes no sense of it. asked: whether the service was asked now. answer: how the copy was
    obtained, in words. notes: oddities, a sentence each.
    """

    source: str
    url: str
    path: Path
    sha256: str
    size: int
    records: int
    noun: str
    fetched: datetime
    current: datetime
    age_s: float | None
    asked: bool
    answer: str
    notes: tuple[str, ...] = ()

    def __fspath__(self) -> str:
        return os.fspath(self.path)

    @property
    def age_words(self) -> str:
        """The age in words: "12 min", "3.1 h", "not known"."""
        return "not known" if self.age_s is None else hours(self.age_s)

    @property
    def sentence(self) -> str:
        """The answer in words: the number of records, their age, and how they were obtained."""
        age = "of unknown age" if self.age_s is None else f"{self.age_words} old"
        return f"{self.source}: {self.records:,} {self.noun}, {age}, {self.answer}"

    def facts(self) -> dict[str, Any]:
        """The facts as JSON values: the origin of the data, for a record of their use."""
        return {
            "source": self.source,
            "url": self.url,
            "path": str(self.path),
            "sha256": self.sha256,
            "bytes": self.size,
            "records": self.records,
            "kind": self.noun,
            "fetched_utc": to_text(self.fetched),
            "current_utc": to_text(self.current),
            "age_hours": None if self.age_s is None else round(self.age_s / 3600.0, 3),
            "asked": self.asked,
            "answer": self.answer,
            "notes": list(self.notes),
        }
