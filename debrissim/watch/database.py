"""The file of a store: opened, checked and brought to the current version; its failures as one sentence each.

WAL lets others read while one writes, and one writer waits for another. `synchronous = FULL` writes a transaction to
disk before it is complete: a process killed at any moment, or a loss of power, leaves all of it or nothing.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from debrissim.core.errors import DebrissimError, InputError, RunError
from debrissim.core.text import printable
from debrissim.watch.schema import APPLICATION_ID, MIGRATIONS

BUSY_S = 30.0
"""How long one process waits for another that writes."""

_MAGIC = b"SQLite format 3\0"
_UNTOUCHED = "nothing of this was recorded, all earlier events are kept"


def open_database(
    path: Path, *, write: bool, busy_s: float = BUSY_S, migrations: Sequence[str] = MIGRATIONS
) -> sqlite3.Connection:
    """A connection to the store at `path`, checked and of the current version.

    write: create the file, or bring it to the current version, if needed; otherwise it is only read.

    Raises InputError if there is no such store, or the file is another kind, of a later version or damaged; RunError if
    writing fails or another process keeps it busy for `busy_s`.
    """
    _check_file(path, write)
    with database_errors(path):
        connection = _connect(path, write, busy_s)
        try:
            # In one transaction: another process may be making the tables.
            connection.execute("BEGIN")
            version = _version(connection, path, len(migrations))
            connection.execute("COMMIT")
            if version == 0 and not write:
                raise InputError(f"{path}: holds no events yet: no run or message was recorded in it")
            if write:
                _prepare(connection, busy_s)
            _require_intact(connection, path)
            if version < len(migrations):
                if not write:
                    raise InputError(
                        f"{path}: its tables are of version {version}, this program reads version "
                        f"{len(migrations)}; the next `debrissim watch` on it converts it"
                    )
                _migrate(connection, path, migrations)
        except BaseException:
            # Also at Ctrl-C: no other code has the connection, whose open files would remain next to the store.
            connection.close()
            raise
    return connection


def _check_file(path: Path, write: bool) -> None:
    try:
        if path.is_dir():
            raise InputError(f"{path}: this is a folder; expected the file of a store of events")
        if not path.exists():
            if not write:
                raise InputError(f"{path}: no such store of events; `debrissim watch` makes it")
            if not path.parent.is_dir():
                raise InputError(f"{path}: its folder does not exist")
            return
        if not path.is_file():
            raise InputError(f"{path}: this is a device or a pipe; expected the file of a store of events")
        with path.open("rb") as file:
            begin = file.read(len(_MAGIC))
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise InputError(f"{path}: cannot be read ({reason})") from None
    if begin and begin != _MAGIC:
        raise InputError(f"{path}: not a store of events (it is not an SQLite database)")


def _connect(path: Path, write: bool, busy_s: float) -> sqlite3.Connection:
    place = path.resolve().as_uri()
    if write:
        return sqlite3.connect(f"{place}?mode=rwc", uri=True, timeout=busy_s, isolation_level=None)
    # It never writes, but where it could, it removes the files next to the store again.
    connection = sqlite3.connect(f"{place}?mode=rw", uri=True, timeout=busy_s, isolation_level=None)
    connection.execute("PRAGMA query_only = ON")
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.OperationalError as error:
        connection.close()
        wal = path.with_name(path.name + "-wal")
        if error.sqlite_errorname.startswith("SQLITE_BUSY") or (wal.exists() and wal.stat().st_size):
            raise
        # On a medium that cannot be written WAL has no place for its index, and no process can change the file.
        return sqlite3.connect(f"{place}?immutable=1", uri=True, isolation_level=None)
    return connection


def _version(connection: sqlite3.Connection, path: Path, known: int) -> int:
    """The version of the tables, 0 of an empty file. Raises InputError for a database that is not one of our stores."""
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    (identity,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if identity == 0 and version == 0 and tables == 0:
        return 0
    if identity != APPLICATION_ID or version < 1:
        raise InputError(f"{path}: not a store of events (it is the database of another program)")
    if version > known:
        raise InputError(
            f"{path}: its tables are of version {version}, of a later debrissim; this one knows up to version {known}"
        )
    return int(version)


def _prepare(connection: sqlite3.Connection, busy_s: float) -> None:
    # The change to WAL, which concerns only a new file, does not itself wait for another process.
    _retry(lambda: connection.execute("PRAGMA journal_mode = WAL").fetchone(), busy_s)
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")


def _retry(action: Callable[[], object], busy_s: float) -> None:
    import time

    end = time.monotonic() + busy_s
    while True:
        try:
            action()
        except sqlite3.OperationalError as error:
            if not error.sqlite_errorname.startswith("SQLITE_BUSY") or time.monotonic() > end:
                raise
            time.sleep(0.01)
        else:
            return


def _require_intact(connection: sqlite3.Connection, path: Path) -> None:
    (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if verdict != "ok":
        raise InputError(f"{path}: damaged ({printable(' '.join(verdict.split()))[:120]})")


def _migrate(connection: sqlite3.Connection, path: Path, migrations: Sequence[str]) -> None:
    """Bring the tables to the current version, in one transaction."""
    with transaction(connection):
        # Another process may have done it since.
        begin = _version(connection, path, len(migrations))
        for script in migrations[begin:]:
            for statement in script.split(";"):
                connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {len(migrations)}")


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Everything in the block is recorded, or nothing; other writers wait."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        # Also at Ctrl-C: the transaction must be undone before the connection is used again. After some failures of
        # the disk SQLite has done so by itself.
        with suppress(sqlite3.Error):
            connection.execute("ROLLBACK")
        raise


@contextmanager
def database_errors(path: Path) -> Iterator[None]:
    """Failures of SQLite in the block as RunError or InputError, one sentence that names the file."""
    try:
        yield
    except sqlite3.Error as error:
        raise _sentence(path, error) from error


def _sentence(path: Path, error: sqlite3.Error) -> DebrissimError:
    name = getattr(error, "sqlite_errorname", None) or ""
    text = printable(" ".join(str(error).split()))[:120]
    if name.startswith("SQLITE_FULL"):
        return RunError(f"{path}: the disk is full; {_UNTOUCHED}")
    if name.startswith("SQLITE_IOERR"):
        return RunError(f"{path}: the disk cannot be written (it may be full: {text}); {_UNTOUCHED}")
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return RunError(f"{path}: in use by another process for too long; {_UNTOUCHED}")
    if name.startswith("SQLITE_READONLY"):
        return RunError(f"{path}: cannot be written (it is read-only); {_UNTOUCHED}")
    if name.startswith("SQLITE_CANTOPEN"):
        return RunError(f"{path}: cannot be opened ({text})")
    if name.startswith(("SQLITE_NOTADB", "SQLITE_CORRUPT")):
        return InputError(f"{path}: damaged ({text})")
    if not name and isinstance(error, sqlite3.ProgrammingError):
        return RunError(f"{path}: the store is closed")
    return RunError(f"{path}: {text}")
