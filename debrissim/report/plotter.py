"""Plot the figures of a run in a separate process while the program continues.

Matplotlib takes half a second to import and the figures of a run a second more. Both are done on another processor: the
process is started when the run begins, has imported everything by the time the tables are written, and plots while the
page is made. It gets the views through a pipe and plots as `redraw.save_views` does here, to the same bytes.

It is a new interpreter on every system: a forked one would inherit the locks of the threads that search, and one that
`multiprocessing` spawns runs the caller's main program again. It ends when its input is closed, and so never outlives
the program, however that ends; Ctrl-C does not reach it, because the program handles it.

On Linux it copies itself when it has everything, and each of the two plots half: the copy imports nothing, and this
process has no other threads at that time.
"""

from __future__ import annotations

import gc
import json
import logging
import os
import pickle
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, NoReturn

from debrissim.core.errors import DebrissimError, FigureError, RunError, reason

_READY = b"+"
_PROGRAM = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); "
    "from debrissim.report.plotter import serve; serve()"
)


class Plotter:
    """A process that plots the figures of one results folder; `plotter` starts it."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process

    def start(self, views: Sequence[tuple[str, object]], folder: Path) -> bool:
        """Begin to plot the usual figures of views, as `redraw.save_views` does; false if the process cannot.

        Parameters
        ----------
        views : sequence of (str, object)
            Prefix of the file names, and the value that the figures are built from.
        folder : Path
            The results folder.
        """
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        if self._process.stdout.read(len(_READY)) != _READY:
            return False
        try:
            pickle.dump((list(views), folder.absolute()), self._process.stdin, pickle.HIGHEST_PROTOCOL)
            self._process.stdin.flush()
        except OSError:
            return False
        return True

    def finish(self) -> list[Path]:
        """Wait for the figures; their paths.

        Raises FigureError for figures that fail, after all others were written, and RunError if writing fails or the
        process has ended too early.
        """
        assert self._process.stdout is not None
        try:
            answer = pickle.load(self._process.stdout)
        except EOFError:
            code = self._process.wait()
            raise RunError(f"the process that plots them has ended (exit code {code})") from None
        if isinstance(answer, str):
            raise RunError(answer)
        paths, failed = sorted(answer[0]), sorted(answer[1])
        if failed:
            raise FigureError(failed, paths)
        return paths

    def end(self) -> None:
        """End the process, whatever it is doing, and its copy; wait until both have ended."""
        if sys.platform == "win32":
            self._process.kill()
        elif self._process.returncode is None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        assert self._process.stdout is not None
        # The pipe ends with the last of them.
        with suppress(ValueError):
            self._process.stdout.read()


@contextmanager
def plotter() -> Iterator[Plotter | None]:
    """A process that plots figures, ended with the context; None if it cannot be started."""
    process = _started()
    if process is None:
        yield None
        return
    running = Plotter(process)
    try:
        yield running
    finally:
        running.end()
        for pipe in (process.stdin, process.stdout):
            # What is still in the buffer of a pipe to an ended process cannot be written.
            with suppress(OSError):
                assert pipe is not None
                pipe.close()


def _started() -> subprocess.Popen[bytes] | None:
    # A program frozen into one file is not an interpreter.
    if not sys.executable or getattr(sys, "frozen", False):
        return None
    command = [sys.executable, "-P", "-c", _PROGRAM, json.dumps(sys.path)]
    try:
        return subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            # Outside the terminal's group, which receives Ctrl-C: on Windows, and elsewhere.
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
            process_group=None if sys.platform == "win32" else 0,
        )
    except OSError:
        return None


def serve() -> None:
    """Plot the figures that standard input asks for and answer on standard output; the program of the process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    requests, answers = sys.stdin.buffer, sys.stdout.buffer
    # The pipe is only for answers.
    sys.stdout = sys.stderr
    # As on the program's own terminal: its only warnings are about its own cache.
    logging.getLogger("matplotlib").setLevel(logging.ERROR)
    # Figures are made of objects that go together.
    gc.set_threshold(100_000, 20, 20)
    from debrissim.report.figures.registry import figures

    figures()
    with suppress(BrokenPipeError):
        _send(answers, _READY)
        try:
            views, folder = pickle.load(requests)
        except EOFError:
            return
        _send(answers, pickle.dumps(_plotted(views, folder, requests)))


def _plotted(
    views: Sequence[tuple[str, object]], folder: Path, requests: IO[bytes]
) -> tuple[list[Path], list[str]] | str:
    """The paths of the figures and the failures of others, or the reason why there are none.

    Only plain values: unpickling others would import the libraries of figures into the program.
    """
    try:
        return _plotted_by_two(views, folder, requests)
    except DebrissimError as error:
        return str(error)
    except Exception as error:  # noqa: BLE001 (a fault of any kind must not cost a finished run)
        return reason(error)


def _plotted_by_two(
    views: Sequence[tuple[str, object]], folder: Path, requests: IO[bytes]
) -> tuple[list[Path], list[str]]:
    """The same, with half of it done by a copy of this process, which needs no second import, where copies are safe
    (Linux)."""
    from debrissim.report.redraw import save_views

    pipe: tuple[int, int] | None = None
    copied: int | None = None
    if sys.platform == "linux" and (os.cpu_count() or 1) > 1:
        pipe = os.pipe()
        copied = os.fork()
    # In both processes, because a thread is not copied.
    threading.Thread(target=_end_with, args=(requests,), daemon=True).start()
    if pipe is None or copied is None:
        saved = save_views(views, folder)
        return saved.paths, saved.failed
    if copied == 0:
        _plot_half(views, folder, pipe[1])
    os.close(pipe[1])
    saved = save_views(views, folder, part=(0, 2))
    with os.fdopen(pipe[0], "rb") as answers:
        try:
            paths, failed = pickle.load(answers)
        except EOFError:
            other = save_views(views, folder, part=(1, 2))
            paths, failed = other.paths, other.failed
    os.waitpid(copied, 0)
    return [*saved.paths, *paths], [*saved.failed, *failed]


def _plot_half(views: Sequence[tuple[str, object]], folder: Path, pipe: int) -> NoReturn:
    """Plot the second half of the figures, write the answer into a pipe and end, without an answer if that fails."""
    from debrissim.report.redraw import save_views

    try:
        saved = save_views(views, folder, part=(1, 2))
        with os.fdopen(pipe, "wb") as answers:
            pickle.dump((saved.paths, saved.failed), answers)
    finally:
        os._exit(0)


def _send(pipe: IO[bytes], data: bytes) -> None:
    pipe.write(data)
    pipe.flush()


def _end_with(requests: IO[bytes]) -> None:
    """End this process when the program that uses it has ended, which closes the pipe."""
    # Not through its buffer, whose lock would be held when this process ends by itself.
    os.read(requests.fileno(), 1)
    os._exit(1)
