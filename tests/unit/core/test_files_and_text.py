"""Files read and written: one sentence for every refusal; text whole or up to its damage; XML by element."""

from __future__ import annotations

import errno
import gzip
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from debrissim.core.errors import InputError, RunError
from debrissim.core.files import (
    is_temporary,
    read_bytes,
    read_text,
    replace_file,
    replace_folder,
    replace_in_parts,
)
from debrissim.core.text import readable_text, whole_text
from debrissim.core.xml import parse_xml


def test_a_file_is_read_or_the_reason_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = tmp_path / "a.txt"
    with pytest.raises(InputError, match=r"a\.txt: no such file$"):
        read_bytes(path, "a poem")
    with pytest.raises(InputError, match=r": this is a folder; expected a poem$"):
        read_bytes(tmp_path, "a poem")
    path.write_bytes(b"line")
    assert read_bytes(path, "a poem") == b"line"

    def refuse(*_: object) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(InputError, match=r"a\.txt: cannot be read \(Permission denied\)$"):
        read_bytes(path, "a poem")


def test_a_file_that_cannot_be_written_leaves_nothing_behind(tmp_path: Path):
    with pytest.raises(RunError, match=r"a\.txt: cannot be written \(No such file or directory\)$"):
        replace_file(tmp_path / "none" / "a.txt", b"x")
    (tmp_path / "folder").mkdir()
    with pytest.raises(RunError, match=r"folder: cannot be written \(Is a directory\)$"):
        replace_file(tmp_path / "folder", b"x")
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]


def test_a_file_in_parts_that_fails_half_way_leaves_the_earlier_one(tmp_path: Path):
    path = tmp_path / "a.txt"
    replace_in_parts(path, iter([b"first ", b"second"]))
    assert path.read_bytes() == b"first second"

    def parts() -> Iterator[bytes]:
        yield b"x" * 100_000
        raise KeyError("a column")

    with pytest.raises(KeyError, match="a column"):
        replace_in_parts(path, parts())
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.txt"]
    assert path.read_bytes() == b"first second"


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The synchronised files and folders and the renamed ones, in their order."""
    seen: list[str] = []
    replace, rename = Path.replace, Path.rename

    def synchronised(handle: int) -> None:
        name = Path(f"/proc/self/fd/{handle}").readlink().name
        seen.append("sync temporary" if is_temporary(name) else f"sync {name}")

    def replaced(path: Path, target: Path) -> Path:
        seen.append(f"name {target.name}")
        return replace(path, target)

    def renamed(path: Path, target: Path) -> Path:
        seen.append(f"name {target.name}")
        return rename(path, target)

    monkeypatch.setattr(os, "fsync", synchronised)
    monkeypatch.setattr(Path, "replace", replaced)
    monkeypatch.setattr(Path, "rename", renamed)
    return seen


on_linux = pytest.mark.skipif(sys.platform != "linux", reason="names of open files are read from /proc")


@on_linux
def test_a_file_is_on_the_disk_before_it_has_its_name_and_the_name_after(tmp_path: Path, steps: list[str]):
    (tmp_path / "folder").mkdir()
    replace_file(tmp_path / "folder" / "a.txt", b"x")
    assert steps == ["sync temporary", "name a.txt", "sync folder"]


@on_linux
def test_a_folder_is_on_the_disk_whole_before_it_has_its_name(tmp_path: Path, steps: list[str]):
    partial = tmp_path / ".results.partial-12-00ff00"
    (partial / "plots").mkdir(parents=True)
    replace_file(partial / "plots" / "a.png", b"x")
    replace_file(partial / "b.csv", b"x")
    assert steps == ["name a.png", "name b.csv"]
    replace_folder(partial, tmp_path / "results")
    assert steps[2:] == [
        "sync a.png",
        "sync plots",
        "sync b.csv",
        f"sync {partial.name}",
        "name results",
        f"sync {tmp_path.name}",
    ]


def test_a_disk_that_cannot_synchronise_is_used_and_one_that_refuses_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def refuse(code: int) -> None:
        def fsync(_: int) -> None:
            raise OSError(code, os.strerror(code))

        monkeypatch.setattr(os, "fsync", fsync)

    refuse(errno.EINVAL)
    replace_file(tmp_path / "a.txt", b"x")
    assert (tmp_path / "a.txt").read_bytes() == b"x"
    refuse(errno.EIO)
    with pytest.raises(RunError, match=r"a\.txt: cannot be written \(Input/output error\)$"):
        replace_file(tmp_path / "a.txt", b"new")
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]
    assert (tmp_path / "a.txt").read_bytes() == b"x"


def test_damaged_text_is_read_in_part_or_refused(tmp_path: Path):
    data = gzip.compress(bytes(range(32, 127)) * 200)
    text, problem = readable_text(data[:-6], "a.gz")
    assert text.startswith(' !"#')
    assert problem == "compressed stream ends early"
    with pytest.raises(InputError, match=r"^a\.gz: compressed stream ends early$"):
        whole_text(data[:-6], "a.gz")
    path = tmp_path / "a.gz"
    path.write_bytes(data)
    assert read_text(path, "a poem") == whole_text(data, "a.gz") == text


def test_xml_is_read_by_element_with_its_line():
    events: list[tuple[object, ...]] = []

    def start(tag: str, attributes: dict[str, str], line: int) -> None:
        events.append((tag, attributes, line))

    def end(tag: str, text: str) -> None:
        events.append((tag, text))

    text = "\n\n<?xml version='1.0'?>\n<n:a x='1'>\n <b> one &amp; two </b>\n</n:a>"
    assert parse_xml(text, "file", start, end) is None
    assert events == [("a", {"x": "1"}, 4), ("b", {}, 5), ("b", "one & two"), ("a", "one & two")]
    assert parse_xml("\n<a>\n<b></a>", "file", start, end) == (3, "mismatched tag")
    assert events[-2:] == [("a", {}, 2), ("b", {}, 3)]
    with pytest.raises(InputError, match=r"^file: XML entity 'e' declared; expected none$"):
        parse_xml("<!DOCTYPE a [<!ENTITY e 'x'>]><a>&e;</a>", "file", start, end)
