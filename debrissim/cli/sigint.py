"""Ctrl-C ends the program within a second, whatever its threads are doing, with one sentence on the results kept.

Python delivers a signal only to the main thread, between two of its instructions: a long call into compiled code, or
a pool that waits for running searches, would delay the end by as long as they take. A watcher thread is notified at
once through the interpreter's wake-up pipe, and ends the process if the main thread has not done so after `PATIENCE_S`.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import NoReturn

from debrissim.cli.terminal import say

PATIENCE_S = 0.7
CODE = 1


def interrupted(kept: str = "") -> str:
    """The message of an interruption, with the part that is kept, if any."""
    return f"interrupted; nothing was written{kept}"


def _nothing() -> None:
    """There is nothing to remove."""


class Interruption:
    """Watches for Ctrl-C, once `watch` is called.

    kept: returns the part of the run that is kept, for the message. abandon: removes the files that a run has made.
    is_watching: whether it is active; it never is for a caller of `main`.
    """

    def __init__(self) -> None:
        self.kept: Callable[[], str] = str
        self.abandon: Callable[[], None] = _nothing
        self.is_watching = False
        self._interrupted = threading.Event()
        self._ended = threading.Event()
        self._code = CODE

    @contextmanager
    def during(self, abandon: Callable[[], None], kept: Callable[[], str] = str) -> Iterator[None]:
        """While the context lasts, a run can be abandoned, and part of it may be kept (by default nothing is)."""
        self.abandon, self.kept = abandon, kept
        try:
            yield
        finally:
            self.abandon, self.kept = _nothing, str

    def watch(self) -> None:
        """Start watching. Only for the main thread of this program, never when used as a library."""
        self.is_watching = True
        read, write = os.pipe()
        if sys.platform != "win32":
            # Python demands it, except on Windows, whose pipes cannot do it before Python 3.12.
            os.set_blocking(write, False)
        signal.set_wakeup_fd(write, warn_on_full_buffer=False)
        threading.Thread(target=self._wait, args=(read,), daemon=True).start()

    def end(self, code: int) -> NoReturn:
        """End the process with an exit code: at once after an interruption, because other threads may still be
        searching."""
        self._code = code
        self._ended.set()
        if self._interrupted.is_set():
            _leave(code)
        # The watcher may not have run since the signal: then it exits first, while this thread joins the others.
        sys.exit(code)

    def _wait(self, read: int) -> None:
        while signal.SIGINT not in os.read(read, 64):
            pass
        self._interrupted.set()
        if not self._ended.wait(PATIENCE_S):
            self.abandon()
            say(f"debrissim: {interrupted(self.kept())}", err=True)
        _leave(self._code)


def _leave(code: int) -> NoReturn:
    """End the process without waiting for any thread."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(Exception):
            stream.flush()
    os._exit(code)


INTERRUPTION = Interruption()
"""The watcher of this process, which has one console."""
