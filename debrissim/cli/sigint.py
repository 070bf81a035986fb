"""Ctrl-C ends the program within a second, whatever its threads are busy with, and one sentence says what is kept.

Python tells the main thread alone of a signal, between two of its instructions: a long call into compiled code, or
a pool that waits for windows being searched, would put the end off for as long as they take. A watcher is told by the
interpreter's wake-up pipe at once, and ends the process if the main thread has not done so after `PATIENCE_S`.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable
from typing import NoReturn

PATIENCE_S = 0.7
CODE = 1


def interrupted(kept: str = "") -> str:
    """The sentence, with what is kept, if anything."""
    return f"interrupted; nothing was written{kept}"


class Interruption:
    """Watches for Ctrl-C from `watch` on. kept: says what a run kept, asked for at the moment of the interruption."""

    def __init__(self) -> None:
        self.kept: Callable[[], str] = str
        self._blown = threading.Event()
        self._ended = threading.Event()
        self._code = CODE

    def watch(self) -> None:
        """Begin to watch; in the main thread of a program that is its own, never of a library's user."""
        read, write = os.pipe()
        os.set_blocking(write, False)
        signal.set_wakeup_fd(write, warn_on_full_buffer=False)
        threading.Thread(target=self._wait, args=(read,), daemon=True).start()

    def end(self, code: int) -> NoReturn:
        """End the process with that code: at once after an interruption, since other threads may still be searching."""
        self._code = code
        self._ended.set()
        if self._blown.is_set():
            _leave(code)
        # The watcher may not have run since the signal: then it is who leaves, while this thread waits for the others.
        sys.exit(code)

    def _wait(self, read: int) -> None:
        while signal.SIGINT not in os.read(read, 64):
            pass
        self._blown.set()
        if not self._ended.wait(PATIENCE_S):
            sys.stderr.write(f"debrissim: {interrupted(self.kept())}\n")
        _leave(self._code)


def _leave(code: int) -> NoReturn:
    """End the process without waiting for any thread."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


INTERRUPTION = Interruption()
"""Of this process: there is one console, and one Ctrl-C."""
