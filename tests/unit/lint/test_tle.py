"""Two-line element sets: every column, the checksum, the pairs."""

from __future__ import annotations

import pytest
from support.lint_samples import checked, findings, rules

from debrissim.lint.tle import LINES, checksum

NAME = "IRIDIUM 33"
FIRST = "1 24946U 97051C   09040.78448243  .00000153  00000-0  47668-4 0  9994"
SECOND = "2 24946  86.3994 121.7028 0002288  85.2201 274.9227 14.34219863597750"


def mended(line: str) -> str:
    """The line with its right checksum."""
    return f"{line[:68]}{checksum(line)}"


GOOD = mended(FIRST), mended(SECOND)


def text(first: str = GOOD[0], second: str = GOOD[1], name: str = NAME) -> str:
    return "\n".join([name, first, second, ""])


def changed(line: str, first: int, value: str) -> str:
    """A line with the value from a column on, its checksum mended."""
    return mended(line[: first - 1] + value + line[first - 1 + len(value) :])


def test_the_sample_has_no_fault() -> None:
    for sample in (text(), text(name=f"0 {NAME}"), "\n".join(GOOD), text().replace("\n", "\r\n")):
        assert findings(sample) == []
    assert checked(text()).format == "3LE"
    assert checked("\n".join(GOOD)).format == "TLE"


@pytest.mark.parametrize("kind", [1, 2])
def test_every_field_is_checked(kind: int) -> None:
    line = GOOD[kind - 1]
    for field in LINES[kind]:
        spoilt = line[: field.first - 1] + "?" * (field.last - field.first + 1) + line[field.last :]
        spoilt = spoilt if field.name == "checksum" else mended(spoilt)
        lines = [GOOD[0], GOOD[1]]
        lines[kind - 1] = spoilt
        found = [finding for finding in checked("\n".join(lines)).findings if finding.rule == "columns"]
        assert len(found) == 1, (field.name, found)
        assert f"line {kind}: {field.name}: expected" in found[0].text
        assert found[0].line == kind
        place = f"columns {field.first}-{field.last}" if field.first < field.last else f"column {field.first}"
        assert found[0].clause == f"CelesTrak, NORAD Two-Line Element Set Format, line {kind}, {place}"


@pytest.mark.parametrize("kind", [1, 2])
def test_every_digit_is_in_the_checksum(kind: int) -> None:
    line = GOOD[kind - 1]
    for column, character in enumerate(line[:68]):
        if column > 7 and character.isdigit():
            lines = [GOOD[0], GOOD[1]]
            lines[kind - 1] = line[:column] + str((int(character) + 1) % 10) + line[column + 1 :]
            assert "checksum" in rules("\n".join(lines))


def test_blanks_between_fields_are_checked() -> None:
    assert rules(text(first=changed(GOOD[0], 33, "x"))) == {"columns"}
    assert rules(text(second=changed(GOOD[1], 34, "9"))) == {"columns"}


@pytest.mark.parametrize(
    ("first", "second", "rule"),
    [
        (GOOD[0][:68], GOOD[1], "checksum-missing"),
        (GOOD[0][:60], GOOD[1], "line-length"),
        (f" {GOOD[0]}", GOOD[1], "leading-blanks"),
        (GOOD[0], changed(GOOD[1], 3, "24947"), "numbers-differ"),
        (GOOD[0], changed(GOOD[1], 9, "186.3994"), "range"),
        (GOOD[0], changed(GOOD[1], 18, "361.7028"), "range"),
        (GOOD[0], changed(GOOD[1], 53, " 0.00000000"), "range"),
        (changed(GOOD[0], 19, "09366.78448243"), GOOD[1], "epoch"),
        (changed(GOOD[0], 54, "87000-10"), GOOD[1], "columns"),
        (changed(GOOD[0], 3, "I0000"), changed(GOOD[1], 3, "I0000"), "columns"),
        (f"{GOOD[0][:20]}\u00e9{GOOD[0][21:]}", GOOD[1], "characters"),
    ],
)
def test_a_change_is_a_fault(first: str, second: str, rule: str) -> None:
    assert rule in rules(text(first=first, second=second))


def test_alpha_5_is_allowed() -> None:
    assert rules(text(first=changed(GOOD[0], 3, "A0000"), second=changed(GOOD[1], 3, "A0000"))) == set()


def test_day_366_exists_in_leap_years() -> None:
    assert rules(text(first=changed(GOOD[0], 19, "08366.78448243"))) == set()


def test_lines_without_partners_are_faults() -> None:
    assert rules(f"{GOOD[0]}\n") == {"line-alone"}
    assert rules(f"{text()}{GOOD[1]}\n") == {"line-alone"}
    assert rules(f"{NAME}\n{text()}") == {"foreign-line"}


def test_advice_is_no_fault() -> None:
    cases = {
        "name-length": text(name="A" * 30),
        "element-set-twice": text() + text(),
        "trailing-blanks": text(second=f"{GOOD[1]}  "),
        "comment": f"# a comment\n{text()}",
        "designator-piece": text(first=changed(GOOD[0], 15, "   ")),
    }
    for rule, sample in cases.items():
        assert checked(sample).passed, rule
        assert {finding.rule for finding in checked(sample).findings} == {rule}
