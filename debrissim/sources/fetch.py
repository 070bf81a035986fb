"""`debrissim.fetch`: the newest copy of a named source that can be obtained."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import replace

from debrissim.core.errors import InputError
from debrissim.sources.cache import Cache, utc_now
from debrissim.sources.download import DEFAULT_MAX_AGE_S, Clock, download
from debrissim.sources.names import parse_source, service_of
from debrissim.sources.outcome import Download
from debrissim.sources.query import Query, Response, Transport


def fetch(
    source: str,
    *,
    offline: bool = False,
    max_age_hours: float | None = None,
    lasts_hours: float = 0.0,
    cache: Cache | None = None,
    transport: Transport | None = None,
    clock: Clock = utc_now,
) -> Download:
    """Fetch a named source, or take it from the cache if its service must not be queried again yet.

    The result is a path: ``ds.read_catalog(ds.fetch("celestrak:stations"))``.

    Parameters
    ----------
    source : str
        Its name, such as "celestrak:active", "celestrak:number=25544" or "socrates:min-range" (docs/sources.md).
    offline : bool
        Never touch the network; the copy in the cache, or an error.
    max_age_hours : float, optional
        The maximum age of a copy to be used, hours; by default 72.
    lasts_hours : float
        A copy younger than this and not older than `max_age_hours` is used without asking, hours; for data that
        change little.
    cache : Cache, optional
        By default that of the user, or of the environment variable DEBRISSIM_CACHE.
    transport, clock : callable, optional
        In place of the network and the local clock.

    Returns
    -------
    Download
        The copy: path, hash, number of records, age, and how it was obtained.

    Raises
    ------
    InputError
        For a name that is not a source, hours out of range, or data that the service does not have.
    DownloadError
        If nothing could be downloaded and there is no copy that is recent enough.
    """
    if max_age_hours is not None and not (max_age_hours > 0.0 and math.isfinite(max_age_hours)):
        raise InputError(f"max_age_hours: expected a positive number of hours, got {max_age_hours!r}")
    if not (lasts_hours >= 0.0 and math.isfinite(lasts_hours)):
        raise InputError(f"lasts_hours: expected a number of hours of at least 0, got {lasts_hours!r}")
    max_age_s = DEFAULT_MAX_AGE_S if max_age_hours is None else max_age_hours * 3600.0
    named = parse_source(source)
    query = replace(named, lasts_s=max(named.lasts_s, min(lasts_hours * 3600.0, max_age_s)))
    return download(
        query,
        cache or Cache.default(),
        transport or (_no_transport if offline else service_of(source).transport()),
        offline=offline,
        max_age_s=max_age_s,
        clock=clock,
    )


@contextmanager
def shared_transports() -> Iterator[Callable[[str], Transport]]:
    """A function from the name of a source to the transport of its service, one for all sources while this lasts.

    Services with a login are logged in to once, and logged out of at the end.
    """
    with ExitStack() as stack:
        transports: dict[str, Transport] = {}

        def transport_of(source: str) -> Transport:
            service = service_of(source)
            if service.name not in transports:
                made = service.transport()
                if isinstance(made, AbstractContextManager):
                    stack.enter_context(made)
                transports[service.name] = made
            return transports[service.name]

        yield transport_of


def _no_transport(query: Query, headers: Mapping[str, str]) -> Response:
    raise AssertionError(f"{query.name} asked although offline, with {len(headers)} headers")
