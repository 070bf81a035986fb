"""Services of sources imitated on the loopback interface, a clock that tests set, and contents of catalogues."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from debrissim.sources import Download

COPY = "the copy of 2026-11-28 12:00 UTC"
START = datetime(2026, 11, 28, 12, 0, 0, tzinfo=UTC)
GP_HEADER = (
    "OBJECT_NAME,OBJECT_ID,EPOCH,MEAN_MOTION,ECCENTRICITY,INCLINATION,RA_OF_ASC_NODE,ARG_OF_PERICENTER,MEAN_ANOMALY,"
    "EPHEMERIS_TYPE,CLASSIFICATION_TYPE,NORAD_CAT_ID,ELEMENT_SET_NO,REV_AT_EPOCH,BSTAR,MEAN_MOTION_DOT,"
    "MEAN_MOTION_DDOT"
)
NOT_UPDATED = (
    "GP data has not updated since your last successful\ndownload of GROUP=active at {moment:%Y-%m-%d %H:%M:%S} UTC.\n"
    "Data is updated once every 2 hours."
)


class Clock:
    """A clock that stays where it is set."""

    def __init__(self, now: datetime = START) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, hours: float) -> None:
        self.now += timedelta(hours=hours)


def gp_row(number: int, motion: float = 15.5, epoch: str = "2026-11-28T06:00:00.000000") -> str:
    elements = f"{epoch},{motion},.0005,51.6,{number % 360},30.5,12.25"
    return f"OBJECT {number},2026-001A,{elements},0,U,{number},999,1,.1E-3,.1E-4,0"


def gp_csv(count: int = 3, first: int = 100001) -> str:
    """The element sets of so many objects as CelesTrak sends them."""
    return "\r\n".join([GP_HEADER, *(gp_row(number) for number in range(first, first + count))]) + "\r\n"


class Service:
    """Answers each request by the next of its answers (the last one again and again), and keeps the requests.

    groups, paths: answers to requests for these groups or of these paths, in place of the next one.
    """

    def __init__(self, server: HTTPServer, clock: Clock) -> None:
        self.requests: list[Request] = []
        self.groups: dict[str, Response] = {}
        self.paths: dict[str, Response] = {}
        self.url = server.url_for("").rstrip("/")
        self.clock = clock
        self.ahead = timedelta(0)
        self._answers: list[Response] = []
        for path in (
            "/NORAD/elements/gp.php",
            "/NORAD/elements/supplemental/sup-gp.php",
            "/pub/satcat.csv",
            "/SOCRATES/sort-minRange.csv",
            "/SOCRATES/sort-maxProb.csv",
        ):
            server.expect_request(path).respond_with_handler(self._answer)

    @property
    def date(self) -> str:
        """The Date header: the clock of the tests, or `ahead` of it."""
        return format_datetime(self.clock.now + self.ahead, usegmt=True)

    def answers(self, *answers: Response) -> None:
        self._answers = list(answers)

    def _answer(self, request: Request) -> Response:
        self.requests.append(request)
        if request.path in self.paths:
            return self.paths[request.path]
        if request.args.get("GROUP", "").lower() in self.groups:
            return self.groups[request.args["GROUP"].lower()]
        return self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]


def answer(body: str | bytes = "", status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    return Response(
        body, status=status, headers=dict(headers or {}), content_type="text/plain; charset=UTF-8"
    )


def zipped(body: str, *, kept: float = 1.0) -> Response:
    """The body compressed in transfer, cut after a part of its bytes."""
    data = gzip.compress(body.encode())
    return answer(data[: int(kept * len(data))], headers={"Content-Encoding": "gzip"})


def stating(body: str, length: int) -> Response:
    """An answer that states another length than it has."""
    made = answer(body)
    made.headers["Content-Length"] = str(length)
    return made


def held(
    get: Callable[[str], Download], clock: Clock, service: Service, bad: Response, hours: float = 3.0
) -> Download:
    """Fetch a good copy, then, some hours later, meet a bad answer: the earlier copy is used."""
    first = get("celestrak:active")
    clock.advance(hours)
    service.answers(bad)
    second = get("celestrak:active")
    assert second.path == first.path
    assert second.path.read_bytes() == gp_csv().encode()
    assert second.age_s == hours * 3600
    assert second.asked
    return second
