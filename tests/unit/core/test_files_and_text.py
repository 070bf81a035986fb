"""Files read and written: one sentence for every refusal; text whole or up to its damage; XML by element."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from debrissim.core.errors import InputError, RunError
from debrissim.core.files import read_bytes, read_text, replace_file
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
