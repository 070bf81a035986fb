"""The cache: the last complete download of each query, when it was asked for, and when a service may be asked again.

A query has a body file, whose name ends in its hash, and a record (JSON) that names it. The record is replaced when the
body is on disk: whenever a process is killed, there is the old copy or the new one. Every service has a lock, held
during a request, and a file with its refusals. The folder is the user's cache, or that of the environment variable
DEBRISSIM_CACHE.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from debrissim.core.errors import InputError, RunError
from debrissim.core.files import is_temporary, replace_file, replace_text, unwritable
from debrissim.core.json import parse_json
from debrissim.sources.query import Query, Service

VARIABLE = "DEBRISSIM_CACHE"
_LOCK_WAIT_S = 900.0
_LEFTOVER_S = 3600.0
_TEXTS = ("file", "sha256", "fetched_utc", "current_utc")
_BODY = re.compile(r"[a-z0-9-]+-[0-9a-f]{8}-[0-9a-f]{12}\.(csv|json)")


@dataclass(frozen=True)
class Copy:
    """The last complete download of a query.

    file: name of the body in the folder of its service. fetched_utc: the local clock at that download; current_utc:
    the same when the service last said that it is up to date. server_utc: the service's clock then, None if it stated
    none. etag, last_modified: as the service sent them.
    """

    file: str
    sha256: str
    size: int
    records: int
    fetched_utc: str
    current_utc: str
    server_utc: str | None = None
    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True)
class Record:
    """The record of a query in the cache.

    asked_utc: the local clock at the last request, None before the first. answer: the sentence about its answer.
    suspect_records: the number of records of a refused download that was much shorter than the copy.
    """

    query: str
    url: str
    asked_utc: str | None = None
    answer: str = ""
    copy: Copy | None = None
    suspect_records: int | None = None


@dataclass(frozen=True)
class ServiceState:
    """Requests and refusals of a service, as UTC texts, and the time until which it is not asked."""

    requests_utc: tuple[str, ...] = ()
    errors_utc: tuple[str, ...] = ()
    held_until_utc: str | None = None
    reason: str = ""


def utc_now() -> datetime:
    """The local clock."""
    return datetime.now(UTC)


def to_text(moment: datetime) -> str:
    """A moment as it is written in records: UTC to a second."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def from_text(text: str) -> datetime:
    """The moment of a text that `to_text` wrote. Raises ValueError for other text."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


def cache_folder() -> Path:
    """The folder of the cache: DEBRISSIM_CACHE, otherwise the user's cache folder of this system."""
    if named := os.environ.get(VARIABLE):
        return Path(named)
    import platformdirs

    return platformdirs.user_cache_path("debrissim", appauthor=False)


@dataclass(frozen=True)
class Cache:
    """The cache in one folder, which need not exist."""

    folder: Path

    @classmethod
    def default(cls) -> Cache:
        """The cache of this user."""
        return cls(cache_folder())

    def body(self, query: Query, copy: Copy) -> Path:
        """The file of a copy."""
        return self.folder / query.service.name / copy.file

    def record_path(self, query: Query) -> Path:
        """The record of a query."""
        return self.folder / query.service.name / f"{query.stem}.json"

    def record(self, query: Query) -> Record:
        """The record of a query; an empty one if there is none, or if it is damaged.

        A copy whose file is missing or is not the one that was written does not count.
        """
        record = _record_of(_read(self.record_path(query)), query)
        copy = record.copy
        if copy is None:
            return record
        with suppress(OSError):
            data = self.body(query, copy).read_bytes()
            if hashlib.sha256(data).hexdigest() == copy.sha256:
                return record
        return replace(record, copy=None)

    def write_record(self, query: Query, record: Record) -> None:
        """Replace the record of a query. Raises RunError if writing fails."""
        content = {"service": query.service.label, **asdict(record)}
        self._write(self.record_path(query), content)

    def store(self, query: Query, data: bytes, record: Record) -> Record:
        """Write a new body, then its record with the body's name, size and hash; older bodies of the query go.

        record: with a `copy` that holds the rest. Raises RunError if writing fails: the earlier copy stays.
        """
        assert record.copy is not None
        sha256 = hashlib.sha256(data).hexdigest()
        name = f"{query.stem}-{sha256[:12]}.{query.content.format}"
        written = replace(record, copy=replace(record.copy, file=name, sha256=sha256, size=len(data)))
        path = self.folder / query.service.name / name
        self._make(path.parent)
        replace_file(path, data)
        self.write_record(query, written)
        _remove_leftovers(path.parent, query.stem, name)
        return written

    def state(self, service: Service) -> ServiceState:
        """The requests and refusals of a service; empty if none are known."""
        return _state_of(_read(self._state_path(service)))

    def write_state(self, service: Service, state: ServiceState) -> None:
        """Replace the state of a service. Raises RunError if writing fails."""
        self._write(self._state_path(service), asdict(state))

    @contextmanager
    def locked(self, service: Service) -> Iterator[None]:
        """Hold the lock of a service: one request at a time, of all processes of this user.

        Raises RunError if the lock is not free within fifteen minutes, or if writing fails.
        """
        from filelock import FileLock, Timeout

        folder = self.folder / service.name
        self._make(folder)
        path = folder / ".lock"
        try:
            # FileLock would wait for a lock file that writing fails to make.
            path.touch()
            lock = FileLock(path, timeout=_LOCK_WAIT_S)
            lock.acquire()
        except Timeout:
            raise RunError(f"{folder}: another process has been asking {service.label} for long") from None
        except OSError as error:
            raise unwritable(path, error) from error
        try:
            yield
        finally:
            lock.release()

    def _state_path(self, service: Service) -> Path:
        return self.folder / service.name / ".service.json"

    def _make(self, folder: Path) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise unwritable(folder, error) from error

    def _write(self, path: Path, content: dict[str, Any]) -> None:
        self._make(path.parent)
        replace_text(path, json.dumps(content, indent=2, sort_keys=True, allow_nan=False) + "\n")


def _remove_leftovers(folder: Path, stem: str, name: str) -> None:
    """Remove the older bodies of a query, and the leftovers of processes killed an hour ago or earlier."""
    now = time.time()
    for other in folder.iterdir():
        with suppress(OSError):
            older = other.name.startswith(f"{stem}-") and other.name != name and _BODY.fullmatch(other.name)
            if older or (is_temporary(other.name) and now - other.stat().st_mtime > _LEFTOVER_S):
                other.unlink()


def _read(path: Path) -> dict[str, Any]:
    """The object of a JSON file; empty if there is none, it is damaged or it cannot be read."""
    try:
        content = parse_json(path.read_text(encoding="utf-8"), str(path))
    except (OSError, ValueError, InputError):
        return {}
    return content if isinstance(content, dict) else {}


def _record_of(content: dict[str, Any], query: Query) -> Record:
    empty = Record(query.name, query.url)
    if content.get("url") != query.url:
        return empty
    suspect = content.get("suspect_records")
    return replace(
        empty,
        asked_utc=_moment(content.get("asked_utc")),
        answer=_text(content.get("answer")) or "",
        copy=_copy_of(content.get("copy")),
        suspect_records=suspect if isinstance(suspect, int) else None,
    )


def _copy_of(content: Any) -> Copy | None:
    if not isinstance(content, dict):
        return None
    texts = {name: _text(content.get(name)) for name in _TEXTS}
    numbers = {name: content.get(name) for name in ("size", "records")}
    fetched, current = _moment(texts["fetched_utc"]), _moment(texts["current_utc"])
    if not (texts["file"] and _BODY.fullmatch(texts["file"]) and texts["sha256"] and fetched and current):
        return None
    if not all(isinstance(number, int) for number in numbers.values()):
        return None
    return Copy(
        file=texts["file"],
        sha256=texts["sha256"],
        size=int(content["size"]),
        records=int(content["records"]),
        fetched_utc=fetched,
        current_utc=current,
        server_utc=_moment(content.get("server_utc")),
        etag=_text(content.get("etag")),
        last_modified=_text(content.get("last_modified")),
    )


def _state_of(content: dict[str, Any]) -> ServiceState:
    lists = (content.get("requests_utc"), content.get("errors_utc"))
    requests, errors = (
        tuple(m for m in map(_moment, one) if m) if isinstance(one, list) else () for one in lists
    )
    reason = _text(content.get("reason")) or ""
    return ServiceState(requests, errors, _moment(content.get("held_until_utc")), reason)


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _moment(value: Any) -> str | None:
    with suppress(ValueError, TypeError):
        return to_text(from_text(value))
    return None


def within(texts: tuple[str, ...], now: datetime, seconds: float) -> tuple[str, ...]:
    """Those of the times that lie within the last seconds, as texts; after a clock was set back, also those equally far
    ahead of it."""
    span = timedelta(seconds=seconds)
    return tuple(text for text in texts if abs(now - from_text(text)) < span)
