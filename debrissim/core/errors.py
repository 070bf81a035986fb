"""Errors for callers. Each is one sentence that names the file, line, key or argument at fault."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path


class DebrissimError(Exception):
    """Base of all errors raised on purpose; the command line shows its text without a traceback."""


class InputError(DebrissimError):
    """The caller's input is wrong: a scenario key, a catalogue file, an argument (exit code 2)."""


class ScenarioError(InputError):
    """A scenario requires something impossible; the sentence begins with the key, the caller adds the file."""


class UnknownPrimaryError(ScenarioError):
    """A primary, of that catalogue number, is in no source."""

    def __init__(self, sentence: str, norad_id: int) -> None:
        super().__init__(sentence)
        self.norad_id = norad_id


class RunError(DebrissimError):
    """The input was valid, but the run could not be completed (exit code 1)."""


class PrimaryNotFlownError(RunError):
    """A primary, of that catalogue number, exists at no moment of the span: it has decayed, or its data are too old."""

    def __init__(self, sentence: str, norad_id: int) -> None:
        super().__init__(sentence)
        self.norad_id = norad_id


class FigureError(RunError):
    """Some figures could not be plotted; the others were, to the paths in `written` (exit code 3).

    failed: the name of each with the reason; the sentence has the first three. folder: the results that they belong to,
    None if the caller names them.
    """

    def __init__(self, failed: Sequence[str], written: Sequence[Path], folder: Path | None = None) -> None:
        plural = "" if len(failed) == 1 else "s"
        shown = "; ".join(failed[:3]) + (f"; and {len(failed) - 3} more" if len(failed) > 3 else "")
        owner = "" if folder is None else f"{folder}: "
        super().__init__(f"{owner}figure{plural} not plotted: {shown}")
        self.failed, self.written = tuple(failed), tuple(written)


def reason(error: BaseException) -> str:
    """The kind and the text of an unexpected error on one line, at most 200 characters of the text."""
    text = " ".join(str(error).split())[:200]
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
