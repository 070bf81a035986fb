"""Progress of a command: a live bar on a terminal, plain lines elsewhere, nothing when quiet."""

from __future__ import annotations

import sys
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

# Throttle without a terminal: a log file needs a heartbeat, not every window.
_LINE_EVERY_S = 15.0
_COMPILER = "debrissim.core.kernel_cache"
COMPILING = "compiling kernels, first run only"


class ProgressDisplay:
    """Shows the phase, its progress and, during the screening, windows, candidates, rate and remaining time.

    Called with a phase and the fraction of it that is done; `windows` with windows done, all windows, and candidates so
    far: pairs and moments to refine, some of which turn out to be encounters; `compiling`, from any thread, with the
    number of kernels compiled and their total. While these are compiled, no remaining time is shown: it would be wrong.
    """

    def __init__(self, console: Console) -> None:
        from rich.progress import BarColumn, Progress, Task, TextColumn, TimeRemainingColumn
        from rich.text import Text

        class Left(TimeRemainingColumn):
            # While kernels are being compiled, do not show the remaining time of half a second ago.
            max_refresh = 0.0

            def render(self, task: Task) -> Text:
                return Text() if task.fields["compiling"] else Text("left ") + super().render(task)

        self._console = console
        self._plain = not console.is_terminal
        self._phase = ""
        self._begin = self._last_line = time.monotonic()
        self._first = 0
        self._compiling = ""
        self._listening, self._is_listening = ExitStack(), False
        self.windows_done, self.windows_total = 0, 0
        self._bar = Progress(
            TextColumn("{task.description:<10}"),
            BarColumn(bar_width=10),
            TextColumn("{task.percentage:>3.0f} %"),
            TextColumn("{task.fields[detail]}"),
            Left(compact=True),
            console=console,
            transient=True,
            disable=self._plain or console.quiet,
        )
        self._task = self._bar.add_task("starting", total=1.0, detail="", compiling=False)

    def __enter__(self) -> ProgressDisplay:
        # Before 14.3, rich ends even a disabled bar with an empty line unless the output is a terminal.
        if not self._bar.disable:
            self._bar.start()
        return self

    def __exit__(self, *failure: object) -> None:
        self._listening.close()
        if not self._bar.disable:
            self._bar.stop()

    def __call__(self, phase: str, fraction: float) -> None:
        self._listen()
        if phase != self._phase:
            self._phase = phase
            self._begin = self._last_line = time.monotonic()
            self.windows_done = self.windows_total = 0
            self._bar.reset(self._task, total=1.0, detail=self._compiling, compiling=bool(self._compiling))
            if self._plain and phase != "done":
                self._console.print(f"{phase} ...", highlight=False)
        self._bar.update(self._task, description=phase, completed=fraction)

    def windows(self, done: int, total: int, candidates: int) -> None:
        """Show the windows done, total windows, and candidates so far."""
        now = time.monotonic()
        if self.windows_total == 0:
            # Windows from the checkpoint of an earlier run take no time now: they do not count in the rate.
            self._first = done - 1
        self.windows_done, self.windows_total = done, total
        rate = (done - self._first) / max(now - self._begin, 1e-3)
        detail = f"{done}/{total} windows, {candidates:,} candidates, {rate:.2g}/s"
        self._bar.update(self._task, detail=detail, compiling=False)
        if self._plain and now - self._last_line >= _LINE_EVERY_S:
            self._last_line = now
            left = (total - done) / rate
            self._console.print(
                f"{self._phase}: {detail}, {left:.0f} s left", highlight=False, soft_wrap=True
            )

    def _listen(self) -> None:
        """On a terminal, watch for kernels that are not in any list, from the moment when numba is loaded."""
        if self._is_listening or self._bar.disable or _COMPILER not in sys.modules:
            return
        from debrissim.core.compile_ahead import compiling_noticed

        self._is_listening = True
        self._listening.enter_context(compiling_noticed(self._compiles))

    def _compiles(self, active: bool) -> None:
        """Show that kernels are being compiled, or that this has ended."""
        self._begin, self._first = time.monotonic(), self.windows_done
        if not self._compiling:
            self._bar.update(self._task, detail=COMPILING if active else "", compiling=active)

    def compiling(self, done: int, total: int) -> None:
        """Show the kernels compiled, and all that the job must compile."""
        now = time.monotonic()
        # Time spent on compiling does not count in the rate of the windows.
        self._begin, self._first = now, self.windows_done
        text = f"{COMPILING}: {min(done + 1, total)} of {total}"
        self._compiling = text if done < total else ""
        self._bar.update(self._task, detail=self._compiling, compiling=done < total)
        if self._plain and self._compiling and (done == 0 or now - self._last_line >= _LINE_EVERY_S):
            self._last_line = now
            self._console.print(text, highlight=False, soft_wrap=True)
