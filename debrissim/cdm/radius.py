"""The radii that a message states in comments and by keyword: of the pair, of each object, of the exclusion volumes.

Sources: the habits of NASA CARA (HBR, EFFECTIVE_HBR before or inside an object, EXCLUSION_VOLUME_RADIUS) and of CSpOC
(Operator Hard Body Radius, Exclusion Volume Radius), as NASA's published reader takes them; HBR of an object is a
keyword of version 2 (CCSDS 508.0-P-1.1).

Assumptions
- A hard-body radius before the first object is the pair's. Inside an object, COMBINED and EFFECTIVE mean the pair,
  OPERATOR and the like mean the object, and HBR alone means the object if both objects have their own radius, otherwise
  the pair. The keyword HBR of an object means the object in version 2, and in version 1 what the comment does.
- 0 m means unknown: that is how originators fill the field.
- Units are m, km, metres or none (then m). A comment that names a radius and cannot be read is noted, never skipped.
- An exclusion volume is a sphere kept free of others; CSpOC computes its own probability with the sum of both.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from debrissim.core.errors import InputError
from debrissim.core.text import excerpt


class RadiusKind(Enum):
    """The object whose radius a comment states."""

    PAIR = "pair"
    OWN = "own"
    EITHER = "either"
    EXCLUSION = "exclusion"


_BODY = r"(?:hbr|hard[ _-]?body[ _-]radius)"
_KINDS = {
    RadiusKind.PAIR: rf"(?:combined|effective)[ _]{_BODY}",
    RadiusKind.OWN: rf"(?:operator|object|satellite|spacecraft)[ _](?:{_BODY}|radius)",
    RadiusKind.EITHER: _BODY,
    RadiusKind.EXCLUSION: r"exclusion[ _]volume[ _]radius",
}
RADIUS_COMMENT = re.compile(
    r"\s*(?:"
    + "|".join(f"(?P<{kind.value}>{name})" for kind, name in _KINDS.items())
    + r")\s*[=:](?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)
"""The beginning of a comment that states a radius, by `match`."""
_LENGTH = re.compile(
    r"\s*(?P<number>\+?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)\s*"
    r"[\[(]?\s*(?P<unit>km|kilomet(?:er|re)s?|m|met(?:er|re)s?)?\s*[\])]?\s*(?:\(.*\)|[,;].*|\.)?",
    re.IGNORECASE | re.DOTALL,
)
_MAX_RADIUS_M = 1e7


@dataclass(frozen=True)
class StatedRadius:
    """A radius in m, above 0, and whose it is."""

    kind: RadiusKind
    radius_m: float


@dataclass(frozen=True)
class Radii:
    """The radii of one message in m, None where not stated: of the pair, of each object, of the exclusion volumes.

    origin: how the pair's radius is known. notes: one sentence for each doubt.
    """

    pair_m: float | None
    own_m: tuple[float | None, float | None]
    exclusion_m: tuple[float | None, float | None]
    origin: str
    notes: tuple[str, ...]


def message_radii(
    comments: Sequence[str],
    object_comments: Sequence[Sequence[str]],
    keywords_m: Sequence[float | None],
    name: str,
    *,
    keyword_is_own: bool,
) -> Radii:
    """The radii of a message.

    Parameters
    ----------
    comments : sequence of str
        Comments before the objects.
    object_comments : two sequences of str
        Comments of either object.
    keywords_m : sequence of float or None
        Radii stated by the keyword HBR: of the pair, of object 1, of object 2; m, None if there is none.
    name : str
        Name of the file in errors.
    keyword_is_own : bool
        Whether the keyword HBR of an object is that object's, as in version 2.

    Raises
    ------
    InputError
        Where different radii are stated for one thing.
    """
    pair_keyword, *own_keywords = keywords_m
    notes: list[str] = []
    found = [_stated(texts, notes) for texts in (comments, *object_comments)]
    exclusion, own, either = [], [], []
    for number, (stated, keyword) in enumerate(zip(found[1:], own_keywords, strict=True), start=1):
        owner = f" of OBJECT{number}"
        exclusion.append(_one(_of(stated, RadiusKind.EXCLUSION), "exclusion volume", owner, name))
        by_keyword = _given(keyword)
        owned = [*_of(stated, RadiusKind.OWN), *(by_keyword if keyword_is_own else [])]
        open_to_both = [*_of(stated, RadiusKind.EITHER), *([] if keyword_is_own else by_keyword)]
        own.append(_one(owned, "hard-body", owner, name))
        either.append(_one(open_to_both, "hard-body", owner, name))
    # Before the objects every hard-body radius is the pair's, whatever it is called.
    in_header = [*_of(found[0], RadiusKind.PAIR, RadiusKind.EITHER, RadiusKind.OWN), *_given(pair_keyword)]
    pair = _one([*in_header, *_of(found[1] + found[2], RadiusKind.PAIR)], "hard-body", "", name)
    origin = "stated in the message" if pair is not None else ""
    bodies = [own[k] if own[k] is not None else either[k] for k in (0, 1)]
    if None not in bodies:
        own = bodies
    if pair is None:
        single = [k for k in (0, 1) if either[k] is not None and own[k] is None]
        if own[0] is not None and own[1] is not None:
            pair, origin = own[0] + own[1], "the sum of the objects' own radii in the message"
            notes.append("the combined hard-body radius is the sum of the objects' own")
        elif single:
            pair, origin = either[single[0]], "stated in the message"
            notes.append(
                f"HBR is stated among the data of OBJECT{single[0] + 1}; it is taken as the combined radius"
            )
    return Radii(pair, (own[0], own[1]), (exclusion[0], exclusion[1]), origin, tuple(notes))


@dataclass(frozen=True)
class RadiusComments:
    """The comments of a message, before the objects and of each object, that state its radii."""

    pair: tuple[str, ...]
    objects: tuple[tuple[str, ...], tuple[str, ...]]

    def radii(self) -> Radii:
        """The radii as a reader takes them. Raises InputError where they contradict each other."""
        return message_radii(self.pair, self.objects, (None, None, None), "", keyword_is_own=True)


def comments_stating(
    pair_m: float | None,
    own_m: tuple[float | None, float | None],
    exclusion_m: tuple[float | None, float | None],
    comments: RadiusComments,
) -> RadiusComments:
    """The comments without those that contradict the radii, and with those that are missing: they read back the same.

    Parameters
    ----------
    pair_m : float or None
        Hard-body radius of the pair, m; None (or 0) where it is not known. If both objects have their own radius,
        readers take the sum.
    own_m, exclusion_m : two floats or None
        Hard-body radius and radius of the exclusion volume of either object, m.
    comments : RadiusComments
        The comments given. Those that state no radius, or an unreadable one, stay.

    Returns
    -------
    RadiusComments
        The same comments in the same order, further ones at the end.

    Raises
    ------
    InputError
        For a radius that is negative, not finite or above 10,000 km.
    """
    pair = _writable(pair_m, "hard_body_radius_m")
    own = [_writable(value, f"hard_body_radius_m of OBJECT{k}") for k, value in enumerate(own_m, start=1)]
    exclusion = [
        _writable(value, f"exclusion_radius_m of OBJECT{k}") for k, value in enumerate(exclusion_m, start=1)
    ]
    header = {RadiusKind.PAIR: {pair}, RadiusKind.EITHER: {pair}, RadiusKind.OWN: {pair}}
    found = comments
    # A radius of either meaning may give the right value for the wrong quantity: then it is also dropped.
    for either in (True, False):
        meant = [
            {
                RadiusKind.PAIR: {pair},
                RadiusKind.OWN: {own[k]},
                RadiusKind.EITHER: {own[k] or pair} if either else set(),
                RadiusKind.EXCLUSION: {exclusion[k]},
            }
            for k in (0, 1)
        ]
        one, two = (_agreeing(texts, meant[k]) for k, texts in enumerate(comments.objects))
        found = _with_missing(
            RadiusComments(_agreeing(comments.pair, header), (one, two)), pair, own, exclusion
        )
        read = found.radii()
        if read.own_m == tuple(own) and read.exclusion_m == tuple(exclusion) and read.pair_m == pair:
            break
    return found


def _writable(radius_m: float | None, name: str) -> float | None:
    if radius_m is not None and not 0.0 <= radius_m <= _MAX_RADIUS_M:
        raise InputError(f"{name}: expected 0 to {_MAX_RADIUS_M:g} m in a CDM, got {radius_m}")
    return radius_m or None


def _agreeing(comments: Iterable[str], meant: Mapping[RadiusKind, set[float | None]]) -> tuple[str, ...]:
    """The comments that state none of these radii, or the right one."""
    return tuple(
        comment
        for comment in comments
        if all(one.radius_m in meant.get(one.kind, {one.radius_m}) for one in _stated([comment], []))
    )


def _with_missing(
    comments: RadiusComments, pair: float | None, own: list[float | None], exclusion: list[float | None]
) -> RadiusComments:
    read, objects = comments.radii(), list(comments.objects)
    for k in (0, 1):
        if own[k] not in (None, read.own_m[k]):
            objects[k] += (f"Operator Hard Body Radius = {own[k]} [m]",)
        if exclusion[k] not in (None, read.exclusion_m[k]):
            objects[k] += (f"Exclusion Volume Radius = {exclusion[k]} [m]",)
    owned = RadiusComments(comments.pair, (objects[0], objects[1]))
    if pair in (None, owned.radii().pair_m):
        return owned
    return RadiusComments((*owned.pair, f"HBR = {pair} [m]"), owned.objects)


def _stated(comments: Iterable[str], notes: list[str]) -> list[StatedRadius]:
    """The radii above 0 in comments; a comment that names a radius and cannot be read is noted."""
    radii = []
    for comment in comments:
        named = RADIUS_COMMENT.match(comment)
        if named is None:
            continue
        kind = next(kind for kind in RadiusKind if named[kind.value])
        # One blank at most in a row: the pattern's blanks would be tried in every split of a long run of them.
        length = _LENGTH.fullmatch(" ".join(named["rest"].split()))
        radius = float(length["number"]) if length else -1.0
        if length and (length["unit"] or "m").lower().startswith("k"):
            radius *= 1000.0
        if not 0.0 <= radius <= _MAX_RADIUS_M:
            # NaN and N/A are how originators leave it open.
            if named["rest"].strip(" \t[]m").upper() not in ("", "NAN", "N/A", "NONE", "NULL", "UNKNOWN"):
                notes.append(f"COMMENT {excerpt(comment)[:60]}: expected a radius in m or km; it is not used")
        elif radius > 0.0:
            radii.append(StatedRadius(kind, radius))
    return radii


def _of(stated: Iterable[StatedRadius], *kinds: RadiusKind) -> list[float]:
    return [radius.radius_m for radius in stated if radius.kind in kinds]


def _given(radius_m: float | None) -> list[float]:
    return [] if radius_m is None or radius_m == 0.0 else [radius_m]


def _one(radii_m: Sequence[float], kind: str, owner: str, name: str) -> float | None:
    distinct = sorted(set(radii_m))
    if len(distinct) > 1:
        stated = ", ".join(f"{value:g} m" for value in distinct)
        raise InputError(f"{name}: different {kind} radii{owner} are stated: {stated}")
    return distinct[0] if distinct else None
