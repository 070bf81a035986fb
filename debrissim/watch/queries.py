"""Queries of a store: events, their histories, runs, catalogues and notes."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from debrissim.core.errors import InputError
from debrissim.core.time import Time
from debrissim.watch import rows
from debrissim.watch.database import database_errors
from debrissim.watch.event import CatalogueSeen, Event, EventUpdate, RunRecord, TrackedObject

UPDATE = ", ".join(rows.UPDATE_COLUMNS)
NEWEST_FIRST = "reported_jd DESC, reported_fraction DESC, id DESC"
_EVENT = f"""
    SELECT events.id, events.first_object, events.second_object,
        (SELECT count(*) FROM updates WHERE event = events.id),
        first.reported_jd, first.reported_fraction,
        {", ".join("latest." + column for column in rows.UPDATE_COLUMNS)}
    FROM events
    JOIN updates AS latest ON latest.id =
        (SELECT id FROM updates WHERE event = events.id ORDER BY {NEWEST_FIRST} LIMIT 1)
    JOIN updates AS first ON first.id =
        (SELECT id FROM updates WHERE event = events.id ORDER BY reported_jd, reported_fraction, id LIMIT 1)
"""
_BY_TCA = " ORDER BY latest.tca_jd, latest.tca_fraction, events.id"


class StoreReader:
    """The readable part of a store; see `Store`."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self._connection = connection

    def events(
        self,
        *,
        after: Time | None = None,
        before: Time | None = None,
        objects: Iterable[str] | None = None,
        pair: tuple[str, str] | None = None,
        min_probability: float | None = None,
    ) -> tuple[Event, ...]:
        """Events in the order of their latest TCA.

        after, before: bounds of that TCA. objects: with one of these keys. pair: of these two. min_probability: with
        at least this latest Pc.
        """
        conditions: list[str] = []
        values: list[Any] = []
        for bound, sign in ((after, ">="), (before, "<=")):
            if bound is not None:
                conditions.append(f"(latest.tca_jd, latest.tca_fraction) {sign} (?, ?)")
                values += [bound.jd, bound.fraction]
        if objects is not None:
            keys = sorted(set(objects))
            marks = ", ".join("?" * len(keys))
            conditions.append(f"(first_object IN ({marks}) OR second_object IN ({marks}))")
            values += [*keys, *keys]
        if pair is not None:
            conditions.append("first_object = ? AND second_object = ?")
            values += sorted(pair)
        if min_probability is not None:
            conditions.append("latest.probability >= ?")
            values.append(float(min_probability))
        where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
        with database_errors(self.path):
            found = self._connection.execute(_EVENT + where + _BY_TCA, values).fetchall()
        return tuple(map(rows.event_of, found))

    def event(self, number: int) -> Event:
        """The event with that number. Raises InputError if there is none."""
        with database_errors(self.path):
            return self._event(number)

    def _event(self, number: int) -> Event:
        row = self._connection.execute(_EVENT + " WHERE events.id = ?", (number,)).fetchone()
        if row is None:
            raise InputError(f"{self.path}: has no event {number}")
        return rows.event_of(row)

    def history(self, event: Event | int) -> tuple[EventUpdate, ...]:
        """The updates of an event from all sources, the oldest report first."""
        number = event.number if isinstance(event, Event) else event
        with database_errors(self.path):
            found = self._connection.execute(
                f"SELECT {UPDATE} FROM updates WHERE event = ? ORDER BY reported_jd, reported_fraction, id",
                (number,),
            ).fetchall()
        return tuple(map(rows.update_of, found))

    def runs(self, *, limit: int | None = None) -> tuple[RunRecord, ...]:
        """The runs recorded, the newest data first; limit: their maximum number."""
        with database_errors(self.path):
            found = self._connection.execute(
                f"SELECT batch, {', '.join(rows.RUN_COLUMNS)} FROM runs "
                "ORDER BY made_jd DESC, made_fraction DESC, batch DESC LIMIT ?",
                (-1 if limit is None else limit,),
            ).fetchall()
            return tuple(
                rows.run_of(row, self._spacecraft(number), self._run_catalogues(number))
                for number, *row in found
            )

    def _spacecraft(self, number: int) -> tuple[TrackedObject, ...]:
        found = self._connection.execute(
            "SELECT object, name FROM run_spacecraft WHERE run = ? ORDER BY object", (number,)
        )
        return tuple(TrackedObject(*row) for row in found)

    def _run_catalogues(self, number: int) -> tuple[CatalogueSeen, ...]:
        found = self._connection.execute(
            "SELECT catalogues.* FROM catalogues JOIN run_catalogues ON catalogue = sha256 WHERE run = ? "
            "ORDER BY label, sha256",
            (number,),
        )
        return tuple(map(rows.catalogue_of, found))

    def catalogues(self) -> tuple[CatalogueSeen, ...]:
        """The catalogues seen, by label."""
        with database_errors(self.path):
            found = self._connection.execute("SELECT * FROM catalogues ORDER BY label, sha256").fetchall()
        return tuple(map(rows.catalogue_of, found))

    def note(self, key: str) -> str | None:
        """The value of a note, None if there is none."""
        with database_errors(self.path):
            row = self._connection.execute("SELECT value FROM notes WHERE key = ?", (key,)).fetchone()
        return None if row is None else str(row[0])

    def notes(self, prefix: str) -> dict[str, str]:
        """The notes whose keys begin with a prefix, in the order of their keys."""
        with database_errors(self.path):
            found = self._connection.execute(
                "SELECT key, value FROM notes WHERE substr(key, 1, ?) = ? ORDER BY key", (len(prefix), prefix)
            ).fetchall()
        return {str(key): str(value) for key, value in found}
