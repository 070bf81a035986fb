"""Radii that messages state: of the pair, of an object, of an exclusion volume, in the words that originators use."""

from __future__ import annotations

import pytest
from support.cdm_samples import kvn

from debrissim.cdm import parse_cdm
from debrissim.core.errors import InputError


def read(text: str):
    (found,) = parse_cdm(text.encode(), "x.cdm")
    return found


def inside(text: str, *comments: str, of: int = 1) -> str:
    """The message with comments after the name of an object."""
    name = ("ISS (ZARYA)", "FRAGMENT [TANK]")[of - 1]
    line = next(line for line in text.splitlines() if line.endswith(name))
    return text.replace(line, "\n".join([line, *(f"COMMENT {comment}" for comment in comments)]))


@pytest.mark.parametrize(
    ("comment", "radius"),
    [
        ("EFFECTIVE_HBR = 20.0 [m]", 20.0),
        ("Effective HBR = 20", 20.0),
        ("COMBINED_HARD_BODY_RADIUS = 20 [m]", 20.0),
        ("HBR = 15 meters", 15.0),
        ("HBR = 15 meter", 15.0),
        ("HBR = 15 metres", 15.0),
        ("HBR = 0.015 kilometers", 15.0),
        ("HBR = 15 (m)", 15.0),
        ("HBR = 15 [meters]", 15.0),
        ("HBR=15m", 15.0),
        ("HBR = +15. [m], both objects", 15.0),
        ("HBR = 15 m (sum of 10 and 5)", 15.0),
        ("Hard-Body Radius: .5E1 M", 5.0),
        ("HARD_BODY_RADIUS = 5", 5.0),
        ("HBR = NaN [m]", None),
        ("HBR = N/A", None),
        ("HBR = 0.0 [m]", None),
        ("EXCLUSION_VOLUME_RADIUS = 5 [m]", None),
    ],
)
def test_words_and_units(comment: str, radius: float | None) -> None:
    found = read(kvn(comments=(comment,)))
    assert found.hard_body_radius_m == (None if radius is None else pytest.approx(radius, rel=1e-15))
    assert found.notes == ()
    assert found.hard_body_radius_origin == ("" if radius is None else "stated in the message")


@pytest.mark.parametrize("value", ["twenty", "50 ft", "-3 [m]", "1e9 [m]", "10 x 20 m", "5..5"])
def test_a_radius_that_cannot_be_read_is_noted(value: str) -> None:
    found = read(kvn(comments=(f"HBR = {value}",)))
    assert found.hard_body_radius_m is None
    assert found.notes == (f"COMMENT HBR = {value}: expected a radius in m or km; it is not used",)


def test_a_radius_inside_one_object_is_the_pairs() -> None:
    # As NASA CARA's reader takes it.
    for of in (1, 2):
        found = read(inside(kvn(), "HBR = 20.0 [m]", of=of))
        assert found.hard_body_radius_m == 20.0
        assert found.notes == (
            f"HBR is stated among the data of OBJECT{of}; it is taken as the combined radius",
        )
    effective = read(inside(kvn(), "EFFECTIVE_HBR = 20.0 [m]", of=2))
    assert (effective.hard_body_radius_m, effective.notes) == (20.0, ())


def test_radii_of_both_objects_are_their_own() -> None:
    found = read(inside(inside(kvn(), "HBR = 20 [m]"), "HBR = 1.5 [m]", of=2))
    assert found.hard_body_radius_m == 21.5
    assert found.hard_body_radius_origin == "the sum of the objects' own radii in the message"
    assert (found.primary.hard_body_radius_m, found.secondary.hard_body_radius_m) == (20.0, 1.5)
    mixed = read(inside(inside(kvn(), "Operator Hard Body Radius = 20 [m]"), "HBR = 1.5 [m]", of=2))
    assert mixed.hard_body_radius_m == 21.5
    # That of the pair wins over its parts, and a single operator's radius is not the pair's.
    stated = inside(kvn(comments=("HBR = 9 [m]",)), "Operator Hard Body Radius = 4 [m]")
    assert read(stated).hard_body_radius_m == 9.0
    assert read(inside(kvn(), "Operator Hard Body Radius = 4 [m]")).hard_body_radius_m is None


def test_the_keyword_of_version_2_means_the_object_and_in_version_1_what_the_comment_means() -> None:
    for version, radius in (("1.0", 3.0), ("2.0", None)):
        found = read(kvn(version=version, OBJECT1_HBR="3.0 [m]"))
        assert found.hard_body_radius_m == radius
    assert read(kvn(HBR="7 [m]")).hard_body_radius_m == 7.0
    with pytest.raises(InputError, match=r"HBR of OBJECT2: expected the unit \[m\], got \[km\]"):
        read(kvn(OBJECT2_HBR="3.0 [km]"))


@pytest.mark.parametrize("words", ["Exclusion Volume Radius", "EXCLUSION_VOLUME_RADIUS"])
def test_exclusion_volumes_are_offered_and_are_no_hard_body(words: str) -> None:
    one = inside(kvn(), f"{words} = 5.0 [m]")
    assert read(one).primary.exclusion_radius_m == 5.0
    assert read(one).exclusion_radius_m is None
    both = read(inside(one, f"{words}= 3 [m]", of=2))
    assert both.exclusion_radius_m == 8.0
    assert both.hard_body_radius_m is None
    assert both.notes == ()


def test_contradictions_are_refused() -> None:
    with pytest.raises(InputError, match=r"^x.cdm: different hard-body radii are stated: 5 m, 7 m$"):
        read(kvn(comments=("HBR = 5", "EFFECTIVE_HBR = 7")))
    with pytest.raises(InputError, match="different exclusion volume radii of OBJECT1 are stated"):
        read(inside(kvn(), "Exclusion Volume Radius = 5 [m]", "Exclusion Volume Radius = 6 [m]"))
    assert read(kvn(comments=("HBR = 5", "EFFECTIVE_HBR = 5.0"))).hard_body_radius_m == 5.0
