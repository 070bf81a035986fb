"""The radii that a message states in comments and by keyword: of the pair, of each object, of the exclusion volumes.

Sources: the habits of NASA CARA (HBR, EFFECTIVE_HBR before or inside an object, EXCLUSION_VOLUME_RADIUS) and of CSpOC
(Operator Hard Body Radius, Exclusion Volume Radius), as NASA's published reader takes them; HBR of an object is a
keyword of version 2 (CCSDS 508.0-P-1.1).

Assumptions
- A hard-body radius before the first object is the pair's. Inside an object, COMBINED and EFFECTIVE mean the pair,
  OPERATOR and the like mean the object, and HBR alone means the object where both objects have a radius of their own,
  else the pair. The keyword HBR of an object means the object in version 2, and in version 1 what the comment does.
- 0 m means unknown: that is how originators fill the field.
- Units are m, km, metres or none (then m). A comment that names a radius and cannot be read is noted, never skipped.
- An exclusion volume is a sphere kept free of others; CSpOC computes its own probability with the sum of both.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum

from debrissim.core.errors import InputError
from debrissim.core.text import excerpt


class RadiusKind(Enum):
    """Whose radius a comment states."""

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
_NAMED = re.compile(
    r"\s*(?:"
    + "|".join(f"(?P<{kind.value}>{name})" for kind, name in _KINDS.items())
    + r")\s*[=:](?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)
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
        Radii stated by the keyword HBR: of the pair, of object 1, of object 2; m, None where there is none.
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


def _stated(comments: Iterable[str], notes: list[str]) -> list[StatedRadius]:
    """The radii above 0 in comments; a comment that names a radius and cannot be read is noted."""
    radii = []
    for comment in comments:
        named = _NAMED.match(comment)
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
