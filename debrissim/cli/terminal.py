"""The terminal: text of files is shown as text, in any encoding, and a failed output loses no results.

Every command writes through `say` and `console`. Names in files are never read as markup, and characters that would
steer the terminal are shown as escapes (`core.text.printable`).
"""

from __future__ import annotations

import codecs
import errno
import logging
import os
import sys
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from debrissim.core.errors import RunError
from debrissim.core.numbers import ASCII_SIGNS
from debrissim.core.text import printable

if TYPE_CHECKING:
    from rich.console import Console

_HANDLER = "debrissim.plain"
# Windows reports the end of a pipe's reader as an invalid argument.
_BROKEN_PIPE = (errno.EPIPE, errno.EINVAL) if sys.platform == "win32" else (errno.EPIPE,)


class OutputError(RunError):
    """Standard output cannot be written: the disk is full, or the reader of a pipe has ended."""

    def __init__(self, error: OSError) -> None:
        super().__init__(f"standard output cannot be written ({error.strerror or error})")
        self.is_broken_pipe = error.errno in _BROKEN_PIPE


def is_broken_pipe(error: BaseException | None) -> bool:
    """Whether an error is, or was caused by, the end of the reader of standard output."""
    while error is not None and not isinstance(error, OutputError):
        error = error.__cause__
    return error is not None and error.is_broken_pipe


class _Stream:
    """A text stream whose failures are handled here: ignored, or raised as OutputError."""

    def __init__(self, stream: Any, *, ignore: bool) -> None:
        self._stream, self._ignore = stream, ignore

    def write(self, text: str) -> int:
        with self._guarded():
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        with self._guarded():
            self._stream.flush()

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            # Python would write the rest again when it exits, and fail again.
            _discard(self._stream)
            if not self._ignore:
                raise OutputError(error) from error

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def _discard(stream: Any) -> None:
    """Discard everything that a stream has not written yet, and everything written to it later."""
    with suppress(OSError, ValueError, AttributeError):
        place, nowhere = stream.fileno(), os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, place)
        os.close(nowhere)
        stream.flush()


@contextmanager
def terminal() -> Iterator[None]:
    """Standard output and error, guarded, as long as the context lasts.

    Characters that their encoding lacks are replaced. A failure of standard error is ignored: it carries progress and
    messages. A failure of standard output is raised as OutputError. Either stream may be closed.
    """
    before = sys.stdout, sys.stderr
    for stream in before:
        with suppress(AttributeError, OSError, ValueError):
            stream.reconfigure(errors=_HANDLER)  # type: ignore[union-attr]
    sys.stdout, sys.stderr = (
        None if stream is None else _Stream(stream, ignore=ignore)
        for stream, ignore in zip(before, (False, True), strict=True)
    )
    # Figures are made only by Agg: an inherited backend for windows or notebooks may not even exist here.
    os.environ["MPLBACKEND"] = "agg"
    # Its only warnings are about its own cache, if the home folder cannot be written.
    logging.getLogger("matplotlib").setLevel(logging.ERROR)
    try:
        yield
    finally:
        sys.stdout, sys.stderr = before


def flush() -> None:
    """Write the text that standard output still holds. Raises OutputError if that fails."""
    if sys.stdout is not None:
        sys.stdout.flush()


def say(text: object, *, err: bool = False, end: str = "\n") -> None:
    """Write text and a line break to standard output, or standard error."""
    stream = sys.stderr if err else sys.stdout
    if stream is not None:
        stream.write(_lines(str(text)) + end)
        stream.flush()


@contextmanager
def shown(folder: Path) -> Iterator[None]:
    """Show results that are written: a failure to show them states where they are."""
    try:
        yield
    except OutputError as error:
        raise RunError(f"{error}; the results are in {folder}") from error


def console(*, err: bool = False, quiet: bool = False) -> Console:
    """A console of rich for tables and styles, on which all text is shown as it is."""
    from rich.console import Console
    from rich.segment import Segment

    class PlainText(Console):
        def render_str(self, text: str, **options: Any) -> Any:
            return super().render_str(_lines(text), **options)

        def render(self, renderable: Any, options: Any = None) -> Any:
            # Text that was made without this console also comes through here.
            for part in super().render(renderable, options):
                yield part if part.control else Segment(_lines(part.text), part.style)

    return PlainText(stderr=err, quiet=quiet, markup=False, emoji=False, highlight=False)


def _lines(text: str) -> str:
    return text if text.isprintable() else "\n".join(map(printable, text.split("\n")))


def _plain(error: UnicodeError) -> tuple[str, int]:
    """Replace characters that an encoding lacks: they are spelt out, lose their accents, or are written as escapes."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(map(_as_ascii, error.object[error.start : error.end])), error.end


def _as_ascii(character: str) -> str:
    spelt = unicodedata.normalize("NFKD", character).translate(ASCII_SIGNS)
    plain = spelt.encode("ascii", "ignore").decode("ascii")
    return plain or character.encode("ascii", "backslashreplace").decode("ascii")


codecs.register_error(_HANDLER, _plain)
