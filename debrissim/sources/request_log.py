"""The times of the requests to a server, of all processes of a user, so that they stay below the server's limits.

Space-Track allows fewer than 30 requests per minute and 300 per hour for an account and suspends accounts that exceed
them (https://www.space-track.org/documentation, "API Use Guidelines"). The client's own limiter counts only the queries
of one process, by fixed periods, and neither logins nor logouts; here every request counts, in any period of that
length, whichever process sent it. The limits are two thirds of the server's: requests can arrive closer together than
they were sent.

The record is a small JSON file of the cache folder, replaced as a whole under a file lock. It contains only times.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from filelock import FileLock, Timeout

from debrissim.core.errors import InputError, RunError
from debrissim.core.files import read_text, replace_text, unwritable
from debrissim.core.json import parse_json


@dataclass(frozen=True)
class Limit:
    """At most `count` requests in any period of `period_s` seconds."""

    count: int
    period_s: float


LIMITS = (Limit(20, 60.0), Limit(200, 3600.0))
_LONGEST_WAIT_S = 61.0
_LOCK_S = 30.0


@dataclass(frozen=True)
class _Record:
    """times: of the requests, s since 1970, ascending. downloads: the last download of each class of data."""

    times: tuple[float, ...] = ()
    downloads: Mapping[str, float] = field(default_factory=dict)


class RequestLog:
    """The requests to one server, recorded in a folder that all processes of a user share.

    Parameters
    ----------
    folder : Path
        Where the record is; made if it does not exist.
    server : str
        The server's name in messages.
    limits : sequence of Limit
        All of them hold.
    now, sleep : callable
        The time, s since 1970, and waiting, s.
    report : callable
        Receives one sentence before each wait.
    """

    def __init__(
        self,
        folder: Path,
        server: str = "Space-Track",
        limits: Sequence[Limit] = LIMITS,
        *,
        now: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
        report: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._path = folder / "requests.json"
        self._server, self._limits = server, tuple(limits)
        self.now = now
        self._sleep, self._report = sleep, report

    def wait_for_turn(self) -> None:
        """Record one request as soon as the limits allow it, after a wait of a minute at most.

        Raises RunError, with the time from which requests are possible again, for a longer wait, and if the record
        cannot be written: a request that is not recorded is not sent.
        """
        while True:
            with self._locked():
                record, now = self._read(), self.now()
                waits = [_wait(record.times, limit, now) for limit in self._limits]
                wait = max(waits)
                if wait <= 0.0:
                    self._write(replace(record, times=(*record.times, now)))
                    return
                # As it was read: times that a clock set back left in the future pass from now on.
                self._write(record)
            limit = self._limits[waits.index(wait)]
            sent = f"{limit.count} requests were sent within {limit.period_s / 60.0:g} min"
            if wait > _LONGEST_WAIT_S:
                raise RunError(f"not asked before {utc(now + wait)}: {sent}")
            self._report(f"{self._server}: waiting {wait:.0f} s: {sent}")
            self._sleep(wait)

    def note_download(self, name: str) -> None:
        """Record that a class of data was downloaded now. Raises RunError if the record cannot be written."""
        with self._locked():
            record = self._read()
            self._write(replace(record, downloads={**record.downloads, name: self.now()}))

    def last_download(self, name: str) -> float | None:
        """The time of the last download of a class of data, s since 1970; None if there was none."""
        with self._locked():
            return self._read().downloads.get(name)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        lock = FileLock(f"{self._path}.lock", timeout=_LOCK_S)
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            lock.acquire()
        except Timeout:
            raise RunError(f"{self._path}: locked by another process for {_LOCK_S:.0f} s") from None
        except OSError as error:
            raise unwritable(self._path, error) from error
        try:
            yield
        finally:
            lock.release()

    def _read(self) -> _Record:
        """The record without what is older than the longest limit; times in the future, by a clock set back, are now.

        A damaged record is treated as full at its last change, because the earlier requests are not known.
        """
        now, longest = self.now(), max(limit.period_s for limit in self._limits)
        if not self._path.exists():
            return _Record()
        try:
            content = parse_json(read_text(self._path, "a record of requests"), str(self._path))
            times = sorted(min(float(t), now) for t in content["times"])
            downloads = {str(name): min(float(t), now) for name, t in content["downloads"].items()}
        except (InputError, KeyError, TypeError, ValueError, AttributeError):
            changed = min(self._path.stat().st_mtime, now)
            return _Record(
                (changed,) * max(limit.count for limit in self._limits) if changed > now - longest else ()
            )
        return _Record(tuple(t for t in times if t > now - longest), downloads)

    def _write(self, record: _Record) -> None:
        replace_text(self._path, json.dumps(asdict(record), allow_nan=False) + "\n")


def _wait(times: Sequence[float], limit: Limit, now: float) -> float:
    """Seconds until a request keeps to a limit, given the times of earlier ones in ascending order."""
    recent = [t for t in times if t > now - limit.period_s]
    if len(recent) < limit.count:
        return 0.0
    # The oldest of the last `count` requests must have left the period; plus a small margin against rounding.
    return recent[-limit.count] + limit.period_s - now + 0.001


def utc(moment: float) -> str:
    """A time, s since 1970, to the next full minute, for sentences."""
    return time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(moment + 59.0))
