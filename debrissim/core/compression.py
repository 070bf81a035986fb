"""Compressed files, plain, gzip or xz, recognised by content; a broken stream gives the part that could be read."""

from __future__ import annotations

import lzma
import re
import zlib
from collections.abc import Callable
from typing import Any

from debrissim.core.errors import InputError

MAX_BYTES = 100 << 20
"""Limit of a file, plain or unpacked: several times a list of everything in orbit as JSON. With more,
hostile content could take more than 1 GB of memory."""

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
# `xz -9` asks for 65 MB; a header may ask for 4 GB.
_XZ_MEMORY = 128 << 20
_PADDING = re.compile(rb"\x00*")


def decompress(data: bytes, name: str) -> tuple[bytes, str | None]:
    """The content of `data`, and the fault of its compression (None if none).

    Plain bytes are returned unchanged. A stream that ends early or is damaged gives its content before the damage.
    Raises InputError if nothing can be read, for a content beyond `MAX_BYTES`, and for a kind of archive that this
    reader does not know.
    """
    for magic, label in _OTHER_MAGICS.items():
        if data.startswith(magic):
            raise InputError(f"{name}: this is {label}; expected a plain, gzip or xz file")
    if data.startswith(_GZIP_MAGIC):
        content, problem = _unpack(data, name, _GZIP_MAGIC, lambda: zlib.decompressobj(wbits=31))
    elif data.startswith(_XZ_MAGIC):
        content, problem = _unpack(
            data, name, _XZ_MAGIC, lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_XZ_MEMORY)
        )
    elif len(data) > MAX_BYTES:
        raise too_large(name)
    else:
        return data, None
    if problem and not content:
        raise InputError(f"{name}: {problem} before any of its content")
    if content.startswith((_GZIP_MAGIC, _XZ_MAGIC)):
        raise InputError(f"{name}: the file is compressed twice; expected one layer of gzip or xz")
    return content, problem


def too_large(name: object) -> InputError:
    """The error of a file beyond `MAX_BYTES`."""
    return InputError(f"{name}: holds more than {MAX_BYTES >> 20} MiB; not a file this program reads")


def _unpack(data: bytes, name: str, magic: bytes, decoder_of: Callable[[], Any]) -> tuple[bytes, str | None]:
    """All streams of a file, one after another; zero bytes may come between and after them."""
    content = bytearray()
    position = 0
    while data.startswith(magic, position):
        decoder = decoder_of()
        while not decoder.eof:
            piece = data[position : position + _PIECE]
            if not piece:
                return bytes(content), "compressed stream ends early"
            try:
                content += decoder.decompress(piece, MAX_BYTES + 1 - len(content))
            except (zlib.error, lzma.LZMAError) as error:
                return bytes(content), f"compressed stream is damaged ({error})"
            if len(content) > MAX_BYTES:
                raise too_large(name)
            position += len(piece)
        position = _after_padding(data, position - len(decoder.unused_data))
    return bytes(content), None if position == len(data) else "compressed stream is followed by foreign bytes"


def _after_padding(data: bytes, position: int) -> int:
    padding = _PADDING.match(data, position)
    return position if padding is None else padding.end()
