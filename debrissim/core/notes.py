"""Oddities met in reading a file, one sentence of each kind."""

from __future__ import annotations

_SUBJECTS_SHOWN = 4


class Notes:
    """The oddities of a message or file: one sentence of each kind, with its subjects, however often it occurs."""

    def __init__(self) -> None:
        self._subjects: dict[str, dict[str, None]] = {}
        self._counts: dict[str, int] = {}

    def add(self, sentence: str, subject: str = "") -> None:
        """Note an oddity; notes of one sentence become one note that lists their subjects."""
        self._counts[sentence] = self._counts.get(sentence, 0) + 1
        if subject:
            self._subjects.setdefault(sentence, {})[subject] = None

    def sentences(self) -> tuple[str, ...]:
        """One per kind, in the order in which they were first met."""
        return tuple(self._sentence(sentence, count) for sentence, count in self._counts.items())

    def _sentence(self, sentence: str, count: int) -> str:
        subjects = list(self._subjects.get(sentence, {}))
        shown = ", ".join(subjects[:_SUBJECTS_SHOWN])
        if len(subjects) > _SUBJECTS_SHOWN:
            shown += f" and {len(subjects) - _SUBJECTS_SHOWN} more"
        repeated = f" ({count} times)" if count > max(len(subjects), 1) else ""
        return f"{shown}: {sentence}{repeated}" if shown else f"{sentence}{repeated}"
