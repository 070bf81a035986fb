"""The directions of burns by name."""

from __future__ import annotations

from collections.abc import Iterable

from debrissim.maneuvers.burns import Direction
from debrissim.maneuvers.trade_space import FREE, AllowedDirection

_OF_NAME = {
    "posigrade": AllowedDirection(Direction.ALONG_TRACK),
    "retrograde": AllowedDirection(Direction.ALONG_TRACK, -1),
    "outward": AllowedDirection(Direction.RADIAL),
    "inward": AllowedDirection(Direction.RADIAL, -1),
    "normal": AllowedDirection(Direction.NORMAL),
    "antinormal": AllowedDirection(Direction.NORMAL, -1),
    "free": FREE,
}
_WORDS = {
    "along-track": ("along the velocity", "against the velocity"),
    "radial": ("outward along the radial", "inward along the radial"),
    "normal": ("along the orbit's normal", "against the orbit's normal"),
}


def allowed_directions(names: Iterable[str]) -> tuple[AllowedDirection, ...]:
    """The directions of names of the scenario, each once."""
    return tuple(_OF_NAME[name] for name in dict.fromkeys(names))


def direction_words(direction: str, size_m_s: float, rtn_m_s: tuple[float, float, float]) -> str:
    """A direction in words: of the label of `Direction`, with the signed size; a free one by its parts in m/s."""
    if direction in _WORDS:
        return _WORDS[direction][int(size_m_s < 0.0)]
    parts = ", ".join(f"{value + 0.0:.3g}" for value in (round(part, 6) for part in rtn_m_s))
    return f"with (R, T, N) = ({parts}) m/s"
