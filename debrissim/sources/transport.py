"""HTTP by httpx: one request, read whole within limits of time and size; redirects are not followed."""

from __future__ import annotations

import ssl
import time
from collections.abc import Mapping
from functools import cache
from importlib.metadata import version
from typing import TYPE_CHECKING

from debrissim.core.compression import MAX_BYTES, decompress
from debrissim.core.errors import InputError
from debrissim.core.text import printable
from debrissim.sources.query import Query, Response, TransportError

if TYPE_CHECKING:
    import httpx

CONNECT_S, READ_S, TOTAL_S = 15.0, 60.0, 600.0
_GZIP = b"\x1f\x8b"


class HttpTransport:
    """Asks over HTTP. connect_s, read_s: the longest silence; total_s: the longest request."""

    def __init__(
        self, connect_s: float = CONNECT_S, read_s: float = READ_S, total_s: float = TOTAL_S
    ) -> None:
        self._silence = connect_s, read_s
        self._total_s = total_s

    def __call__(self, query: Query, headers: Mapping[str, str]) -> Response:
        """The answer to a query. Raises TransportError if no whole answer comes."""
        import httpx

        own = {"User-Agent": f"debrissim/{version('debrissim')}", "Accept-Encoding": "gzip"}
        connect_s, read_s = self._silence
        limits = httpx.Timeout(read_s, connect=connect_s)
        try:
            with (
                httpx.Client(timeout=limits, follow_redirects=False, verify=_authorities()) as client,
                client.stream("GET", query.url, headers=own | dict(headers)) as answer,
            ):
                return self._read(answer, time.monotonic() + self._total_s)
        except (
            httpx.ConnectError,
            httpx.ConnectTimeout,
            httpx.ProxyError,
            httpx.UnsupportedProtocol,
        ) as error:
            raise TransportError(_unreached(query, error), sent=False) from error
        except httpx.TimeoutException as error:
            raise TransportError("no answer in time", sent=True) from error
        except httpx.RemoteProtocolError as error:
            raise TransportError(f"the connection broke off ({_words(error)})", sent=True) from error
        except httpx.HTTPError as error:
            raise TransportError(f"the request failed ({_words(error)})", sent=True) from error
        except httpx.InvalidURL as error:
            raise TransportError(f"not a web address ({_words(error)})", sent=False) from error

    def _read(self, answer: httpx.Response, deadline: float) -> Response:
        body = bytearray()
        for piece in answer.iter_raw():
            body += piece
            if len(body) > MAX_BYTES:
                raise TransportError(f"the answer is longer than {MAX_BYTES >> 20} MiB", sent=True)
            if time.monotonic() > deadline:
                raise TransportError(f"the answer took longer than {self._total_s:.0f} s", sent=True)
        headers = {name.lower(): printable(value) for name, value in answer.headers.items()}
        stated = headers.get("content-length", "")
        if stated.isascii() and stated.isdigit() and int(stated) != len(body) and answer.status_code != 304:
            raise TransportError(f"{len(body)} of {stated[:20]} bytes came", sent=True)
        return Response(
            answer.status_code, headers, _content(bytes(body), headers.get("content-encoding", ""))
        )


@cache
def _authorities() -> ssl.SSLContext:
    """The authorities that certificates are checked against; to load them takes longer than a short request."""
    import httpx

    return httpx.create_ssl_context()


def _content(body: bytes, encoding: str) -> bytes:
    """The body without its transfer compression. Raises TransportError if that is damaged or ends early."""
    if not body or encoding.strip().lower() in ("", "identity"):
        return body
    if encoding.strip().lower() not in ("gzip", "x-gzip") or not body.startswith(_GZIP):
        raise TransportError(f"the answer has the unknown compression {encoding[:40]!r}", sent=True)
    try:
        content, problem = decompress(body, "the answer")
    except InputError as error:
        raise TransportError(str(error), sent=True) from error
    if problem:
        raise TransportError(problem, sent=True)
    return content


def _unreached(query: Query, error: Exception) -> str:
    host = query.url.partition("//")[2].partition("/")[0]
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"{host} shows a certificate that is not its own ({_words(cause)}), like the login page of a network"
        cause = cause.__cause__ or cause.__context__
    return f"{host} cannot be reached ({_words(error)})"


def _words(error: BaseException) -> str:
    return printable(" ".join(str(error).split())[:200]) or type(error).__name__
