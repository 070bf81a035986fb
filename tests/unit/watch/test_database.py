"""The file of a store: killed writers, two at once, a full disk, and files that are no store."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from support.paths import ROOT
from support.watch import approach, run_record

from debrissim.core.errors import DebrissimError, InputError, RunError
from debrissim.watch import Batch, Store
from debrissim.watch.database import open_database, transaction
from debrissim.watch.schema import APPLICATION_ID, MIGRATIONS


def run_of(number: int, count: int = 30) -> Batch:
    made = number * 0.01
    return Batch(
        tuple(
            approach(f"run{number}:{k}", secondary=str(40_000 + k), days=9.0 + k * 0.05, reported_days=made)
            for k in range(count)
        ),
        run_record(f"run{number}", made_days=made),
    )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    place = tmp_path / "events.sqlite"
    with Store.open(place) as store:
        store.add(run_of(0))
    return place


def program(*arguments: object) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(map(str, (ROOT, ROOT / "tests")))}
    command = [sys.executable, *map(str, arguments)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def sentence(path: Path, **options: bool) -> str:
    """The error of opening a file, which is left as it was, without others beside it."""
    before = path.read_bytes()
    with pytest.raises(DebrissimError) as caught:
        Store.open(path, **options)
    assert path.read_bytes() == before
    assert [one.name for one in path.parent.iterdir()] == [path.name]
    text = str(caught.value)
    assert text.startswith(f"{path}: ")
    return text.removeprefix(f"{path}: ")


def outcome(path: Path) -> str:
    """ "read", or the sentence of the error of reading the events of a file."""
    try:
        with Store.open(path) as store:
            store.events()
    except DebrissimError as error:
        return str(error)
    return "read"


@pytest.mark.skipif(os.name == "nt", reason="needs fork and SIGKILL")
@pytest.mark.parametrize("rounds", [12, pytest.param(400, marks=pytest.mark.slow)])
def test_a_writer_that_is_killed_leaves_whole_runs_alone(tmp_path: Path, rounds: int) -> None:
    done = program("-m", "support.killed_writer", tmp_path, rounds, 3)
    assert done.returncode == 0, done.stderr
    counts = json.loads(done.stdout.splitlines()[-1])
    assert counts["kills"] == rounds
    assert counts["while_adding"] > rounds / 3


def test_two_processes_write_at_once(tmp_path: Path) -> None:
    """Both open a new file and add the same runs: none is lost, none is there twice."""
    path = tmp_path / "events.sqlite"
    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(lambda _: program("-m", "support.second_writer", path, 12), range(2)))
    assert [one.returncode for one in done] == [0, 0], [one.stderr for one in done]
    recorded = [json.loads(one.stdout) for one in done]
    assert sorted(recorded[0] + recorded[1]) == list(range(12))
    with Store.open(path) as store:
        assert len(store.runs()) == 12
        assert [event.update_count for event in store.events()] == [12] * 30


def test_a_busy_store_says_so(path: Path) -> None:
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        with Store.open(path, busy_s=0.02) as store:
            with pytest.raises(RunError, match=r"events\.sqlite: in use by another process for too long"):
                store.add(run_of(1))
            # Others read what is there.
            assert len(store.events()) == 30
    finally:
        other.close()
    with Store.open(path) as store:
        assert store.add(run_of(1)).recorded


def test_a_full_disk_keeps_what_there_was(path: Path) -> None:
    with Store.open(path) as store:
        store._connection.execute("PRAGMA max_page_count = 30")
        with pytest.raises(RunError, match=r"events\.sqlite: the disk is full; nothing of this was recorded"):
            store.add(run_of(1, count=2000))
        assert len(store.runs()) == 1
        assert [event.update_count for event in store.events()] == [1] * 30
        store._connection.execute("PRAGMA max_page_count = 1000000")
        assert store.add(run_of(1, count=2000)).recorded


@pytest.mark.skipif(os.name == "nt", reason="needs limits of a process")
@pytest.mark.parametrize("limit", [0, 20_000, 100_000])
def test_a_file_that_may_not_grow_keeps_what_there_was(path: Path, limit: int) -> None:
    before = path.read_bytes()
    done = program("-m", "support.second_writer", path, 40, "--limit", limit)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "events.sqlite: the disk" in done.stderr
    assert "nothing of this was recorded, all earlier events are kept" in done.stderr
    added = len(json.loads(done.stdout or "[]"))
    with Store.open(path) as store:
        assert len(store.runs()) == 1 + added
        assert all(event.update_count == 1 + added for event in store.events())
    if limit == 0:
        assert path.read_bytes() == before


def test_a_later_version_is_refused(path: Path) -> None:
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA user_version = 99")
    database.close()
    expected = (
        f"its tables are of version 99, of a later debrissim; this one knows up to version {len(MIGRATIONS)}"
    )
    assert sentence(path) == sentence(path, write=False) == expected


@pytest.mark.parametrize("identity", [0, 0x0F055112])
def test_the_database_of_another_program_is_refused(tmp_path: Path, identity: int) -> None:
    path = tmp_path / "places.sqlite"
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE places (url TEXT)")
        database.execute(f"PRAGMA application_id = {identity}")
    database.close()
    expected = "not a store of events (it is the database of another program)"
    assert sentence(path) == sentence(path, write=False) == expected


def test_other_files_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "catalog.csv"
    path.write_text("OBJECT_NAME,EPOCH\n" * 99)
    expected = "not a store of events (it is not an SQLite database)"
    assert sentence(path) == sentence(path, write=False) == expected
    with pytest.raises(InputError, match="this is a folder; expected the file of a store"):
        Store.open(tmp_path)
    with pytest.raises(InputError, match="its folder does not exist"):
        Store.open(tmp_path / "no" / "events.sqlite")
    with pytest.raises(InputError, match="no such store of events; `debrissim watch` makes it"):
        Store.open(tmp_path / "none.sqlite", write=False)
    assert not (tmp_path / "none.sqlite").exists()


@pytest.mark.parametrize(
    "name", ["a b.sqlite", "100%25#1?mode=ro&x.sqlite", "\u00e9\u6f22.db", "-", "'\";.sqlite"]
)
@pytest.mark.skipif(os.name == "nt", reason="names that other systems forbid")
def test_a_file_may_have_any_name(tmp_path: Path, name: str) -> None:
    with Store.open(tmp_path / name) as store:
        store.add(run_of(0))
    with Store.open(tmp_path / name, write=False) as store:
        assert len(store.events()) == 30
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for write in (True, False):
        with pytest.raises(InputError, match="pipe: this is a device or a pipe"):
            Store.open(tmp_path / "pipe", write=write)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse such names")
def test_a_name_that_is_no_text(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.sqlite"))
    with Store.open(path) as store:
        store.add(run_of(0))
    with Store.open(path, write=False) as store:
        assert len(store.events()) == 30


@pytest.mark.parametrize("write", [True, False])
def test_a_damaged_file_is_refused(path: Path, write: bool) -> None:
    data = bytearray(path.read_bytes())
    data[4096 : len(data) // 2] = b"\xa5" * (len(data) // 2 - 4096)
    path.write_bytes(data)
    with pytest.raises(InputError, match=r"events\.sqlite: damaged \("):
        Store.open(path, write=write)


def test_every_cut_and_many_flips_of_a_file_give_a_sentence_or_a_store(path: Path, tmp_path: Path) -> None:
    whole = path.read_bytes()
    damaged = tmp_path / "damaged.sqlite"
    cuts = [whole[:size] for size in (0, 10, 16, 99, 100, 4096, 10_000, len(whole) - 4096)]
    flips = [
        whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :]
        for at in (*range(0, 100, 3), 105, 4100, 9000)
    ]
    for data in (*cuts, *flips):
        damaged.write_bytes(data)
        text = outcome(damaged)
        assert text == "read" or text.startswith(f"{damaged}: ")
        assert "\n" not in text
        for beside in tmp_path.glob("damaged.sqlite-*"):
            beside.unlink()


def test_an_empty_file_becomes_a_store(tmp_path: Path) -> None:
    path = tmp_path / "events.sqlite"
    path.touch()
    assert "holds no events yet" in sentence(path, write=False)
    with Store.open(path) as store:
        assert store.events() == ()


@pytest.mark.skipif(os.name == "nt" or os.geteuid() != 0, reason="needs root, to become somebody else")
@pytest.mark.parametrize("folder", ["open", "closed"])
def test_a_file_that_may_only_be_read(path: Path, folder: str) -> None:
    place = Path("/tmp") / f"debrissim-{os.getpid()}-{folder}"
    place.mkdir()
    try:
        copy = Path(shutil.copy(path, place))
        copy.chmod(0o444)
        place.chmod(0o777 if folder == "open" else 0o555)
        done = program("-m", "support.second_writer", copy, 2, "--user", 65534)
        assert done.returncode == 1, done.stderr
        assert f"{copy}: cannot be " in done.stderr
        read = program("-m", "support.second_writer", copy, 0, "--user", 65534)
        assert (read.returncode, read.stdout.strip()) == (0, "30 events"), read.stderr
    finally:
        shutil.rmtree(place)


def test_an_older_store_is_converted_when_it_is_written(path: Path) -> None:
    later = (
        *MIGRATIONS,
        "ALTER TABLE events ADD COLUMN remark TEXT;\nCREATE INDEX remarks ON events (remark)",
    )
    with pytest.raises(InputError, match="its tables are of version 1, this program reads version 2"):
        open_database(path, write=False, migrations=later)
    connection = open_database(path, write=True, migrations=later)
    assert connection.execute("SELECT count(*), count(remark) FROM events").fetchone() == (30, 0)
    assert connection.execute("PRAGMA user_version").fetchone() == (2,)
    connection.close()
    assert "of version 2, of a later debrissim" in sentence(path)


def test_a_conversion_that_fails_changes_nothing(path: Path) -> None:
    broken = (*MIGRATIONS, "ALTER TABLE events ADD COLUMN remark TEXT;\nALTER TABLE none ADD COLUMN x")
    with pytest.raises(RunError, match="no such table: none"):
        open_database(path, write=True, migrations=broken)
    with Store.open(path) as store:
        assert len(store.events()) == 30


def test_the_file_carries_the_mark_of_the_program(path: Path) -> None:
    assert int.from_bytes(path.read_bytes()[68:72], "big") == APPLICATION_ID
    database = sqlite3.connect(path)
    assert database.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    database.close()


def test_a_transaction_that_fails_leaves_nothing_and_lets_the_next_begin(path: Path) -> None:
    connection = open_database(path, write=True)

    def insert(then: Exception | None = None) -> None:
        with transaction(connection):
            connection.execute("INSERT INTO notes VALUES ('a', 'b')")
            if then is not None:
                raise then

    with pytest.raises(KeyError):
        insert(KeyError())
    assert connection.execute("SELECT count(*) FROM notes").fetchone() == (0,)
    insert()
    assert connection.execute("SELECT count(*) FROM notes").fetchone() == (1,)
    connection.close()


def test_a_closed_store_says_so(path: Path) -> None:
    store = Store.open(path)
    store.close()
    with pytest.raises(RunError, match="the store is closed"):
        store.events()
