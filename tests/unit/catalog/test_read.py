"""Reading files: compression and format by content, broken streams, errors that name the file."""

from __future__ import annotations

import gzip
import hashlib
import lzma
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.element_records import COSMOS_2251, IRIDIUM_33, as_csv, as_json, as_kvn, as_xml, lines_of, omm

from debrissim.catalog import parse_catalog, read_catalog
from debrissim.catalog.catalog_numbers import to_floats
from debrissim.core import compression
from debrissim.core.errors import InputError

CONTENTS = {
    "tle": lines_of(IRIDIUM_33),
    "3le": lines_of(("0 IRIDIUM 33", *IRIDIUM_33)),
    "omm-csv": as_csv(omm()),
    "omm-json": as_json(omm()),
    "omm-xml": as_xml(omm()),
    "omm-kvn": as_kvn(omm()),
}


@pytest.mark.parametrize("file_format", CONTENTS)
@pytest.mark.parametrize("compress", [bytes, gzip.compress, lzma.compress])
def test_formats_and_compressions_are_told_by_content(
    tmp_path: Path, file_format: str, compress: object
) -> None:
    data = compress(CONTENTS[file_format])  # type: ignore[operator]
    path = tmp_path / "no_such_extension.zip"
    path.write_bytes(data)
    file = read_catalog(path)
    assert file.format == file_format
    assert file.path == path
    assert file.record_count == len(file.catalog) == 1
    assert file.sha256 == hashlib.sha256(data).hexdigest()
    assert file.catalog.norad_id.tolist() == [24946]


def test_several_compressed_members_and_padding_are_one_file() -> None:
    first, second = lines_of(IRIDIUM_33), lines_of(COSMOS_2251)
    for data in (
        gzip.compress(first) + gzip.compress(second) + b"\x00" * 512,
        lzma.compress(first) + b"\x00" * 4 + lzma.compress(second),
    ):
        file = parse_catalog(data, "x")
        assert file.catalog.norad_id.tolist() == [24946, 22675]
        assert file.rejected == ()


@pytest.mark.parametrize("compress", [gzip.compress, lzma.compress])
def test_a_stream_that_ends_early_keeps_what_decodes(compress: object) -> None:
    records = [
        omm(NORAD_CAT_ID=str(number), BSTAR=f"{number * 7919 % 10007}e-7") for number in range(1, 6000)
    ]
    whole = as_csv(*records)
    data = compress(whole)  # type: ignore[operator]
    file = parse_catalog(data[: len(data) * 2 // 3], "cut.csv")
    count = len(file.catalog)
    assert 1000 < count < 5000
    assert file.catalog.norad_id.tolist() == list(range(1, count + 1))
    (rejection,) = file.rejected
    assert rejection.reason == "compressed stream ends early; the records before it are kept"
    assert rejection.line == count + 2
    assert file.record_count == count + 1


def test_a_cut_stream_of_one_long_line() -> None:
    records = [
        omm(NORAD_CAT_ID=str(number), BSTAR=f"{number * 7919 % 10007}e-7") for number in range(1, 3000)
    ]
    data = gzip.compress(as_json(*records).replace(b"\n", b""))
    file = parse_catalog(data[: len(data) // 2], "x")
    assert len(file.catalog) > 500
    assert {r.reason.split(" (")[0] for r in file.rejected} == {
        "malformed JSON",
        "compressed stream ends early; the records before it are kept",
    }
    with pytest.raises(InputError, match=r"^x: compressed stream ends early in the first line$"):
        parse_catalog(gzip.compress(as_csv(omm()).splitlines()[0])[:-8], "x")


def test_a_damaged_stream_keeps_what_came_before() -> None:
    records = [
        omm(NORAD_CAT_ID=str(number), BSTAR=f"{number * 7919 % 10007}e-7") for number in range(1, 9000)
    ]
    data = bytearray(gzip.compress(as_csv(*records)))
    data[len(data) // 2 : len(data) // 2 + 40] = b"\xff" * 40
    file = parse_catalog(bytes(data), "x")
    assert len(file.catalog) > 500
    assert "compressed stream is damaged" in file.rejected[-1].reason


def test_foreign_bytes_after_a_stream_are_reported() -> None:
    file = parse_catalog(gzip.compress(lines_of(IRIDIUM_33)) + b"garbage", "x")
    assert len(file.catalog) == 1
    assert file.rejected[0].reason.startswith("compressed stream is followed by foreign bytes")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "empty file"),
        (b" \n\n", "empty file"),
        (gzip.compress(b"", mtime=0), "empty file"),
        (b"\x1f\x8b\x08", "compressed stream ends early before any of its content"),
        (b"\xfd7zXZ\x00rubbish, and quite enough of it", "compressed stream is damaged"),
        (gzip.compress(gzip.compress(b"1 ", mtime=0), mtime=0), "compressed twice"),
        (b"PK\x03\x04...", "a zip archive"),
        (b"<!DOCTYPE html><html><body>Sorry</body></html>", "an HTML page"),
        (b"  <HTML lang='en'>", "an HTML page"),
        (b"No GP data found", "begins with 'No GP data found'"),
        (b'{"error": "You must be logged in"}', "1 record, rejected; first: line 1: NORAD_CAT_ID is missing"),
        (b"[]", "a header without records"),
        (b"CCSDS_CDM_VERS = 1.0\nCREATION_DATE = 2020-01-01\n", "begins with 'CCSDS_CDM_VERS = 1.0'"),
        (bytes(range(128, 256)), "expected TLE, 3LE, or OMM"),
        (b"<ndm><omm>", "malformed XML"),
    ],
)
def test_files_without_a_good_record(data: bytes, message: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_catalog(data, "the file")
    assert str(caught.value).startswith("the file: ")
    assert message in str(caught.value)


def test_paths_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nothing: no such file"):
        read_catalog(tmp_path / "nothing")
    with pytest.raises(InputError, match=r"this is a folder"):
        read_catalog(tmp_path)


def test_a_file_without_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> bytes:
        raise PermissionError(13, "Permission denied")

    # Not by chmod: an administrator's test run may read everything.
    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(InputError, match=r"locked: cannot be read \(Permission denied\)"):
        read_catalog(tmp_path / "locked")


def test_a_file_that_unpacks_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compression, "MAX_BYTES", 100_000)
    for compress in (gzip.compress, lzma.compress, bytes):
        with pytest.raises(InputError, match="holds more than"):
            parse_catalog(compress(b"1 " * 200_000), "x")


@given(st.data())
def test_no_damage_to_one_place_of_a_file_makes_reading_fail(data: st.DataObject) -> None:
    """Random bytes over a random place of one record: the other record is always read."""
    content = data.draw(st.sampled_from(sorted(CONTENTS)))
    write = {"omm-csv": as_csv, "omm-json": as_json, "omm-kvn": as_kvn}.get(content)
    good = omm(NORAD_CAT_ID="5")
    if write is not None:
        whole, other = write(good, omm()), len(write(good))
    else:  # in XML what follows damage is lost, so there the good record comes first too
        whole = lines_of(COSMOS_2251, IRIDIUM_33) if content != "omm-xml" else as_xml(good, omm())
        other = len(lines_of(COSMOS_2251)) if content != "omm-xml" else whole.index(b"</omm>") + 10
    # The closing bracket of a JSON list stands where the next record begins.
    start = data.draw(st.integers(other + 1, len(whole)))
    damage = data.draw(st.binary(max_size=12))
    file = parse_catalog(whole[:start] + damage + whole[start + len(damage) :], "x")
    assert file.catalog.norad_id[0] in (5, 22675)
    assert file.record_count == len(file.catalog) + len(file.rejected)


def test_words_for_numbers_with_two_signs_are_no_numbers() -> None:
    values, bad = to_floats(["1.5", "--Infinity", "+-nan", "-inf", "x"])
    assert bad == [1, 2, 4]
    assert values[0] == 1.5
    assert values[3] == -np.inf
