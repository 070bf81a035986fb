"""The transport to Space-Track: one session of the `spacetrack` client, every request of which is counted and judged.

The client logs in, asks for the names of the conditions of a class (once per day), asks the query and logs out. Hooks
of its HTTP client see each of these requests before it is sent and each answer before the client acts on it: none is
sent before the limits allow it, none goes to another host, and a refusal ends the queries at once (the client itself
would wait for a minute and ask again). Within a `with` all queries share one login and its cookie. The cookie is kept
only in memory: the client has no interface for a session of an earlier process, and Space-Track asks programs to log
out (https://github.com/python-astrodynamics/spacetrack/issues/98).

Errors of the client are never passed on: they hold text of the server, which may repeat what was sent to it.
"""

from __future__ import annotations

import re
import ssl
import time
import warnings
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from debrissim.core.compression import MAX_BYTES
from debrissim.core.errors import DebrissimError, InputError, RunError
from debrissim.core.text import decode_text, printable
from debrissim.sources.credentials import Credentials, find_credentials
from debrissim.sources.query import Query, Response, TransportError
from debrissim.sources.request_log import RequestLog, utc
from debrissim.sources.space_track import SpaceTrackQuery

if TYPE_CHECKING:
    import httpx2

TIMEOUT_S, TOTAL_S = 60.0, 600.0
_VIOLATION = "violated your query rate limit"
_MAX_ERROR_BYTES = 1 << 16


class _RefusedError(Exception):
    """An answer with an error status, after which the client is to do nothing more."""

    def __init__(self, response: Response) -> None:
        super().__init__()
        self.response = response


class SpaceTrackTransport:
    """Asks Space-Track. Within a `with` all queries share one login; outside each has its own.

    Parameters
    ----------
    folder : Path
        Of the record of requests and of the names of conditions; made when it is used.
    base_url : str
        Address of the server.
    credentials : callable
        Returns the credentials; called before the first login.
    log : RequestLog or None
        The record of requests; by default the one in the folder.
    timeout_s : float
        The longest silence, s.
    total_s : float
        The longest download, s.
    verify : bool or SSLContext
        The check of the server's certificate, as in httpx2; by default against the system's authorities.
    """

    def __init__(
        self,
        folder: Path,
        base_url: str,
        *,
        credentials: Callable[[], Credentials] = find_credentials,
        log: RequestLog | None = None,
        timeout_s: float = TIMEOUT_S,
        total_s: float = TOTAL_S,
        verify: bool | ssl.SSLContext = True,
    ) -> None:
        self._folder, self._base_url = folder, base_url
        self._credentials = credentials
        self._log = log or RequestLog(folder)
        self._timeout_s, self._total_s, self._verify = timeout_s, total_s, verify
        self._shared = False
        self._session: _Session | None = None

    def __enter__(self) -> SpaceTrackTransport:
        self._shared = True
        return self

    def __exit__(self, *_: object) -> None:
        self._shared = False
        self.close()

    def close(self) -> None:
        """Log out, if there is a session."""
        session, self._session = self._session, None
        if session is not None:
            session.close()

    def __call__(self, query: Query, _headers: Mapping[str, str]) -> Response:
        """The answer to a query.

        The headers are not used: Space-Track has no conditional requests. Raises TransportError, in words of this
        program, if no whole answer comes; InputError without credentials or without the package `spacetrack`.
        """
        assert isinstance(query, SpaceTrackQuery)
        try:
            self._check_class(query)
            if self._session is None:
                self._session = _Session(
                    self._folder,
                    self._base_url,
                    self._credentials(),
                    self._log,
                    self._timeout_s,
                    self._total_s,
                    self._verify,
                )
            response = self._session.ask(query)
            if response.status == 200:
                self._log.note_download(query.request_class)
            return response
        except RunError as error:
            # Limits that are reached, a record that cannot be written.
            raise TransportError(str(error), sent=False) from None
        finally:
            if not self._shared:
                self.close()

    def _check_class(self, query: SpaceTrackQuery) -> None:
        last = self._log.last_download(query.request_class) if query.class_interval_s else None
        if last is None:
            return
        due = last + query.class_interval_s
        if self._log.now() < due:
            hours, word = query.class_interval_s / 3600.0, query.name.partition("=")[0]
            raise TransportError(
                f"{query.request_class} was asked for less than {hours:g} h ago, and can be again from {utc(due)} on; "
                f"several objects are one query with a list of numbers, and {word} has all",
                sent=False,
            )


class _Session:
    """One login."""

    def __init__(
        self,
        folder: Path,
        base_url: str,
        credentials: Credentials,
        log: RequestLog,
        timeout_s: float,
        total_s: float,
        verify: bool | ssl.SSLContext,
    ) -> None:
        try:
            import httpx2
            from spacetrack import SpaceTrackClient
        except ImportError:
            raise InputError(
                "Space-Track requires the package spacetrack, which is not installed: pip install "
                "'debrissim[spacetrack]'"
            ) from None
        self._credentials, self._log, self._total_s = credentials, log, total_s
        base = httpx2.URL(base_url)
        self._origin = base.scheme, base.host, base.port
        self._asked = False
        client = httpx2.Client(
            timeout=timeout_s,
            verify=verify,
            event_hooks={"request": [self._before], "response": [self._after]},
        )
        self._client: Any = SpaceTrackClient(
            credentials.identity,
            credentials.password,
            base_url=base_url.rstrip("/") + "/",
            httpx_client=client,
            cache_path=folder,
        )
        self._answer: httpx2.Response | None = None

    def ask(self, query: SpaceTrackQuery) -> Response:
        """The answer to a query, as `SpaceTrackTransport`."""
        import httpx2
        from spacetrack import AuthenticationError

        self._asked, self._answer = False, None
        try:
            with warnings.catch_warnings():
                # About types of conditions that this version of the client does not know.
                warnings.simplefilter("ignore")
                pieces = self._client.generic_request(
                    query.request_class,
                    controller=query.controller,
                    iter_content=True,
                    **query.predicates,
                )
                body = self._whole(pieces)
        except _RefusedError as refusal:
            return refusal.response
        except AuthenticationError:
            raise TransportError(
                f"the user and password of the {self._credentials.origin} are refused", sent=False
            ) from None
        except httpx2.HTTPStatusError as error:
            return self._judged(error.response.status_code, error.response, error.response.content)
        except httpx2.TimeoutException:
            raise self._fault("no answer in time") from None
        except (httpx2.ConnectError, httpx2.ProxyError) as error:
            raise self._fault(f"cannot be reached ({self._words(error)})") from None
        except httpx2.RemoteProtocolError as error:
            raise self._fault(f"the connection broke off ({self._words(error)})") from None
        except (httpx2.HTTPError, httpx2.InvalidURL, httpx2.StreamError, OSError) as error:
            raise self._fault(f"the request failed ({self._words(error)})") from None
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            # The client takes the answers to a login and about conditions to be what they were when it was written.
            raise self._fault(
                f"the answer is not one that the client expects ({type(error).__name__})"
            ) from None
        assert self._answer is not None
        return self._judged(self._answer.status_code, self._answer, body)

    def close(self) -> None:
        """Log out; a failure of that is of no consequence."""
        import httpx2

        with suppress(
            _RefusedError,
            DebrissimError,
            TransportError,
            httpx2.HTTPError,
            httpx2.StreamError,
            OSError,
            ValueError,
        ):
            self._client.close()

    def _before(self, request: httpx2.Request) -> None:
        """Count a request before it is sent; none goes elsewhere."""
        url = request.url
        if (url.scheme, url.host, url.port) != self._origin:
            raise TransportError(
                f"the request was redirected to another host, {printable(url.host)[:100]}, like the login page of a "
                f"network",
                sent=True,
            )
        self._log.wait_for_turn()
        self._asked = self._asked or "/query/" in url.path

    def _after(self, response: httpx2.Response) -> None:
        """End the asking at a refusal."""
        self._answer = response
        path, status = response.request.url.path, response.status_code
        if status == 401 and "/ajaxauth/" not in path:
            # The session has ended: the client logs in again, once.
            return
        is_query = "/query/" in path
        if status >= 400 or (300 <= status < 400 and not is_query):
            raise _RefusedError(self._judged(status, response, self._start(response)))
        if not is_query and _is_error(body := self._start(response)):
            raise _RefusedError(self._judged(status, response, body))

    def _start(self, response: httpx2.Response) -> bytes:
        """The beginning of an answer; one without an error stays whole for the client."""
        if response.status_code < 300:
            whole: bytes = response.read()
            return whole[:_MAX_ERROR_BYTES]
        return next(response.iter_bytes(_MAX_ERROR_BYTES), b"")

    def _judged(self, status: int, response: httpx2.Response, body: bytes) -> Response:
        """An answer for `debrissim.sources.answers`; all but data is without the credentials."""
        violated = False
        if status != 200 or _is_error(body) or not body.lstrip().startswith(b"["):
            text = decode_text(body[:_MAX_ERROR_BYTES])
            violated = _VIOLATION in text
            body = self._credentials.redacted(text).encode()
        kept = ("date", "retry-after", "location", "content-type")
        headers = {
            name: self._credentials.redacted(printable(response.headers[name]))
            for name in kept
            if name in response.headers
        }
        # Space-Track reports a violation with 500, or with 200 and an error in JSON.
        return Response(429 if violated else status, headers, body)

    def _whole(self, pieces: Any) -> bytes:
        """The body of a streamed answer, within the limits of size and time."""
        deadline = time.monotonic() + self._total_s
        parts: list[bytes] = []
        size = 0
        for piece in pieces:
            parts.append(piece.encode())
            size += len(parts[-1])
            if size > MAX_BYTES:
                raise TransportError(f"the answer is longer than {MAX_BYTES >> 20} MiB", sent=True)
            if time.monotonic() > deadline:
                raise TransportError(f"the answer took longer than {self._total_s:.0f} s", sent=True)
        return b"".join(parts)

    def _fault(self, reason: str) -> TransportError:
        return TransportError(reason, sent=self._asked)

    def _words(self, error: BaseException) -> str:
        text = self._credentials.redacted(" ".join(str(error).split()))
        return printable(text[:200]) or type(error).__name__


def _is_error(body: bytes) -> bool:
    """Whether an answer with status 200 is an error: {"error": ...} or [{"error": ...}]."""
    return re.match(rb'\s*\[?\s*\{\s*"error"', body) is not None
