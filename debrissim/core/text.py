"""Text of files: decompressed (plain, gzip or xz, recognised by content), decoded, split into lines.

A broken stream gives the part that could be read.
"""

from __future__ import annotations

import lzma
import re
import zlib
from pathlib import Path

from debrissim.core.errors import InputError
from debrissim.core.files import read_bytes

_GZIP_MAGIC = b"\x1f\x8b"
_XZ_MAGIC = b"\xfd7zXZ\x00"
_OTHER_MAGICS = {
    b"PK\x03\x04": "a zip archive",
    b"BZh": "a bzip2 file",
    b"\x28\xb5\x2f\xfd": "a zstd file",
    b"7z\xbc\xaf": "a 7-Zip archive",
    b"%PDF": "a PDF file",
    b"\x89PNG": "a PNG picture",
}
# Small pieces, because a decoder that meets damage loses the whole piece.
_PIECE = 1 << 14
# A catalogue is a few MB; a file that unpacks to more than this is not one.
_MAX_BYTES = 1 << 30


def decompress(data: bytes, name: str) -> tuple[bytes, str | None]:
    """The content of `data`, and the fault of its compression (None if none).

    Plain bytes are returned unchanged. A stream that ends early or is damaged gives its content before the damage.
    Raises InputError if nothing can be read, and for a kind of archive that this reader does not know.
    """
    for magic, label in _OTHER_MAGICS.items():
        if data.startswith(magic):
            raise InputError(f"{name}: this is {label}; expected a plain, gzip or xz file")
    if data.startswith(_GZIP_MAGIC):
        content, problem = _gunzip(data, name)
    elif data.startswith(_XZ_MAGIC):
        content, problem = _unxz(data, name)
    else:
        return data, None
    if problem and not content:
        raise InputError(f"{name}: {problem} before any of its content")
    if content.startswith((_GZIP_MAGIC, _XZ_MAGIC)):
        raise InputError(f"{name}: the file is compressed twice; expected one layer of gzip or xz")
    return content, problem


def read_text(path: Path, expected: str) -> str:
    """The text of a file, decompressed; `expected` names its content in messages ("a file of CDMs").

    Raises InputError, naming the path, if the file cannot be read whole.
    """
    return whole_text(read_bytes(path, expected), str(path))


def whole_text(data: bytes, name: str) -> str:
    """The text of the bytes of a file, decompressed. Raises InputError if any of it is damaged."""
    text, problem = readable_text(data, name)
    if problem:
        raise InputError(f"{name}: {problem}")
    return text


def readable_text(data: bytes, name: str) -> tuple[str, str | None]:
    """As much text as the bytes of a file give, decompressed, and the fault of the compression (None if none)."""
    content, problem = decompress(data, name)
    return decode_text(content), problem


def decode_text(data: bytes) -> str:
    """Text of a catalogue file: UTF-8 or UTF-16 with or without its mark, else Latin-1 (which never fails).

    Non-breaking spaces, which web pages leave in copied element sets, become plain blanks.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = data.decode("utf-16", errors="replace")
    else:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = data.removeprefix(b"\xef\xbb\xbf").decode("latin-1")
    return text.replace("\u00a0", " ")


def _gunzip(data: bytes, name: str) -> tuple[bytes, str | None]:
    """All members of a gzip file."""
    pieces: list[bytes] = []
    while data.startswith(_GZIP_MAGIC):
        decoder = zlib.decompressobj(wbits=31)
        for start in range(0, len(data), _PIECE):
            try:
                pieces.append(decoder.decompress(data[start : start + _PIECE], _MAX_BYTES))
            except zlib.error as error:
                return b"".join(pieces), f"compressed stream is damaged ({error})"
            _check_size(pieces, name)
            if decoder.eof:
                data = decoder.unused_data + data[start + _PIECE :]
                break
        else:
            return b"".join(pieces), "compressed stream ends early"
    return b"".join(pieces), _trailing(data)


def _unxz(data: bytes, name: str) -> tuple[bytes, str | None]:
    """All streams of an xz file."""
    pieces: list[bytes] = []
    while data.startswith(_XZ_MAGIC):
        decoder = lzma.LZMADecompressor(format=lzma.FORMAT_XZ)
        for start in range(0, len(data), _PIECE):
            try:
                pieces.append(decoder.decompress(data[start : start + _PIECE], _MAX_BYTES))
            except lzma.LZMAError as error:
                return b"".join(pieces), f"compressed stream is damaged ({error})"
            _check_size(pieces, name)
            if decoder.eof:
                data = (decoder.unused_data + data[start + _PIECE :]).lstrip(b"\x00")
                break
        else:
            return b"".join(pieces), "compressed stream ends early"
    return b"".join(pieces), _trailing(data)


def _trailing(rest: bytes) -> str | None:
    """Padding with zero bytes is legal after a stream; anything else is not part of it."""
    return "compressed stream is followed by foreign bytes" if rest.strip(b"\x00") else None


def _check_size(pieces: list[bytes], name: str) -> None:
    # Checked per piece, so a decompression bomb stops after one piece's worth of output too many.
    if len(pieces[-1]) >= _MAX_BYTES or sum(map(len, pieces)) > _MAX_BYTES:
        raise InputError(
            f"{name}: unpacks to more than {_MAX_BYTES >> 30} GiB; not a file this program reads"
        )


# Length of the excerpt of a bad record: enough to find it without filling the results file.
_EXCERPT_LENGTH = 160


_LINE_BREAK = re.compile(r"\s*[\r\n\t]\s*")


def excerpt(text: str) -> str:
    """The beginning of a record on one line, for messages; blanks within a line stay as they are."""
    return _LINE_BREAK.sub(" ", text[: 2 * _EXCERPT_LENGTH].strip())[:_EXCERPT_LENGTH]


def split_lines(text: str) -> list[str]:
    """Lines ended by LF, CRLF or CR. Not str.splitlines: that also splits at U+0085 and other rarities."""
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
