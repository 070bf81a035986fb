"""Questions to a service and its answers as values; nothing here touches the network or the disk."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

_NOT_IN_NAMES = re.compile(r"[^a-z0-9]+")
_LONGEST_STEM = 60


@dataclass(frozen=True)
class Rules:
    """The limits that a service sets to programs; they are kept by construction, whatever the caller does.

    interval_s: between two requests of one query, s, regardless of the first answer. requests: maximum number of
    requests within a number of seconds, over all queries: ((30, 60.0), (300, 3600.0)).
    errors: number of refusals within a number of seconds after which no request is made. hold_s: time without requests
    after a refusal that concerns every query, s, if the answer states no time.
    """

    interval_s: float
    requests: tuple[tuple[int, float], ...] = ()
    errors: tuple[int, float] = (10, 7200.0)
    hold_s: float = 7200.0


@dataclass(frozen=True)
class Service:
    """A service that publishes data.

    name: the part of a source's name before the colon; label: its name in sentences; unchanged, missing: patterns of
    the texts by which it says that there is nothing new, or nothing at all.
    """

    name: str
    label: str
    rules: Rules
    unchanged: re.Pattern[str] | None = None
    missing: re.Pattern[str] | None = None


@dataclass(frozen=True)
class Content:
    """The content that a complete answer has.

    format: "csv" (a header, then one record per line) or "json" (a list of objects). columns: those that the header,
    or each object, must have. noun: the records in sentences, in the plural. may_be_empty: no record at all is also a
    valid answer.
    """

    format: Literal["csv", "json"]
    columns: tuple[str, ...]
    noun: str = "records"
    may_be_empty: bool = False


@dataclass(frozen=True)
class Query:
    """One question to a service.

    name: of the source, such as "celestrak:active", in its normal spelling. url: without credentials. advice: added to
    the sentence that nothing was found. interval_s: replaces that of the service's rules, if longer. lasts_s: a copy
    of at most this age, s, is current without asking, as for data of the past.
    """

    name: str
    service: Service
    url: str
    content: Content
    advice: str = ""
    interval_s: float = 0.0
    lasts_s: float = 0.0

    @property
    def wait_s(self) -> float:
        """The time between two requests of this query, s."""
        return max(self.interval_s, self.service.rules.interval_s)

    @property
    def stem(self) -> str:
        """The beginning of the names of its files in the cache; another URL gives another one."""
        words = _NOT_IN_NAMES.sub("-", self.name.partition(":")[2].lower()).strip("-")[:_LONGEST_STEM]
        return f"{words or 'query'}-{hashlib.sha256(self.url.encode()).hexdigest()[:8]}"


@dataclass(frozen=True)
class Response:
    """An answer over HTTP. headers: by name in lower case. body: whole, without its transfer compression."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


class TransportError(Exception):
    """No answer, or a part of one; the text is the reason. sent: whether the request may have reached the service."""

    def __init__(self, reason: str, *, sent: bool) -> None:
        super().__init__(reason)
        self.sent = sent


Transport: TypeAlias = Callable[[Query, Mapping[str, str]], Response]
"""Asks a query with further headers (`If-Modified-Since`). Raises TransportError if no whole answer comes."""


def conditions(etag: str | None, last_modified: str | None) -> dict[str, str]:
    """The headers by which a service may answer that its data are those of an earlier download."""
    headers = {"If-None-Match": etag, "If-Modified-Since": last_modified}
    return {name: value for name, value in headers.items() if value}
