"""Where the store is unless a path is given."""

from __future__ import annotations

from pathlib import Path

STORE = "events.sqlite"


def default_store() -> Path:
    """The user's own store, in the folder of the system for a program's data; the folder is not made."""
    import platformdirs

    return platformdirs.user_data_path("debrissim", appauthor=False) / STORE
