"""The store of events over time: one SQLite file with catalogues seen, runs, events and every update of an event.

A batch (the updates of one run, or of messages read together) is one transaction: all of it or nothing, also when the
process is killed. The identity of events is that of `core.events`; a report joins the event whose latest approach, as
of the time of the report, is the nearest, so that messages may be added in any order. Events are never merged:
where the report that would link two of them arrives last, it joins the nearer one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import groupby
from os import PathLike
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from debrissim.core.constants import SECONDS_PER_DAY
from debrissim.core.errors import InputError
from debrissim.core.time import Time
from debrissim.watch import rows
from debrissim.watch.database import BUSY_S, database_errors, open_database, transaction
from debrissim.watch.event import (
    Added,
    Batch,
    CatalogueSeen,
    Change,
    Event,
    EventUpdate,
    RunRecord,
)
from debrissim.watch.identity import KnownEvents, sorted_pair
from debrissim.watch.queries import NEWEST_FIRST, UPDATE, StoreReader


class Store(StoreReader):
    """A store of events, open until `close` or the end of a `with` block.

    Every method raises RunError if writing fails or another process keeps the file busy, InputError if the file
    turns out to be damaged.

    Examples
    --------
    >>> with Store.open(tmp_path / "events.sqlite") as store:
    ...     store.events()
    ()
    """

    @classmethod
    def open(cls, path: str | PathLike[str], *, write: bool = True, busy_s: float = BUSY_S) -> Self:
        """Open a store.

        Parameters
        ----------
        path : path
            Its file; next to it SQLite keeps `-wal` and `-shm` while it is open.
        write : bool
            Create it if there is none, and bring it to the current version; False: only read.
        busy_s : float, s
            How long to wait for another process that writes.

        Raises
        ------
        InputError
            If it is to be read and there is none; if the file is not a store, of a later version, or damaged.
        RunError
            If writing fails, or another process keeps it busy.
        """
        place = Path(path)
        return cls(place, open_database(place, write=write, busy_s=busy_s))

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def add(self, batch: Batch, notes: Callable[[Added], Mapping[str, str | None]] | None = None) -> Added:
        """Record a batch, all of it or nothing.

        A run whose key the store has, and updates whose keys it has, are not recorded again.

        Parameters
        ----------
        batch : Batch
            The updates.
        notes : callable, optional
            Makes notes, as for `set_notes`, from the outcome, such as the messages to send. They are recorded together
            with the batch, or neither is. It may query the store. Not called for a batch that the store has.

        Raises
        ------
        InputError
            For a number that is not finite.
        """
        values = [rows.update_row(update) for update in batch.updates]
        with database_errors(self.path):
            with transaction(self._connection):
                number, recorded = self._record(batch, values)
                if notes is not None and recorded and number is not None:
                    added = self._added(number, recorded=True)
                    self._set_notes(notes(added))
                    return added
            # Other processes can write again while the changes are put together.
            return Added(recorded=False) if number is None else self._added(number, recorded=recorded)

    def _record(self, batch: Batch, values: Sequence[Sequence[Any]]) -> tuple[int | None, bool]:
        """The number of the batch, None if it has no run and nothing new, and whether it was not recorded before."""
        run = batch.run
        known = None if run is None else self._run_batch(run.key)
        if known is not None:
            return known, False
        self._add_catalogues((*batch.catalogues, *(() if run is None else run.catalogues)))
        new = self._unknown(batch.updates)
        if run is None and not new:
            return None, False
        number = self._insert("batches", ("recorded_utc",), (_now(),))
        if run is not None:
            self._add_run(number, run)
        events = self._events_of([batch.updates[k] for k in new])
        columns = ("event", "batch", *rows.UPDATE_COLUMNS)
        self._connection.executemany(
            f"INSERT INTO updates ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})",
            [(event, number, *values[k]) for k, event in zip(new, events, strict=True)],
        )
        return number, True

    def _unknown(self, updates: Sequence[EventUpdate]) -> list[int]:
        """The positions of updates that are not recorded, each key once, in the order of report and TCA."""
        positions: dict[str, int] = {}
        for k, update in enumerate(updates):
            positions.setdefault(update.key, k)
        new = [
            k
            for key, k in positions.items()
            if self._connection.execute("SELECT 1 FROM updates WHERE key = ?", (key,)).fetchone() is None
        ]
        return sorted(new, key=lambda k: (updates[k].reported, updates[k].source, updates[k].tca, k))

    def _events_of(self, updates: Sequence[EventUpdate]) -> list[int]:
        """The event of each update, sorted by report and source; new events are inserted."""
        known = KnownEvents()
        for first, second in sorted({sorted_pair(update) for update in updates}):
            known.add(
                self._connection.execute(
                    "SELECT updates.event, reported_jd, reported_fraction, tca_jd, tca_fraction FROM updates "
                    "JOIN events ON events.id = updates.event WHERE first_object = ? AND second_object = ?",
                    (first, second),
                ).fetchall(),
                (first, second),
            )
        found: list[int] = []
        for _, together in groupby(updates, key=lambda update: (update.reported, update.source)):
            found += known.match(list(together), self._new_event)
        return found

    def _new_event(self, pair: tuple[str, str]) -> int:
        return self._insert("events", ("first_object", "second_object"), pair)

    def _add_run(self, number: int, run: RunRecord) -> None:
        self._insert("runs", ("batch", *rows.RUN_COLUMNS), (number, *rows.run_row(run)))
        for catalogue in run.catalogues:
            self._connection.execute(
                "INSERT OR IGNORE INTO run_catalogues VALUES (?, ?)", (number, catalogue.sha256)
            )
        for craft in run.spacecraft:
            self._connection.execute(
                "INSERT OR IGNORE INTO run_spacecraft VALUES (?, ?, ?)", (number, craft.key, craft.name)
            )

    def _add_catalogues(self, catalogues: Iterable[CatalogueSeen]) -> None:
        self._connection.executemany(
            "INSERT OR IGNORE INTO catalogues VALUES (?, ?, ?, ?, ?)", map(rows.catalogue_row, catalogues)
        )

    def _insert(self, table: str, columns: Sequence[str], values: Sequence[Any]) -> int:
        marks = ", ".join("?" * len(values))
        cursor = self._connection.execute(
            f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", tuple(values)
        )
        return int(cursor.lastrowid or 0)

    def changes(self, run_key: str) -> Added:
        """The outcome of a run that was added before. Raises InputError if the store does not have it."""
        with database_errors(self.path):
            number = self._run_batch(run_key)
            if number is None:
                raise InputError(f"{self.path}: has no run {run_key[:12]}")
            return self._added(number, recorded=False)

    def _run_batch(self, key: str) -> int | None:
        row = self._connection.execute("SELECT batch FROM runs WHERE key = ?", (key,)).fetchone()
        return None if row is None else int(row[0])

    def _added(self, number: int, *, recorded: bool) -> Added:
        entries = self._connection.execute(
            f"SELECT id, event, {UPDATE} FROM updates WHERE batch = ? "
            "ORDER BY reported_jd, reported_fraction, tca_jd, tca_fraction, id",
            (number,),
        ).fetchall()
        events = {event: self._event(event) for event in {entry[1] for entry in entries}}
        changes = []
        seen: set[int] = set()
        for identity, event, *cells in entries:
            update = rows.update_of(cells)
            is_new = event not in seen and not self._is_older(event, number)
            seen.add(event)
            changes.append(Change(events[event], update, self._previous(event, identity, update), is_new))
        return Added(recorded, tuple(changes), self._gone(number))

    def _is_older(self, event: int, batch: int) -> bool:
        """Whether an earlier batch reported the event."""
        query = "SELECT 1 FROM updates WHERE event = ? AND batch < ? LIMIT 1"
        return self._connection.execute(query, (event, batch)).fetchone() is not None

    def _previous(self, event: int, identity: int, update: EventUpdate) -> EventUpdate | None:
        row = self._connection.execute(
            f"SELECT {UPDATE} FROM updates WHERE event = ? AND source = ? AND id != ? "
            "AND (reported_jd, reported_fraction, id) < (?, ?, ?) "
            f"ORDER BY {NEWEST_FIRST} LIMIT 1",
            (event, update.source, identity, update.reported.jd, update.reported.fraction, identity),
        ).fetchone()
        return None if row is None else rows.update_of(row)

    def _gone(self, number: int) -> tuple[Event, ...]:
        """Events of the run before it, of the same scenario, in the span of this one, that it does not report."""
        run = self._connection.execute(
            "SELECT scenario_sha256, made_jd, made_fraction, start_jd, start_fraction, span_days FROM runs "
            "WHERE batch = ?",
            (number,),
        ).fetchone()
        if run is None:
            return ()
        scenario, made, made_fraction, jd, fraction, days = run
        before = self._connection.execute(
            "SELECT batch FROM runs WHERE scenario_sha256 = ? AND (made_jd, made_fraction, batch) < (?, ?, ?) "
            "ORDER BY made_jd DESC, made_fraction DESC, batch DESC LIMIT 1",
            (scenario, made, made_fraction, number),
        ).fetchone()
        if before is None:
            return ()
        start = Time(jd, fraction)
        end = start + days * SECONDS_PER_DAY
        ids = self._connection.execute(
            "SELECT DISTINCT event, tca_jd, tca_fraction FROM updates WHERE batch = ? AND event NOT IN "
            "(SELECT event FROM updates WHERE batch = ?) ORDER BY tca_jd, tca_fraction, event",
            (before[0], number),
        ).fetchall()
        inside = dict.fromkeys(event for event, *tca in ids if start <= Time(*tca) <= end)
        return tuple(self._event(event) for event in inside)

    def set_note(self, key: str, value: str | None) -> None:
        """Record the value of a note, replacing an earlier one; None removes it."""
        self.set_notes({key: value})

    def set_notes(self, notes: Mapping[str, str | None]) -> None:
        """Record the values of notes, all of them or none, replacing earlier ones; None removes a note."""
        with database_errors(self.path), transaction(self._connection):
            self._set_notes(notes)

    def _set_notes(self, notes: Mapping[str, str | None]) -> None:
        for key, value in notes.items():
            if value is None:
                self._connection.execute("DELETE FROM notes WHERE key = ?", (key,))
            else:
                self._connection.execute("INSERT OR REPLACE INTO notes VALUES (?, ?)", (key, value))


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
