"""Fetch a query: from the cache, or from its service where its rules allow it; a refusal leaves the earlier copy."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeAlias

from debrissim.core.errors import DebrissimError, InputError, RunError
from debrissim.sources.ages import SKEW_S, clock_text, copy_age_s, hours
from debrissim.sources.answers import Answer, Fresh, Unchanged, http_date, judge
from debrissim.sources.cache import Cache, Copy, Record, ServiceState, from_text, to_text, utc_now, within
from debrissim.sources.outcome import Download, DownloadError
from debrissim.sources.permission import not_now
from debrissim.sources.query import Query, Response, Transport, TransportError, conditions

Clock: TypeAlias = Callable[[], datetime]

DEFAULT_MAX_AGE_S = 72 * 3600.0
"""The maximum age of a copy that is used where the caller states none: three days, s."""

_SUSPECT_FROM, _SUSPECT_FRACTION = 100, 0.5
_OFFLINE = "offline"
_SLACK = timedelta(minutes=5)
_DAY_S = 86_400.0


@dataclass(frozen=True)
class _Attempt:
    """The record, after a request or without one. reason: why there is no newer copy, "" if there is one."""

    record: Record
    answer: str
    reason: str = ""
    asked: bool = False
    not_found: bool = False
    notes: tuple[str, ...] = ()


def download(
    query: Query,
    cache: Cache,
    transport: Transport,
    *,
    offline: bool = False,
    max_age_s: float = DEFAULT_MAX_AGE_S,
    clock: Clock = utc_now,
) -> Download:
    """The newest copy of a query that can be obtained.

    A request is made if the rules of the service allow it now; otherwise, and if it has nothing newer or refuses, the
    cached copy is used.

    Parameters
    ----------
    query : Query
        The question.
    cache : Cache
        Folder of the copies.
    transport : Transport
        Asks the service.
    offline : bool
        Never ask.
    max_age_s : float
        The maximum age of a copy to be used, s, since it was downloaded or the service confirmed it.
    clock : callable
        Returns the moment now.

    Raises
    ------
    InputError
        If the service has no such data.
    DownloadError
        If there is no copy that is recent enough; the sentence states why no newer one was received.
    RunError
        If another process has held the service for long.
    """
    if offline:
        record = cache.record(query)
        return _used(query, cache, _Attempt(record, "from the cache, offline", _OFFLINE), max_age_s, clock())
    try:
        with cache.locked(query.service):
            attempt = _attempt(query, cache, transport, clock)
            return _used(query, cache, attempt, max_age_s, clock())
    except DebrissimError as error:
        if not isinstance(error.__cause__, OSError):
            raise
        # The disk refused before anything could be asked: the copy that can be read is used.
        attempt = _Attempt(cache.record(query), "from the cache", str(error))
        return _used(query, cache, attempt, max_age_s, clock())


def _attempt(query: Query, cache: Cache, transport: Transport, clock: Clock) -> _Attempt:
    """Ask if the rules allow it; the record in the cache is up to date afterwards."""
    now = clock()
    record, state = cache.record(query), cache.state(query.service)
    age_s = None if record.copy is None else copy_age_s(record.copy, now)
    if age_s is not None and age_s < query.lasts_s:
        return _Attempt(record, "from the cache")
    reason = not_now(query, record, state, now)
    if reason:
        young = age_s is not None and age_s < query.wait_s
        return _Attempt(record, "from the cache", "" if young else reason)
    # Noted before: a process that is killed, or a disk that is full, must not ask twice.
    asking = replace(record, asked_utc=to_text(now), answer="asked, no answer yet")
    cache.write_record(query, asking)
    asked_state = replace(
        state,
        requests_utc=(*within(state.requests_utc, now, _DAY_S), to_text(now)),
        held_until_utc=None,
        reason="",
    )
    cache.write_state(query.service, asked_state)
    copy = record.copy
    try:
        response = transport(query, conditions(copy.etag, copy.last_modified) if copy else {})
    except TransportError as fault:
        reason = f"{query.service.label}: {fault}"
        if not fault.sent:
            # The request did not reach the service: the next attempt may follow at once.
            _undo(query, cache, replace(record, answer=reason), state)
            return _Attempt(record, "from the cache", reason)
        done = replace(asking, answer=reason)
        cache.write_record(query, done)
        return _Attempt(done, "from the cache", reason, asked=True)
    except DebrissimError:
        # Such as credentials that are missing.
        _undo(query, cache, record, state)
        raise
    answered = clock()
    return _settle(query, cache, asking, asked_state, response, judge(query, response, answered), answered)


def _undo(query: Query, cache: Cache, record: Record, state: ServiceState) -> None:
    """Take back a request that was noted, but not made."""
    cache.write_record(query, record)
    cache.write_state(query.service, state)


def _settle(
    query: Query,
    cache: Cache,
    record: Record,
    state: ServiceState,
    response: Response,
    answer: Answer,
    now: datetime,
) -> _Attempt:
    """Write the outcome of an answer into the cache."""
    server = http_date(response.headers.get("date"))
    notes = _skew_notes(query, server, now)
    if response.status >= 400:
        state = replace(state, errors_utc=(*within(state.errors_utc, now, _DAY_S), to_text(now)))
        cache.write_state(query.service, state)
    if isinstance(answer, Fresh):
        return _settle_fresh(query, cache, record, response, answer, server, now, notes)
    if isinstance(answer, Unchanged):
        reason = _unchanged_reason(query, record.copy, answer)
        done = replace(record, answer=reason or answer.sentence)
        if not reason and record.copy is not None:
            confirmed = replace(
                record.copy, current_utc=to_text(now), server_utc=to_text(server) if server else None
            )
            done = replace(done, copy=confirmed)
        cache.write_record(query, done)
        return _Attempt(done, answer.sentence, reason, asked=True, notes=notes)
    if answer.held_until is not None:
        held = replace(state, held_until_utc=to_text(answer.held_until), reason=answer.sentence)
        cache.write_state(query.service, held)
    done = replace(record, answer=answer.sentence)
    cache.write_record(query, done)
    return _Attempt(
        done, "from the cache", answer.sentence, asked=True, not_found=answer.not_found, notes=notes
    )


def _settle_fresh(
    query: Query,
    cache: Cache,
    record: Record,
    response: Response,
    answer: Fresh,
    server: datetime | None,
    now: datetime,
    notes: tuple[str, ...],
) -> _Attempt:
    old = record.copy
    if old is not None and _is_suspect(answer.records, old.records, record.suspect_records):
        reason = (
            f"{query.service.label} sent {answer.records} {query.content.noun} where the last copy has "
            f"{old.records}: probably a part of them; if the next download is as short, it is used"
        )
        done = replace(record, answer=reason, suspect_records=answer.records)
        cache.write_record(query, done)
        return _Attempt(done, "from the cache", reason, asked=True, notes=notes)
    moment = to_text(now)
    new = Copy(
        file="",
        sha256="",
        size=0,
        records=answer.records,
        fetched_utc=moment,
        current_utc=moment,
        server_utc=to_text(server) if server else None,
        etag=_header(response, "etag"),
        last_modified=_header(response, "last-modified"),
    )
    sentence = f"downloaded from {query.service.label}"
    try:
        stored = cache.store(
            query, response.body, replace(record, answer=sentence, copy=new, suspect_records=None)
        )
    except RunError as error:
        reason = f"the download cannot be kept: {error}"
        with suppress(RunError):
            cache.write_record(query, replace(record, answer=reason))
        return _Attempt(record, "from the cache", reason, asked=True, notes=notes)
    return _Attempt(stored, sentence, asked=True, notes=notes)


def _header(response: Response, name: str) -> str | None:
    value = response.headers.get(name)
    return value if value and len(value) <= 200 and value.isascii() and value.isprintable() else None


def _is_suspect(count: int, before: int, seen: int | None) -> bool:
    """Whether a download has far fewer records than the last one, and the one before it had not as few."""
    if before < _SUSPECT_FROM or count >= _SUSPECT_FRACTION * before:
        return False
    return seen is None or not 0.9 * seen <= count <= 1.1 * seen


def _unchanged_reason(query: Query, copy: Copy | None, answer: Unchanged) -> str:
    """The reason why "nothing new" does not make the copy current; "" if it does."""
    since = f" at {answer.since:%Y-%m-%d %H:%M} UTC" if answer.since else ""
    if copy is None:
        return (
            f"{query.service.label} sent these data to this internet address before{since} and sends them again only "
            "after their next update"
        )
    fetched = from_text(copy.server_utc or copy.fetched_utc)
    if answer.since is not None and answer.since > fetched + _SLACK:
        return (
            f"{query.service.label} sent newer data to this internet address{since}, to another program or computer, "
            "and sends them again only after their next update"
        )
    return ""


def _used(query: Query, cache: Cache, attempt: _Attempt, max_age_s: float, now: datetime) -> Download:
    """The copy of a record, if it is recent enough. Raises InputError or DownloadError in words if it is not."""
    copy, reason = attempt.record.copy, attempt.reason
    if copy is None:
        if attempt.not_found:
            raise InputError(f"{query.name}: {reason}")
        raise DownloadError(
            f"{query.name}: {reason or attempt.answer}; no copy is in the cache ({cache.folder})"
        )
    age_s = 0.0 if attempt.asked and not reason else copy_age_s(copy, now)
    held = f"the copy of {clock_text(from_text(copy.fetched_utc))}"
    if age_s is not None and age_s > max(max_age_s, query.lasts_s):
        raise DownloadError(
            f"{query.name}: {reason or attempt.answer}; {held} is {hours(age_s)} old, older than the "
            f"{hours(max_age_s)} allowed"
        )
    notes = []
    if age_s is None:
        notes.append(f"{held} is from the future by this computer's clock: its age is not known")
    elif reason and reason != _OFFLINE:
        notes.append(f"{reason}; {held}, {hours(age_s)} old, is used")
    return Download(
        source=query.name,
        url=query.url,
        path=cache.body(query, copy),
        sha256=copy.sha256,
        size=copy.size,
        records=copy.records,
        noun=query.content.noun,
        fetched=from_text(copy.fetched_utc),
        current=from_text(copy.current_utc),
        age_s=age_s,
        asked=attempt.asked,
        answer=attempt.answer,
        notes=(*attempt.notes, *notes),
    )


def _skew_notes(query: Query, server: datetime | None, now: datetime) -> tuple[str, ...]:
    if server is None or abs((server - now).total_seconds()) <= SKEW_S:
        return ()
    ahead = (now - server).total_seconds()
    return (
        f"the clock of this computer is {hours(abs(ahead))} {'ahead of' if ahead > 0 else 'behind'} that of "
        f"{query.service.label}; times are by this computer's clock",
    )
