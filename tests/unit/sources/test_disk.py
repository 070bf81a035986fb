"""The cache on a disk that is full, under processes that are killed or come at once, and damaged by others."""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Iterable
from pathlib import Path

import pytest
from support.source_servers import COPY, Clock, Service, answer, gp_csv
from werkzeug import Response

from debrissim.core import files
from debrissim.core.errors import InputError
from debrissim.sources import Cache, Download, DownloadError
from debrissim.sources.celestrak import query


def test_a_full_disk_keeps_the_copy_and_asks_nothing(
    get, clock: Clock, service: Service, monkeypatch: pytest.MonkeyPatch
):
    get("celestrak:active")
    clock.advance(3)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(files, "_synchronise", full)
        copy = get("celestrak:active")
    assert len(service.requests) == 1
    (note,) = copy.notes
    assert "cannot be written (No space left on device)" in note
    assert note.endswith(f"{COPY}, 3.0 h old, is used")
    assert get("celestrak:active", offline=True).records == 3


def test_a_disk_that_the_download_fills_keeps_the_copy_and_does_not_ask_again(
    get, clock: Clock, service: Service, monkeypatch: pytest.MonkeyPatch
):
    get("celestrak:active")
    clock.advance(3)
    service.answers(answer(gp_csv(5000)))
    whole = files._replace_file

    def full(path: Path, parts: tuple[bytes, ...]) -> None:
        if sum(map(len, parts)) > 10_000:
            raise OSError(errno.ENOSPC, "No space left on device")
        whole(path, parts)

    monkeypatch.setattr(files, "_replace_file", full)
    for asked in (True, False):
        copy = get("celestrak:active")
        assert (copy.records, copy.asked) == (3, asked)
    assert "No space left on device" in get("celestrak:active").notes[0]
    assert len(service.requests) == 2


def test_two_runs_at_once_make_one_request(get, service: Service):
    results: list[Download] = []
    threads = [threading.Thread(target=lambda: results.append(get("celestrak:active"))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(service.requests) == 1
    assert sorted(one.asked for one in results) == [False, False, False, True]


def test_a_process_killed_between_request_and_answer_does_not_ask_twice(get, service):
    def killed(*_: object) -> Response:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        get("celestrak:active", transport=killed)
    with pytest.raises(DownloadError, match=r"then: asked, no answer yet"):
        get("celestrak:active")
    assert service.requests == []


def test_an_error_before_the_request_takes_the_note_back(get):
    def without_password(*_: object) -> Response:
        raise InputError("no password")

    with pytest.raises(InputError, match=r"no password"):
        get("celestrak:active", transport=without_password)
    assert get("celestrak:active").asked


def test_every_part_of_a_store_may_be_the_last(clock: Clock, service: Service, get, monkeypatch):
    """Killed before any of the writes of a second download, the cache has the first copy or the second one."""
    whole = files._replace_file
    first = get("celestrak:active").sha256
    seen = set()
    for last in range(6):
        clock.advance(3)
        service.answers(answer(gp_csv(4 + last)))
        done = []

        def dies(path: Path, parts: Iterable[bytes], last: int = last, done: list[Path] = done) -> None:
            if len(done) == last:
                raise KeyboardInterrupt
            done.append(path)
            whole(path, parts)

        before = get("celestrak:active", offline=True).sha256
        monkeypatch.setattr(files, "_replace_file", dies)
        try:
            get("celestrak:active")
        except KeyboardInterrupt:
            pass
        finally:
            monkeypatch.setattr(files, "_replace_file", whole)
        after = get("celestrak:active", offline=True)
        assert after.path.read_text().count("OBJECT ") == after.records
        seen.add((last, after.sha256 != before))
    assert first
    assert {changed for _, changed in seen} == {False, True}


def test_a_damaged_copy_is_no_copy(get, clock: Clock):
    path = get("celestrak:active").path
    path.write_text("something else")
    with pytest.raises(DownloadError, match=r"offline; no copy"):
        get("celestrak:active", offline=True)
    clock.advance(2.1)
    assert get("celestrak:active").records == 3


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"url": 5}', "\udcff", '{"copy": {"file": "../../etc/passwd"}}']
)
def test_a_damaged_record_is_no_record(get, cache: Cache, text: str):
    get("celestrak:active")
    cache.record_path(query("active")).write_bytes(text.encode(errors="surrogateescape"))
    with pytest.raises(DownloadError, match=r"offline; no copy"):
        get("celestrak:active", offline=True)
    assert get("celestrak:active").records == 3


def test_what_killed_processes_left_goes_after_an_hour(get, cache: Cache, clock: Clock, service: Service):
    get("celestrak:active")
    old, new = (cache.folder / "celestrak" / f".debrissim-0123456{k}.tmp" for k in (1, 2))
    for path in (old, new):
        path.write_text("half of it")
    os.utime(old, (0, 0))
    clock.advance(3)
    service.answers(answer(gp_csv(9)))
    get("celestrak:active")
    assert (old.exists(), new.exists()) == (False, True)


def test_older_bodies_go_and_only_they(get, cache: Cache, clock: Clock, service: Service):
    get("celestrak:active")
    get("celestrak:stations")
    mine = cache.folder / "celestrak" / "active-notes.txt"
    mine.write_text("kept")
    clock.advance(3)
    service.answers(answer(gp_csv(9)))
    get("celestrak:active")
    assert mine.exists()
    assert len(list(cache.folder.rglob("active-*.csv"))) == 1
    assert get("celestrak:stations", offline=True).records == 3
