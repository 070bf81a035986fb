"""Hostile and damaged variants of good input: the same seed gives the same bytes."""

from __future__ import annotations

import gzip
import json
import lzma
import random
import re
from collections.abc import Callable, Sequence
from typing import Any

_NUMBER = re.compile(rb"[+-]?[0-9][0-9.]*(?:[eE][+-]?[0-9]+)?")
_WORD = re.compile(rb"[A-Za-z_][A-Za-z0-9_]*")
_STRING = re.compile(rb'"[^"\n]*"')

NASTY_NUMBERS = (
    b"nan", b"NaN", b"inf", b"-Infinity", b"0", b"-0", b"-1", b"1", b"2", b"1e400", b"-1e300", b"1e250", b"1e-320",
    b"9" * 18, b"9" * 25, b"9" * 400, b"1" * 5000, b"0." + b"1" * 5000, b"1e" + b"9" * 5000, b"", b" ", b"1_000",
    b"0x10", "٣".encode(), b"1,5", b"1e5", b"2024-11-01", b"true", b"null", b"--1", b"1.2.3", b"9223372036854775807",
    b"-9223372036854775808", b"2147483648",
)  # fmt: skip
NASTY_TEXTS = (
    b"\x00", b"\x1b[2J\x1b]0;pwned\x07", b"[/]", b"[bold]", b"\\ud800", b"\\u0000", "\u202e\u2028".encode(),
    b"\xff\xfe", b"A" * 5000, b"=1+1", b"</script>", b"javascript:alert(1)", b"..", b"/", b"a\x00b", b"\r",
    b"\n", b"\t", b"'", b'"', b"{", b"}", b"[", b"]", b"&amp;", b"&x;", b"<!--", b"]]>", b"#", b"=", b",", b";", b"%s",
    b"\\", b"[" * 2000, b'{"k":' * 2000, b"<a>" * 2000, b" " * 20_000, b"a." * 2000 + b"a", b"\xe2\x82", b"\xc2\xa0",
    "\N{ROCKET}".encode(), b"null", b"NaN", b"-", b"\xef\xbb\xbf",
)  # fmt: skip


def mutate(data: bytes, rng: random.Random) -> bytes:
    """The data with one to four random changes."""
    limit = 200_000 + 2 * len(data)
    for _ in range(rng.choice((1, 1, 1, 2, 2, 3, 4))):
        data = rng.choice(_CHANGES)(data, rng)[:limit]
    return data


def _place(data: bytes, rng: random.Random) -> int:
    return rng.randrange(len(data) + 1)


def _flip(data: bytes, rng: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 8)) if changed else 0):
        changed[rng.randrange(len(changed))] = rng.randrange(256)
    return bytes(changed)


def _delete(data: bytes, rng: random.Random) -> bytes:
    start = _place(data, rng)
    return data[:start] + data[start + rng.choice((1, 2, 10, 100, 1000)) :]


def _repeat(data: bytes, rng: random.Random) -> bytes:
    start = _place(data, rng)
    part = data[start : start + rng.choice((1, 10, 100, 1000))]
    return data[:start] + part * rng.choice((2, 3, 50)) + data[start:]


def _insert(data: bytes, rng: random.Random) -> bytes:
    start = _place(data, rng)
    return data[:start] + rng.choice(NASTY_TEXTS + NASTY_NUMBERS) + data[start:]


def _truncate(data: bytes, rng: random.Random) -> bytes:
    return data[: _place(data, rng)]


def _by_lines(
    change: Callable[[list[bytes], random.Random], None],
) -> Callable[[bytes, random.Random], bytes]:
    def changed(data: bytes, rng: random.Random) -> bytes:
        lines = data.splitlines(keepends=True)
        if lines:
            change(lines, rng)
        return b"".join(lines)

    return changed


def _drop_line(lines: list[bytes], rng: random.Random) -> None:
    del lines[rng.randrange(len(lines))]


def _repeat_line(lines: list[bytes], rng: random.Random) -> None:
    lines.insert(rng.randrange(len(lines)), rng.choice(lines))


def _swap_lines(lines: list[bytes], rng: random.Random) -> None:
    first, second = rng.randrange(len(lines)), rng.randrange(len(lines))
    lines[first], lines[second] = lines[second], lines[first]


def _drop_column(lines: list[bytes], rng: random.Random) -> None:
    column = rng.randrange(lines[0].count(b",") + 1)
    for k, line in enumerate(lines):
        cells = line.rstrip(b"\r\n").split(b",")
        if column < len(cells):
            del cells[column]
        lines[k] = b",".join(cells) + b"\n"


def _spoil_column(lines: list[bytes], rng: random.Random) -> None:
    column, value = rng.randrange(lines[0].count(b",") + 1), rng.choice(NASTY_NUMBERS)
    for k, line in enumerate(lines[1:], start=1):
        cells = line.rstrip(b"\r\n").split(b",")
        if column < len(cells):
            cells[column] = value
        lines[k] = b",".join(cells) + b"\n"


def _replace(pattern: re.Pattern[bytes], values: Sequence[bytes]) -> Callable[[bytes, random.Random], bytes]:
    def changed(data: bytes, rng: random.Random) -> bytes:
        start = _place(data, rng)
        found = pattern.search(data, start) or pattern.search(data)
        if found is None:
            return data
        return data[: found.start()] + rng.choice(values) + data[found.end() :]

    return changed


def _replace_string(data: bytes, rng: random.Random) -> bytes:
    found = _STRING.search(data, _place(data, rng))
    if found is None:
        return data
    return data[: found.start()] + b'"' + rng.choice(NASTY_TEXTS + NASTY_NUMBERS) + b'"' + data[found.end() :]


def _copy_word(data: bytes, rng: random.Random) -> bytes:
    """One word of the data in the place of another: keys twice, values of other keys."""
    source = _WORD.search(data, _place(data, rng))
    return data if source is None else _replace(_WORD, (source[0],))(data, rng)


def _encode(data: bytes, rng: random.Random) -> bytes:
    way = rng.randrange(6)
    if way == 0:
        return data.decode("latin-1").encode("utf-16")
    if way == 1:
        return b"\xef\xbb\xbf" + data
    if way == 2:
        return data.replace(b"\n", rng.choice((b"\r\n", b"\r", b"")))
    if way == 3:
        return data.lower()
    packed = gzip.compress(data, 1) if way == 4 else lzma.compress(data, preset=0)
    return _flip(packed, rng) if rng.random() < 0.5 else _truncate(packed, rng)


def mutate_json(data: bytes, rng: random.Random) -> bytes:
    """JSON with one to three values replaced, removed or copied; in three of ten cases bytes changed as by `mutate`."""
    if rng.random() < 0.3:
        return mutate(data, rng)
    content = json.loads(data)
    for _ in range(rng.choice((1, 1, 2, 3))):
        places = list(_places(content))
        if not places:
            break
        holder, key = rng.choice(places)
        if rng.random() < 0.3:
            del holder[key]
        else:
            # A copy: a value inside itself could not be written.
            holder[key] = json.loads(json.dumps(rng.choice((*_JSON_VALUES, rng.choice(places)[0]))))
    return json.dumps(content).encode()


_JSON_VALUES: tuple[Any, ...] = (
    None, True, False, 0, 1, -1, 10**30, 1e308, -1e308, 5e-324, 0.5, float("nan"), float("inf"), "", "x", "\x1b[2J",
    "[/]", "\ud800", "A" * 5000, "9" * 5000, "2024-11-01T00:00:00.000Z", "9999-12-31T23:59:59.999Z", "a\x00b", [], {},
    [[]], [1, 2, 3], {"a": 1}, "=1+1", "</script>", 2**63, -(2**63),
)  # fmt: skip


def _places(content: Any) -> Any:
    items = content.items() if isinstance(content, dict) else enumerate(content)
    for key, value in list(items):
        yield content, key
        if isinstance(value, dict | list):
            yield from _places(value)


_CHANGES: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    _flip,
    _delete,
    _repeat,
    _insert,
    _insert,
    _truncate,
    _by_lines(_drop_line),
    _by_lines(_repeat_line),
    _by_lines(_swap_lines),
    _by_lines(_drop_column),
    _by_lines(_spoil_column),
    _replace(_NUMBER, NASTY_NUMBERS),
    _replace(_NUMBER, NASTY_NUMBERS),
    _replace(_NUMBER, NASTY_NUMBERS),
    _replace(_WORD, NASTY_TEXTS),
    _replace_string,
    _copy_word,
    _encode,
)
