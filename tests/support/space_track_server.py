"""An imitation of Space-Track on loopback: login, session cookie, model definitions, queries, limits and suspension.

Behaviour after https://www.space-track.org/documentation and the issue threads of its clients: a refused login is
status 200 with {"Login": "Failed"}; a query without a session is 401 with {"error": ...}; a violation of the limits is
500 with a text, or 200 with [{"error": ...}]; accounts that go on are suspended.
"""

from __future__ import annotations

import json
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote

IDENTITY, PASSWORD = "someone@example.com", "p&ss wörd+1%"
VIOLATION = "You've violated your query rate limit. Please refer to our Acceptable Use guidelines."


@dataclass
class Clock:
    """Time that passes only when somebody sleeps, s since 1970."""

    time: float = 1_800_000_000.0
    slept: list[float] = field(default_factory=list)

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += seconds


@dataclass
class Imitation:
    """The state of the server.

    requests: method, path and time of each. records: the rows of each class. fault: what goes wrong with queries (see
    `_Handler`). violations: requests beyond the limits; suspended: after three of them.
    """

    clock: Clock = field(default_factory=Clock)
    requests: list[tuple[str, str, float]] = field(default_factory=list)
    records: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    sessions: set[str] = field(default_factory=set)
    fault: str = ""
    login_fault: str = ""
    violations: int = 0
    suspended: bool = False
    url: str = ""

    def paths(self, part: str = "") -> list[str]:
        """The paths of the requests that contain a text."""
        return [path for _, path, _ in self.requests if part in path]

    def count(self, method: str, path: str) -> bool:
        """Note a request; whether it keeps to the limits."""
        now = self.clock.now()
        self.requests.append((method, path, now))
        times = [t for _, _, t in self.requests]
        if sum(t > now - 60.0 for t in times) >= 30 or sum(t > now - 3600.0 for t in times) >= 300:
            self.violations += 1
            self.suspended = self.suspended or self.violations >= 3
            return False
        return True


@contextmanager
def serving(imitation: Imitation | None = None) -> Iterator[Imitation]:
    """The imitation, served on a free port of loopback; `url` is its address."""
    state = imitation or Imitation()

    class Handler(_Handler):
        imitation = state

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    state.url = f"http://127.0.0.1:{server.server_address[1]}/"
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    """Answers by the state's `fault`: a status with a body, or a broken connection."""

    imitation: Imitation
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: Any) -> None:
        pass

    def date_time_string(self, timestamp: float | None = None) -> str:
        return super().date_time_string(self.imitation.clock.now() if timestamp is None else timestamp)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode()
        state = self.imitation
        if not state.count("POST", self.path):
            return self._send(500, VIOLATION)
        form = {key: values[0] for key, values in parse_qs(body).items()}
        match state.login_fault:
            case "500 echo":
                return self._send(500, f"cannot log in with {body}, {form}")
            case "html":
                return self._send(200, "<html>Welcome to the hotel</html>", "text/html")
            case "redirect":
                return self._send(302, "", headers={"Location": "https://portal.invalid/login"})
            case "no answer":
                return self._hang()
        if state.suspended or (form.get("identity"), form.get("password")) != (IDENTITY, PASSWORD):
            return self._send(200, json.dumps({"Login": "Failed"}))
        session = secrets.token_hex(8)
        state.sessions.add(session)
        cookie = {"Set-Cookie": f"chocolatechip={session}; path=/; HttpOnly"}
        return self._send(200, '""', headers=cookie)

    def do_GET(self) -> None:
        state = self.imitation
        if not state.count("GET", unquote(self.path)):
            return self._send(500, VIOLATION)
        session = self.headers.get("Cookie", "").removeprefix("chocolatechip=")
        if "ajaxauth/logout" in self.path:
            state.sessions.discard(session)
            return self._send(200, '"Successfully logged out"')
        if session not in state.sessions:
            return self._send(401, json.dumps({"error": "You must be logged in to complete this action"}))
        words = unquote(self.path).strip("/").split("/")
        name = words[words.index("class") + 1]
        if "modeldef" in words:
            if state.fault == "modeldef":
                return self._send(200, json.dumps({"error": "Invalid class"}))
            return self._send(200, json.dumps({"data": _FIELDS.get(name, []) + _COMMON}))
        return self._query(json.dumps(state.records.get(name, [])))

    def _query(self, body: str) -> None:
        state, cut = self.imitation, len(body) // 2
        match state.fault:
            case "expired":
                state.sessions.clear()
                state.fault = ""
                return self._send(401, json.dumps({"error": "Your session has expired"}))
            case "error 200":
                return self._send(200, json.dumps({"error": "Query range out of bounds"}))
            case "violation 200":
                return self._send(200, json.dumps([{"error": VIOLATION}]))
            case "violation 500":
                return self._send(500, VIOLATION)
            case "500 echo":
                return self._send(500, f"<p>{IDENTITY} {PASSWORD} \x1b[31m</p>" * 50, "text/html")
            case "429":
                return self._send(429, "slow down", headers={"Retry-After": "7200"})
            case "403":
                return self._send(403, "Your account is suspended")
            case "html":
                return self._send(200, "<!DOCTYPE html><html><body>Maintenance</body></html>", "text/html")
            case "redirect":
                return self._send(302, "", headers={"Location": "http://portal.invalid/"})
            case "cut length":
                return self._send(200, body[:cut], length=len(body.encode()))
            case "cut chunks":
                return self._chunks(body[:cut])
            case "cut json":
                return self._send(200, body[:cut])
            case "empty":
                return self._send(200, "")
            case "no answer":
                return self._hang()
        return self._send(200, body)

    def _send(
        self,
        status: int,
        body: str,
        kind: str = "application/json",
        headers: dict[str, str] | None = None,
        length: int | None = None,
    ) -> None:
        data = body.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data) if length is None else length))
        for key, value in (headers or {}).items():
            self.send_header(key, value)
        self.end_headers()
        self.wfile.write(data)
        self.close_connection = length is not None

    def _chunks(self, body: str) -> None:
        """A chunked body whose last chunk is missing."""
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        data = body.encode()
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
        self.close_connection = True

    def _hang(self) -> None:
        """No answer before the client ends the connection."""
        self.connection.settimeout(5.0)
        self.rfile.read(1)
        self.close_connection = True


def _field(name: str, kind: str) -> dict[str, Any]:
    return {"Field": name, "Type": kind, "Null": "YES", "Key": "", "Default": None, "Extra": ""}


_COMMON = [_field("NORAD_CAT_ID", "int(10) unsigned")]
_FIELDS = {
    "gp": [_field("EPOCH", "datetime(6)"), _field("DECAY_DATE", "date")],
    "gp_history": [_field("EPOCH", "datetime(6)")],
    "cdm_public": [_field("CREATED", "datetime(6)"), _field("TCA", "datetime(6)")],
    "cdm": [_field("CREATION_DATE", "datetime(6)"), _field("TCA", "datetime(6)")],
    "satcat": [_field("CURRENT", "enum('Y','N')")],
    "boxscore": [_field("COUNTRY", "varchar(100)")],
}
