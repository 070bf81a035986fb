"""Answers that are not a complete download: a sentence each, and the earlier copy stays."""

from __future__ import annotations

import pytest
from support.source_servers import COPY, Clock, Service, answer, gp_csv, held, stating, zipped

from debrissim.sources import Cache, DownloadError

BAD_BODIES = {
    "an HTML page": (
        answer("<!DOCTYPE html>\n<html><head><title>Hotel \x1b[2J Guest</title>"),
        "CelesTrak sent an HTML page titled 'Hotel \\x1b[2J Guest' instead of element sets as CSV, like the login page "
        "of a network or a faulty service",
    ),
    "an error in JSON": (
        answer('{"error": "You\'ve violated your query rate limit"}'),
        'CelesTrak sent an error: "You\'ve violated your query rate limit"',
    ),
    "an empty answer": (answer(""), "CelesTrak sent an empty answer"),
    "a header alone": (answer(gp_csv(0)), "CelesTrak sent a header without element sets"),
    "another table": (
        answer("a,b\r\n1,2\r\n"),
        "CelesTrak sent 'a,b 1,2' instead of element sets as CSV (no column OBJECT_NAME)",
    ),
    "a cut line": (
        answer(gp_csv()[:-40]),
        "CelesTrak sent a damaged table: line 4 (the last line) has 8 of 17 fields",
    ),
    "a cut last field": (
        answer(gp_csv()[:-3]),
        "CelesTrak sent a table that ends in line 4 without a line break: a part of it",
    ),
    "an open quote": (
        answer(gp_csv() + '"A,'),
        "CelesTrak sent a damaged table: line 5 is not a row (unexpected end of data)",
    ),
    "fewer bytes than stated": (
        stating(gp_csv(), 100_000),
        "CelesTrak: the connection broke off (peer closed connection without sending complete message body "
        f"(received {len(gp_csv())} bytes, expected 100000))",
    ),
    "cut compression": (zipped(gp_csv(), kept=0.7), "CelesTrak: compressed stream ends early"),
    "unknown compression": (
        answer(gp_csv(), headers={"Content-Encoding": "br"}),
        "CelesTrak: the answer has the unknown compression 'br'",
    ),
    "500": (answer("oops", 500), "CelesTrak answered 500 Internal Server Error, saying 'oops'"),
    "503": (
        answer("<html><title>Down</title></html>", 503),
        "CelesTrak answered 503 Service Unavailable, saying an HTML page titled 'Down'",
    ),
    "429": (
        answer("slow down", 429, {"Retry-After": "7200"}),
        "CelesTrak was asked too often (429 Too Many Requests, saying 'slow down')",
    ),
    "a redirect to another host": (
        answer("", 302, {"Location": "https://login.hotel.example/?u=celestrak"}),
        "the request to CelesTrak was redirected to another host, 'login.hotel.example' (302); redirects are not "
        "followed: it may be the login page of a network, or the address has changed",
    ),
    "a redirect": (
        answer("", 301, {"Location": "/new/gp.php"}),
        "the request to CelesTrak was redirected to '/new/gp.php' (301); redirects are not followed: it may be the "
        "login page of a network, or the address has changed",
    ),
}


@pytest.mark.parametrize("kind", BAD_BODIES)
def test_a_bad_answer_is_one_sentence_and_the_earlier_copy_stays(
    get, clock: Clock, service: Service, kind: str
):
    bad, sentence = BAD_BODIES[kind]
    download = held(get, clock, service, bad)
    assert download.notes == (f"{sentence}; {COPY}, 3.0 h old, is used",)
    # Nothing of it is kept.
    assert get("celestrak:active", offline=True).sha256 == download.sha256


@pytest.mark.parametrize("kind", BAD_BODIES)
def test_a_bad_answer_without_a_copy_is_one_sentence(get, cache: Cache, service: Service, kind: str):
    bad, sentence = BAD_BODIES[kind]
    service.answers(bad)
    with pytest.raises(DownloadError) as error:
        get("celestrak:active")
    assert str(error.value) == f"celestrak:active: {sentence}; no copy is in the cache ({cache.folder})"
    assert not list(cache.folder.rglob("*.csv"))


def test_compressed_answers_are_read(get, service: Service):
    service.answers(zipped(gp_csv(50)))
    assert get("celestrak:active").records == 50
    assert service.requests[0].headers["Accept-Encoding"] == "gzip"
