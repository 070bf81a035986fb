"""Downloads and the rules of services, against services on the loopback interface: what is asked, used and said."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from support.source_servers import (
    COPY,
    NOT_UPDATED,
    START,
    Clock,
    Service,
    answer,
    gp_csv,
    gp_row,
    held,
)
from werkzeug import Response

from debrissim.core.errors import InputError
from debrissim.sources import Cache, DownloadError
from debrissim.sources.transport import HttpTransport


def test_a_first_fetch_downloads_and_the_path_is_a_catalogue(get, service: Service):
    import debrissim as ds

    download = get("celestrak:active")
    assert (download.records, download.asked, download.age_s) == (3, True, 0.0)
    assert download.answer == "downloaded from CelesTrak"
    assert download.notes == ()
    (request,) = service.requests
    assert request.args.to_dict() == {"GROUP": "active", "FORMAT": "CSV"}
    assert request.headers["User-Agent"].startswith("debrissim/")
    assert "If-Modified-Since" not in request.headers
    assert ds.read_catalog(download).catalog.norad_id.tolist() == [100001, 100002, 100003]


def test_a_copy_of_less_than_two_hours_is_used_without_asking(get, clock: Clock, service: Service):
    get("celestrak:active")
    clock.advance(1.99)
    again = get("celestrak:active")
    assert (len(service.requests), again.asked, again.notes) == (1, False, ())
    clock.advance(0.02)
    assert get("celestrak:active").asked
    assert len(service.requests) == 2


@pytest.mark.parametrize("spelling", ["active", "group=active"])
def test_every_spelling_of_a_query_is_the_same_query(get, service: Service, spelling: str):
    get("celestrak:active")
    assert get(f"celestrak:{spelling}").source == "celestrak:active"
    assert len(service.requests) == 1


@pytest.mark.parametrize(
    "bad", [answer("no", 500), answer("<html>", 200), answer("", 200), answer("No GP data found", 404)]
)
def test_a_failed_request_is_not_repeated_within_two_hours(
    get, clock: Clock, service: Service, bad: Response
):
    service.answers(bad)
    for _ in range(5):
        with pytest.raises((DownloadError, InputError)):
            get("celestrak:active")
        clock.advance(0.3)
    assert len(service.requests) == 1
    service.answers(answer(gp_csv()))
    clock.advance(0.6)
    assert get("celestrak:active").asked


def test_the_conditions_of_the_last_answer_are_sent_and_304_makes_the_copy_current(
    get, clock: Clock, service: Service
):
    stamp = "Sat, 28 Nov 2026 11:48:08 GMT"
    service.answers(answer(gp_csv(), headers={"Last-Modified": stamp, "ETag": '"a-1"'}), answer(status=304))
    first = get("celestrak:active")
    clock.advance(5)
    second = get("celestrak:active")
    assert service.requests[1].headers["If-Modified-Since"] == stamp
    assert service.requests[1].headers["If-None-Match"] == '"a-1"'
    assert (second.path, second.age_s, second.fetched) == (first.path, 0.0, START)
    assert second.current == START + timedelta(hours=5)
    assert second.answer == "CelesTrak has nothing newer (304)"
    clock.advance(1.9)
    assert not get("celestrak:active").asked


def test_has_not_updated_makes_the_copy_current_and_ends_the_asking(get, clock: Clock, service: Service):
    get("celestrak:active")
    clock.advance(2.5)
    service.answers(answer(NOT_UPDATED.format(moment=START), 403))
    second = get("celestrak:active")
    assert (second.age_s, second.notes) == (0.0, ())
    assert second.answer == "CelesTrak has not updated these data since the last download"
    clock.advance(1.0)
    assert get("celestrak:active").age_s == 3600.0
    assert len(service.requests) == 2


def test_has_not_updated_without_a_copy_is_one_sentence(get, service: Service):
    service.answers(answer(NOT_UPDATED.format(moment=START - timedelta(minutes=40)), 403))
    with pytest.raises(DownloadError) as error:
        get("celestrak:active")
    assert str(error.value).startswith(
        "celestrak:active: CelesTrak sent these data to this internet address before at 2026-11-28 11:20 UTC and sends "
        "them again only after their next update; no copy is in the cache ("
    )


def test_a_copy_older_than_the_last_download_of_this_address_is_not_current(
    get, clock: Clock, service: Service
):
    later = START + timedelta(hours=2)
    download = held(get, clock, service, answer(NOT_UPDATED.format(moment=later), 403))
    assert download.notes == (
        "CelesTrak sent newer data to this internet address at 2026-11-28 14:00 UTC, to another program or computer, "
        f"and sends them again only after their next update; {COPY}, 3.0 h old, is used",
    )


def test_another_403_uses_the_copy_and_stops_every_query_for_two_hours(get, clock: Clock, service: Service):
    download = held(get, clock, service, answer("Your IP address is blocked", 403))
    said = "CelesTrak refuses access (403 Forbidden, saying 'Your IP address is blocked')"
    assert download.notes == (f"{said}; {COPY}, 3.0 h old, is used",)
    with pytest.raises(
        DownloadError, match=r"is not asked before 2026-11-28 17:00 UTC: CelesTrak refuses access"
    ):
        get("celestrak:stations")
    assert len(service.requests) == 2
    clock.advance(2.01)
    service.answers(answer(gp_csv()))
    assert get("celestrak:stations").asked


def test_no_such_data_is_one_sentence_with_a_suggestion(get, service: Service):
    service.answers(answer("No GP data found", 404))
    with pytest.raises(InputError) as error:
        get("celestrak:activ")
    assert str(error.value) == "celestrak:activ: CelesTrak has no such data; did you mean 'active'?"
    with pytest.raises(DownloadError) as later:
        get("celestrak:activ")
    assert "was queried at 2026-11-28 12:00 UTC (then: CelesTrak has no such data; did you mean" in str(
        later.value
    )
    # It is about one query.
    service.answers(answer(gp_csv()))
    assert get("celestrak:active").asked


def test_another_404_is_not_about_the_data(get, service: Service):
    service.answers(answer("<html><title>Not here</title></html>", 404))
    with pytest.raises(
        DownloadError, match=r"CelesTrak answered 404 Not Found, saying an HTML page titled 'Not here'"
    ):
        get("celestrak:satcat")
    service.answers(answer(gp_csv()))
    assert get("celestrak:active").asked


def test_no_such_data_as_200_is_the_same(get, service: Service):
    service.answers(answer("No GP data found"))
    with pytest.raises(InputError, match=r"^celestrak:number=99999: CelesTrak has no such data$"):
        get("celestrak:number=99999")


@pytest.mark.parametrize("date", [False, True])
def test_retry_after_is_respected_by_every_query(get, clock: Clock, service: Service, date: bool):
    # The service's clock is three hours ahead: a date is by that clock.
    service.ahead = timedelta(hours=3) if date else timedelta(0)
    wait = "Sat, 28 Nov 2026 20:00:00 GMT" if date else str(5 * 3600)
    service.answers(answer("", 429, {"Retry-After": wait}))
    with pytest.raises(DownloadError):
        get("celestrak:active")
    service.answers(answer(gp_csv()))
    clock.advance(4.9)
    for name in ("celestrak:active", "celestrak:stations"):
        with pytest.raises(
            DownloadError, match=r"is not asked before 2026-11-28 17:00 UTC: .* asked too often"
        ):
            get(name)
    assert len(service.requests) == 1
    clock.advance(0.2)
    assert get("celestrak:stations").asked


def test_a_short_retry_after_does_not_shorten_the_two_hours(get, clock: Clock, service: Service):
    service.answers(answer("", 503, {"Retry-After": "60"}))
    with pytest.raises(DownloadError):
        get("celestrak:active")
    clock.advance(0.1)
    service.answers(answer(gp_csv()))
    assert get("celestrak:stations").asked
    with pytest.raises(DownloadError, match=r"was queried at 2026-11-28 12:00 UTC"):
        get("celestrak:active")


def test_a_loop_over_missing_objects_stops_by_itself(get, service: Service):
    service.answers(answer("No GP data found", 404))
    errors = []
    for number in range(1, 40):
        with pytest.raises((InputError, DownloadError)) as error:
            get(f"celestrak:number={number}")
        errors.append(str(error.value))
    assert len(service.requests) == 10
    assert (
        "CelesTrak recently refused 10 requests and will be queried again from 2026-11-28 14:00 UTC"
        in errors[-1]
    )


def test_a_download_with_far_fewer_records_is_used_only_when_it_repeats(get, clock: Clock, service: Service):
    service.answers(answer(gp_csv(1000)), answer(gp_csv(400)), answer(gp_csv(390)))
    get("celestrak:active")
    clock.advance(3)
    second = get("celestrak:active")
    assert second.records == 1000
    assert second.notes == (
        "CelesTrak sent 400 element sets where the last copy has 1000: probably a part of them; if the next download "
        f"is as short, it is used; {COPY}, 3.0 h old, is used",
    )
    clock.advance(3)
    assert get("celestrak:active").records == 390


def test_a_copy_beyond_the_greatest_age_is_refused_with_the_reason(get, clock: Clock, service: Service):
    get("celestrak:active")
    clock.advance(30)
    service.answers(answer("", 500))
    with pytest.raises(DownloadError) as error:
        get("celestrak:active", max_age_hours=24)
    assert str(error.value) == (
        f"celestrak:active: CelesTrak answered 500 Internal Server Error; {COPY} is 30.0 h old, older than the 24.0 h "
        "allowed"
    )
    assert get("celestrak:active", max_age_hours=31, offline=True).age_s == 30 * 3600


@pytest.mark.parametrize("hours", [0.0, -1.0, float("nan"), float("inf")])
def test_a_greatest_age_is_a_positive_number(get, hours: float):
    with pytest.raises(InputError, match=r"^max_age_hours: expected a positive number of hours"):
        get("celestrak:active", max_age_hours=hours)


def test_offline_never_asks(get, service: Service, clock: Clock):
    with pytest.raises(DownloadError, match=r"^celestrak:active: offline; no copy is in the cache"):
        get("celestrak:active", offline=True)
    get("celestrak:active")
    clock.advance(50)
    copy = get("celestrak:active", offline=True)
    assert (len(service.requests), copy.asked, copy.age_s) == (1, False, 50 * 3600)
    assert copy.answer == "from the cache, offline"


def test_offline_works_with_a_cache_that_cannot_be_written(get, cache: Cache):
    get("celestrak:active")
    folder = cache.folder / "celestrak"
    for path in folder.iterdir():
        path.chmod(0o444)
    folder.chmod(0o555)
    try:
        assert get("celestrak:active", offline=True).records == 3
    finally:
        folder.chmod(0o755)


def test_a_service_that_cannot_be_reached_may_be_asked_again_at_once(get, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DEBRISSIM_CELESTRAK", "http://127.0.0.1:1")
    for _ in range(2):
        with pytest.raises(DownloadError, match=r"CelesTrak: 127.0.0.1:1 cannot be reached \(.*refused\)"):
            get("celestrak:active")


def test_a_service_that_does_not_answer_in_time_is_not_asked_again(get, httpserver):
    free = threading.Event()

    def wait(_: object) -> Response:
        free.wait(5)
        return answer(gp_csv())

    httpserver.clear_all_handlers()
    httpserver.expect_request("/NORAD/elements/gp.php").respond_with_handler(wait)
    try:
        with pytest.raises(DownloadError, match=r"CelesTrak: no answer in time; no copy"):
            get("celestrak:active", transport=HttpTransport(read_s=0.05))
    finally:
        free.set()
    with pytest.raises(DownloadError, match=r"was queried at .* \(then: CelesTrak: no answer in time\)"):
        get("celestrak:active")


def test_an_answer_without_end_is_given_up(get, httpserver):
    def drip():
        yield gp_csv().encode()
        while True:
            yield gp_row(5).encode() + b"\r\n"

    httpserver.clear_all_handlers()
    httpserver.expect_request("/NORAD/elements/gp.php").respond_with_handler(lambda _: Response(drip()))
    with pytest.raises(DownloadError, match=r"CelesTrak: the answer took longer than 0 s"):
        get("celestrak:active", transport=HttpTransport(total_s=0.02))


def test_an_endless_answer_is_cut_by_its_size(get, httpserver, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("debrissim.sources.transport.MAX_BYTES", 1 << 20)
    httpserver.clear_all_handlers()
    httpserver.expect_request("/NORAD/elements/gp.php").respond_with_handler(
        lambda _: Response(b"x" * 4096 for _ in range(10_000))
    )
    with pytest.raises(DownloadError, match=r"CelesTrak: the answer is longer than 1 MiB"):
        get("celestrak:active")


@pytest.mark.parametrize("ahead", [-3.0, 3.0, 8760.0])
def test_a_wrong_clock_is_noted_and_ages_are_right(get, clock: Clock, service: Service, ahead: float):
    service.ahead = timedelta(hours=ahead)
    download = get("celestrak:active")
    words = {-3.0: "3.0 h ahead of", 3.0: "3.0 h behind", 8760.0: "365.0 days behind"}[ahead]
    assert download.notes == (
        f"the clock of this computer is {words} that of CelesTrak; times are by this computer's clock",
    )
    clock.advance(1)
    assert get("celestrak:active", offline=True).age_s == 3600.0
    # Then the clock is set right.
    clock.advance(ahead)
    assert get("celestrak:active", offline=True, max_age_hours=24).age_s == 3600.0


def test_a_clock_set_back_leaves_the_age_open_and_asks_once(get, clock: Clock, service: Service):
    get("celestrak:active")
    clock.advance(-48)
    service.answers(answer("", 500))
    copy = get("celestrak:active")
    assert copy.age_s is None
    assert copy.notes == (f"{COPY} is from the future by this computer's clock: its age is not known",)
    assert get("celestrak:active").age_s is None
    assert len(service.requests) == 2
