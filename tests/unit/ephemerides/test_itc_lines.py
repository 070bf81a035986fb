"""The compiled reading of Modified ITC gives the bits of the reading line by line, or leaves the file to it."""

from __future__ import annotations

import random
from fractions import Fraction

import numpy as np
import pytest
from support.ephemeris_formats import ITC_NAME, itc

from debrissim.core.notes import Notes
from debrissim.ephemerides import itc as reader
from debrissim.ephemerides.kernels.state_lines import _number


def number(text: str) -> tuple[int, float]:
    out = np.zeros(1)
    kind = _number(np.frombuffer(text.encode(), dtype=np.uint8), 0, len(text), out, 0)
    return int(kind), float(out[0])


def file(count: int, *, covariances: bool) -> str:
    """A regular file, with its covariances or without them."""
    lines = itc(count).split("\n")
    first = next(k for k, line in enumerate(lines) if line.startswith("2024"))
    return "\n".join(lines if covariances else [*lines[:first], *lines[first::4]])


def both(text: str) -> tuple[object, object]:
    """What the two readings give: of moments, states, lines and covariances, the bytes."""

    def content(read: object) -> object:
        raw, header, name, number = read  # type: ignore[misc]
        arrays = [raw.moments.jd, raw.moments.fraction, raw.moments.tai_utc_s, raw.states]
        if raw.covariances is not None:
            arrays += [raw.covariances.matrices, raw.covariances.moments.fraction]
        extra = (
            None if raw.covariances is None else (list(raw.covariances.frames), list(raw.covariances.lines))
        )
        return (
            [a.tobytes() for a in arrays],
            list(raw.lines),
            raw.line,
            raw.frame,
            extra,
            header,
            name,
            number,
        )

    fast = reader._regular(text, ITC_NAME, Notes())
    return None if fast is None else content(fast), content(reader._by_lines(text, ITC_NAME, None, Notes()))


@pytest.mark.parametrize("covariances", [True, False])
@pytest.mark.parametrize(
    "change", ["", "crlf", "cr", "blank lines", "tabs", "decimals", "no header", "no last break"]
)
def test_both_readings_agree_to_the_bit(covariances: bool, change: str) -> None:
    text = file(40, covariances=covariances)
    changed = {
        "": text,
        "crlf": text.replace("\n", "\r\n"),
        "cr": text.replace("\n", "\r"),
        "blank lines": text.replace("\n", "\n  \n\n"),
        "tabs": text.replace(" ", "\t").replace("created:2024-11-01\t", "created:2024-11-01 "),
        "decimals": text.replace(".000 ", ".00012345678 ").replace("0 -", "0  +"),
        "no header": text if covariances else text[text.index("\n202") + 1 :],
        "no last break": text.rstrip("\n"),
    }[change]
    fast, slow = both(changed)
    assert fast is not None
    assert fast == slow


@pytest.mark.parametrize(
    "change",
    [
        lambda lines: [*lines[:6], lines[6] + " 1.0", *lines[7:]],
        lambda lines: [*lines[:6], lines[6].replace("2024306", "2024406"), *lines[7:]],
        lambda lines: [*lines[:6], lines[6].replace("2024306", "1960306"), *lines[7:]],
        lambda lines: [*lines[:6], "2024306126100.000" + lines[6][17:], *lines[7:]],
        lambda lines: [*lines[:6], lines[6].replace(".000 ", ".000000000000 ", 1), *lines[7:]],
        lambda lines: [*lines[:6], lines[6].rsplit(" ", 1)[0] + " nan", *lines[7:]],
        lambda lines: [*lines[:6], lines[6].rsplit(" ", 1)[0] + " 1e999", *lines[7:]],
        lambda lines: [*lines[:6], lines[6].rsplit(" ", 1)[0] + " 1_0", *lines[7:]],
        lambda lines: [*lines[:6], lines[6].rsplit(" ", 1)[0] + " 1e", *lines[7:]],
        lambda lines: [*lines[:6], lines[6].rsplit(" ", 1)[0] + "\u2003" + "1", *lines[7:]],
        lambda lines: [*lines[:6], lines[6].replace(" ", "\x0b", 1), *lines[7:]],
    ],
)  # fmt: skip
def test_anything_unusual_is_left_to_the_reading_by_lines(change: object) -> None:
    lines = file(20, covariances=False).split("\n")
    assert reader._regular("\n".join(change(lines)), ITC_NAME, Notes()) is None  # type: ignore[operator]


def test_a_file_cut_within_a_covariance_is_left_to_the_reading_by_lines() -> None:
    text = file(5, covariances=True).rstrip("\n")
    assert reader._regular(text[: text.rindex("\n")], ITC_NAME, Notes()) is None


def test_numbers_are_those_of_python() -> None:
    rng = random.Random(5)
    forms = (
        lambda: f"{rng.random() * 7000:.10f}",
        lambda: f"{-rng.random() * 10.0 ** rng.randint(-30, 5):.16e}",
        lambda: f"{rng.random() * 10.0 ** rng.randint(-30, 5):.7E}",
        lambda: f"+{rng.randint(0, 10**18)}e{rng.randint(-44, 22)}",
        lambda: f"{rng.randint(0, 10**6)}.",
        lambda: f".{rng.randint(0, 10**6)}",
    )
    exact = 0
    for _ in range(20_000):
        text = rng.choice(forms)()
        kind, value = number(text)
        assert kind >= 0
        exact += kind
        assert kind == 0 or np.float64(value).tobytes() == np.float64(float(text)).tobytes(), text
    assert exact > 15_000


def test_numbers_next_to_the_middle_of_two_floats_are_those_of_python() -> None:
    rng = random.Random(6)
    for _ in range(3000):
        value = rng.random() * 10.0 ** rng.randint(-25, 0)
        middle = (Fraction(value) + Fraction(float(np.nextafter(value, 2.0)))) / 2
        power = 0
        while middle < 10**16:
            middle, power = middle * 10, power + 1
        for step in (0, 1):
            text = f"{int(middle) + step}e-{power}"
            kind, read = number(text)
            assert kind == 0 or read == float(text), text


@pytest.mark.parametrize(
    "text", ["", "-", ".", "1e", "e5", "1e+", "--1", "1.2.3", "inf", "nan", "1_0", "0x1", "1e99999"]
)
def test_what_is_no_plain_number_is_none(text: str) -> None:
    assert number(text + " ")[0] == -1 if not text else number(text)[0] == -1


def test_zero_keeps_its_sign() -> None:
    assert np.signbit(number("-0.000")[1])
    assert not np.signbit(number("0.000")[1])
