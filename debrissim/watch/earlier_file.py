"""The last screening of a watch on disk, on which the next one builds.

It is a cache next to the store: without it, and if it is damaged or of another version, everything is screened.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np

from debrissim.screening.encounters import Encounters
from debrissim.screening.settled import ELEMENTS, Earlier
from debrissim.watch.cache_file import UNUSABLE, read_arrays, write_arrays

_FORMAT = "debrissim earlier screening 1"
_SPAN = ("start_jd", "start_fraction", "duration_s")
_TABLES = ("norad_id", "elements", "free")


def write_earlier(path: Path, earlier: Earlier) -> None:
    """Replace the file. Raises RunError if writing fails."""
    content: dict[str, Any] = {
        "key": np.array(earlier.key),
        "span": np.array([getattr(earlier, name) for name in _SPAN]),
        **{name: getattr(earlier, name) for name in _TABLES},
        **{
            f"encounters.{field.name}": getattr(earlier.encounters, field.name)
            for field in fields(Encounters)
        },
    }
    write_arrays(path, _FORMAT, content)


def read_earlier(path: Path) -> Earlier | None:
    """The screening in a file that `write_earlier` wrote; None if it is missing or cannot be used."""
    content = read_arrays(path, _FORMAT)
    if content is None:
        return None
    with suppress(*UNUSABLE):
        earlier = Earlier(
            key=str(content["key"]),
            encounters=Encounters(
                **{field.name: content[f"encounters.{field.name}"] for field in fields(Encounters)}
            ),
            **{name: content[name] for name in _TABLES},
            **dict(zip(_SPAN, content["span"].tolist(), strict=True)),
        )
        return earlier if _fits(earlier) else None
    return None


def _fits(earlier: Earlier) -> bool:
    """Whether the columns belong together."""
    n, found = earlier.norad_id.size, earlier.encounters
    rows = np.concatenate([found.primary, found.secondary])
    lengths = {len(getattr(found, field.name)) for field in fields(Encounters)}
    return (
        earlier.elements.shape == (n, len(ELEMENTS))
        and earlier.free.shape == (n,)
        and len(lengths) == 1
        and bool(((rows >= 0) & (rows < n)).all())
    )
