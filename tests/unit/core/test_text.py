"""Text of files as data: escapes for what would steer a terminal, short quotations, units, limits of size."""

from __future__ import annotations

import gzip
import lzma

import pytest
from hypothesis import given
from hypothesis import strategies as st

from debrissim.core import text as text_module
from debrissim.core.compression import decompress
from debrissim.core.errors import InputError
from debrissim.core.json import parse_json
from debrissim.core.text import printable, quoted, readable_text, split_unit


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("COSMOS 2251 [-] São", "COSMOS 2251 [-] São"),
        ("\x1b[2J\x1b]0;pwned\x07", r"\x1b[2J\x1b]0;pwned\x07"),
        ("A\ud800B", r"A\ud800B"),
        ("a\u202eb\u2028c\u200bd", r"a\u202eb\u2028c\u200bd"),
        ("a\u00a0b\u3000c", "a b c"),
        ("\x00\x85", r"\x00\x85"),
    ],
)
def test_characters_that_are_not_printable_become_escapes(text: str, shown: str):
    assert printable(text) == shown


@given(st.text(st.characters()))
def test_printable_text_can_be_shown_and_written_and_is_its_own(text: str):
    shown = printable(text)
    assert shown.isprintable()
    assert shown.encode("utf-8").decode("utf-8") == shown
    assert printable(shown) == shown


@given(st.text(st.characters()) | st.integers() | st.binary(), st.integers(10, 300))
def test_quotations_are_short_and_printable(value: object, limit: int):
    shown = quoted(value, limit)
    assert len(shown) <= limit
    assert shown.isprintable()
    assert shown == repr(value) or shown.endswith("...")


def test_a_number_that_python_does_not_write_is_described():
    assert quoted(10**5000) == "a number of thousands of digits"


@pytest.mark.parametrize(
    ("value", "parts"),
    [
        ("502 [m]", ("502", "m", True)),
        ("502", ("502", None, True)),
        ("502 [m", ("502", "m", False)),
        ("502   [ m**2 ]", ("502", "m**2", True)),
        ("[m]", ("", "m", True)),
        ("5 [a] b", ("5 [a] b", None, True)),
        ("5" + " " * 200_000 + "x", ("5" + " " * 200_000 + "x", None, True)),
    ],
)
def test_the_unit_of_a_value_is_split_off(value: str, parts: tuple[str, str | None, bool]):
    assert split_unit(value) == parts


@pytest.mark.parametrize("compress", [gzip.compress, lzma.compress])
def test_many_small_streams_are_one_file_in_linear_time(compress: object):
    one = compress(b"a")  # type: ignore[operator]
    data = one * 20_000
    assert decompress(data, "x") == (b"a" * 20_000, None)


def test_more_lines_or_wider_letters_than_memory_holds_are_refused(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(text_module, "_MAX_LINES", 100)
    assert readable_text(b"a\r\n" * 100, "x")[1] is None
    for ending in (b"\n", b"\r", b"\r\n"):
        with pytest.raises(InputError, match=r"^x: has more than 100 lines"):
            readable_text(b"a" + ending * 101, "x")
    monkeypatch.setattr(text_module, "_MAX_TEXT_MEMORY", 300_000)
    assert readable_text(b"a" * 200_000, "x")[1] is None
    with pytest.raises(InputError, match=r"^x: takes 0 MiB as text; expected at most"):
        readable_text(b"a" * 100_000 + "\N{ROCKET}".encode(), "x")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("{", "line 1: malformed JSON"),
        ("[\n1,\n]", "line 3: malformed JSON"),
        ("[" * 100_000, "JSON nested too deeply"),
        ('{"k":' * 100_000, "JSON nested too deeply"),
        ("9" * 5000, "a whole number of thousands of digits"),
        ("[NaN]", "NaN is not a number of JSON"),
        ("-Infinity", "-Infinity is not a number of JSON"),
    ],
)
def test_json_is_a_value_or_one_sentence(text: str, fault: str):
    with pytest.raises(InputError, match=f"^x: {fault}"):
        parse_json(text, "x")
    assert parse_json('{"a": [1, null, 2.5]}', "x") == {"a": [1, None, 2.5]}
