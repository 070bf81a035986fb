"""Whatever a server sends, the answer is judged in one printable sentence, in bounded length, without another error."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from support.source_servers import gp_csv

from debrissim.catalog.satcat import parse_satcat
from debrissim.core.errors import InputError
from debrissim.sources import Content, Query, Response, parse_socrates
from debrissim.sources.answers import LONGEST_HOLD, Fresh, Refused, Unchanged, http_date, judge, retry_after
from debrissim.sources.celestrak import SERVICE, query

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
CSV = query("active", "https://celestrak.org")
JSON = Query(
    "celestrak:json", SERVICE, "https://celestrak.org/x", Content("json", ("NORAD_CAT_ID",), "element sets")
)
WHOLE = gp_csv(4)

texts = st.text(max_size=300)
bodies = st.one_of(
    st.binary(max_size=400),
    st.text(st.characters(codec="utf-8"), max_size=300).map(str.encode),
    # A complete table that is cut, or has something put into it.
    st.builds(lambda end: WHOLE[:end].encode(), st.integers(0, len(WHOLE))),
    st.builds(
        lambda at, piece: (WHOLE[:at] + piece + WHOLE[at:]).encode(errors="replace"),
        st.integers(0, len(WHOLE)),
        texts,
    ),
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(st.characters(codec="utf-8"), max_size=20),
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["NORAD_CAT_ID", "error"]), inner)
        ),
        max_leaves=8,
    ).map(lambda value: json.dumps(value).encode()),
)
headers = st.dictionaries(st.sampled_from(["retry-after", "location", "date", "etag"]), texts, max_size=4)


@given(st.sampled_from([CSV, JSON]), st.integers(100, 599), headers, bodies)
def test_every_answer_is_judged(asked: Query, status: int, sent: dict[str, str], body: bytes):
    answer = judge(asked, Response(status, sent, body), NOW)
    if isinstance(answer, Fresh):
        assert answer.records > 0
        return
    assert answer.sentence.isprintable()
    assert len(answer.sentence) < 600
    if isinstance(answer, Refused) and answer.held_until is not None:
        assert NOW <= answer.held_until <= NOW + LONGEST_HOLD + timedelta(hours=2)
    assert isinstance(answer, Unchanged | Refused)


@given(st.integers(0, len(WHOLE) - 1))
def test_no_beginning_of_a_table_passes_for_the_whole_but_at_the_end_of_a_line(end: int):
    """A cut within a line is found; one at the end of a line by the length alone, which the transport checks."""
    answer = judge(CSV, Response(200, {}, WHOLE[:end].encode()), NOW)
    assert isinstance(answer, Fresh) == (end > 0 and WHOLE[:end].count("\n") > 1 and WHOLE[end - 1] in "\r\n")


@given(texts)
def test_every_retry_after_is_a_wait_of_a_week_at_most(value: str):
    wait = retry_after(value, NOW)
    assert wait is None or timedelta(0) <= wait <= LONGEST_HOLD


@given(texts | st.builds("Sat, 28 Nov {} 12:00:00 {}".format, st.integers(-5, 99999), texts))
def test_every_date_is_a_moment_or_none(value: str):
    moment = http_date(value)
    assert moment is None or moment.tzinfo is not None


@given(texts)
def test_every_text_is_a_list_or_one_sentence(text: str):
    for read in (lambda: parse_socrates(text, "x"), lambda: parse_satcat(text.encode(errors="replace"), "x")):
        sentence = "x: "
        try:
            read()
        except InputError as error:
            sentence = str(error)
        assert sentence.startswith("x: ")
        assert sentence.isprintable()
