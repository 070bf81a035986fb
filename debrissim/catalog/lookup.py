"""Find one object of a catalogue by the user's text: a catalogue number, a name, or part of a name."""

from __future__ import annotations

import difflib

import numpy as np

from debrissim.catalog.catalog import Catalog
from debrissim.catalog.identifiers import identifier
from debrissim.core.errors import InputError
from debrissim.core.text import printable, quoted

_CANDIDATES_SHOWN = 8
_NAME_SHOWN = 30


def find_object(catalog: Catalog, text: str, label: str) -> int:
    """The number of the one object that a text fits.

    A number fits that object; other text the objects of that name, in any case, otherwise those whose names contain it.

    Parameters
    ----------
    catalog : Catalog
        The objects.
    text : str
        A catalogue number, a name, or a part of a name.
    label : str
        Name of the catalogue in messages.

    Returns
    -------
    int
        A catalogue number of the catalogue.

    Raises
    ------
    InputError
        If nothing fits, with the nearest names, and if several objects fit, with their names and numbers.
    """
    wanted = text.strip()
    numbers = catalog.norad_id
    if wanted.isascii() and wanted.isdigit() and len(wanted) <= 9:
        if not np.any(numbers == int(wanted)):
            raise InputError(f"no object {int(wanted)} among the {_objects(catalog)} of {label}")
        return int(wanted)
    names = np.array([name.casefold() for name in catalog.name.tolist()], dtype=np.str_)
    key = wanted.casefold()
    rows = np.flatnonzero(names == key)
    if rows.size == 0 and key:
        rows = np.flatnonzero(np.char.find(names, key) >= 0)
    found, first = np.unique(numbers[rows], return_index=True)
    if found.size == 1:
        return int(found[0])
    if found.size == 0:
        near = difflib.get_close_matches(key[:60], sorted(set(names.tolist())), n=1, cutoff=0.6)
        row = int(np.flatnonzero(names == near[0])[0]) if near else -1
        hint = f"; did you mean {_label(catalog, row)}?" if near else ""
        raise InputError(
            f"no object named {quoted(wanted, 60)} among the {_objects(catalog)} of {label}{hint}"
        )
    shown = [_label(catalog, int(row)) for row in rows[first][:_CANDIDATES_SHOWN]]
    rest = f" and {found.size - len(shown):,} more" if found.size > len(shown) else ""
    raise InputError(
        f"{quoted(wanted, 60)} fits {found.size:,} objects of {label}: {', '.join(shown)}{rest}; give the number of one"
    )


def _objects(catalog: Catalog) -> str:
    return f"{np.unique(catalog.norad_id).size:,} objects"


def _label(catalog: Catalog, row: int) -> str:
    """ "ISS (ZARYA) 25544"."""
    name = printable(str(catalog.name[row]))[:_NAME_SHOWN]
    return f"{name} {identifier(int(catalog.norad_id[row]))}".strip()
