"""Judge the answer of a service: new data, nothing new, or a refusal, and how long it is not to be asked again."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TypeAlias
from urllib.parse import urlsplit

from debrissim.core.text import decode_text, quoted
from debrissim.sources.content import ContentError, count_records, shown_text
from debrissim.sources.query import Query, Response

_MOMENT = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})[ T]([0-9]{2}:[0-9]{2}:[0-9]{2})")
LONGEST_HOLD = timedelta(days=7)
"""The longest Retry-After that is believed."""

_TEXT = 2000
# Headers by which the transport knows that the body is whole; without them it ends with the connection.
_FRAMES = ("content-length", "transfer-encoding", "content-encoding")


@dataclass(frozen=True)
class Fresh:
    """Complete new data. records: their number."""

    records: int


@dataclass(frozen=True)
class Unchanged:
    """The service has nothing newer. since: the last download by this address, where the answer states it (UTC)."""

    sentence: str
    since: datetime | None = None


@dataclass(frozen=True)
class Refused:
    """No usable data. sentence: the reason, with the name of the service.

    held_until: no request is made to the service until then; None if the refusal concerns only this query.
    not_found: there are no such data.
    """

    sentence: str
    held_until: datetime | None = None
    not_found: bool = False


Answer: TypeAlias = Fresh | Unchanged | Refused


def judge(query: Query, response: Response, now: datetime) -> Answer:
    """The meaning of an answer. now: the local clock, from which a hold counts."""
    service, status = query.service, response.status
    text = decode_text(response.body[: 4 * _TEXT])[:_TEXT]
    if status == HTTPStatus.NOT_MODIFIED:
        return Unchanged(f"{service.label} has nothing newer (304)")
    if service.unchanged is not None and status in (200, 403) and service.unchanged.search(text):
        return Unchanged(f"{service.label} has not updated these data since the last download", _moment(text))
    # A service that says so in words: another 404 may be that of a proxy, or of an address that has changed.
    says_so = service.missing is not None and service.missing.search(text) is not None
    if status in (HTTPStatus.OK, HTTPStatus.NOT_FOUND) and (
        says_so or (service.missing is None and status == HTTPStatus.NOT_FOUND)
    ):
        return Refused(f"{service.label} has no such data{query.advice}", not_found=True)
    if status == HTTPStatus.OK:
        try:
            framed = any(name in response.headers for name in _FRAMES)
            return Fresh(count_records(response.body, query.content, framed=framed))
        except ContentError as fault:
            return Refused(f"{service.label} {fault}")
    return _refusal(query, response, now)


def _refusal(query: Query, response: Response, now: datetime) -> Refused:
    service, status = query.service, response.status
    # A date is by the service's clock.
    its_now = http_date(response.headers.get("date")) or now
    wait = retry_after(response.headers.get("retry-after"), its_now)
    until = now + (timedelta(seconds=service.rules.hold_s) if wait is None else wait)
    if 300 <= status < 400:
        target = response.headers.get("location", "")
        host, own = urlsplit(target).hostname if _is_url(target) else None, urlsplit(query.url).hostname
        where = f"another host, {quoted(host)}" if host and host != own else quoted(target)
        reason = (
            f"the request to {service.label} was redirected to {where} ({status}); redirects are not followed: "
            "it may be the login page of a network, or the address has changed"
        )
        return Refused(reason, until)
    words = f"{status} {_phrase(status)}".rstrip()
    said = shown_text(response.body)
    said = f", saying {said}" if said else ""
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return Refused(f"{service.label} was asked too often ({words}{said})", until)
    if status in (HTTPStatus.FORBIDDEN, HTTPStatus.UNAUTHORIZED):
        return Refused(f"{service.label} refuses access ({words}{said})", until)
    # A single address may have changed, but the service itself is available.
    concerns_all = status not in (HTTPStatus.NOT_FOUND, HTTPStatus.GONE)
    return Refused(f"{service.label} answered {words}{said}", until if concerns_all else None)


def _is_url(text: str) -> bool:
    try:
        return bool(urlsplit(text).hostname)
    except ValueError:
        return False


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


def retry_after(value: str | None, now: datetime) -> timedelta | None:
    """The wait of a Retry-After header (RFC 9110, section 10.2.3: seconds or a date), at most a week; otherwise
    None."""
    if value is None:
        return None
    value = value.strip()
    if re.fullmatch(r"[0-9]{1,9}", value):
        wait = timedelta(seconds=int(value))
    else:
        moment = http_date(value)
        if moment is None:
            return None
        wait = moment - now
    return min(max(wait, timedelta(0)), LONGEST_HOLD)


def http_date(value: str | None) -> datetime | None:
    """The moment of a Date header; None for anything else."""
    if value is None or len(value) > 100:
        return None
    try:
        moment = parsedate_to_datetime(value)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None


def _moment(text: str) -> datetime | None:
    """The first moment in a text, "2026-03-27 08:11:36", taken as UTC."""
    found = _MOMENT.search(text)
    if found is None:
        return None
    try:
        return datetime.fromisoformat(f"{found[1]}T{found[2]}+00:00")
    except ValueError:
        return None
