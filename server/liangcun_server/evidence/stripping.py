"""A photo without what it says of itself: where, when and by which phone it was taken; the picture stays.

JPEG (ITU-T T.81, Annex B): application segments and comments go, but for JFIF, colour profiles and which way
up it is. PNG (ISO/IEC 15948): text, Exif and time go. A PDF is left as it is.
"""

from __future__ import annotations

import io
from collections.abc import Iterator

from PIL import ExifTags, Image

_SOS, _EOI = 0xDA, 0xD9
_APP0, _APP2, _APP15, _COM = 0xE0, 0xE2, 0xEF, 0xFE
_PNG = b"\x89PNG\r\n\x1a\n"
_TELLING = {b"eXIf", b"tEXt", b"iTXt", b"zTXt", b"tIME"}


def stripped(data: bytes, media_type: str) -> bytes:
    """The file without its metadata; the same picture, pixel for pixel."""
    if media_type == "image/jpeg":
        return b"".join(_jpeg(data))
    if media_type == "image/png":
        return b"".join(_png(data))
    return data


def _jpeg(data: bytes) -> Iterator[bytes]:
    """The segments that make the picture, led by which way up it is."""
    yield data[:2]
    yield _upright(data)
    place = 2
    while place + 4 <= len(data):
        if data[place] != 0xFF:
            break
        kind = data[place + 1]
        if kind == 0xFF:
            place += 1
            continue
        if kind in (_SOS, _EOI):
            break
        length = int.from_bytes(data[place + 2 : place + 4], "big")
        segment = data[place : place + 2 + length]
        telling = kind == _COM or (
            _APP0 <= kind <= _APP15 and kind != _APP0 and not _is_profile(kind, segment)
        )
        if not telling:
            yield segment
        place += 2 + length
    # From the first scan on there are pixels alone.
    yield data[place:]


def _upright(data: bytes) -> bytes:
    """An Exif segment with the orientation alone; nothing for a picture that stands upright."""
    with Image.open(io.BytesIO(data), formats=["JPEG"]) as image:
        orientation = image.getexif().get(ExifTags.Base.Orientation, 1)
    if orientation not in range(2, 9):
        return b""
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    content = exif.tobytes()
    return b"\xff\xe1" + (len(content) + 2).to_bytes(2, "big") + content


def _tells(kind: int, segment: bytes) -> bool:
    """Whether a segment says something of the photo, and isn't part of the picture."""
    application = _APP0 < kind <= _APP15
    return kind == _COM or (application and not _is_profile(kind, segment))


def _is_profile(kind: int, segment: bytes) -> bool:
    return (kind == _APP2 and segment[4:15] == b"ICC_PROFILE") or (kind == 0xEE and segment[4:9] == b"Adobe")


def _png(data: bytes) -> Iterator[bytes]:
    yield data[: len(_PNG)]
    place = len(_PNG)
    while place + 12 <= len(data):
        length = int.from_bytes(data[place : place + 4], "big")
        chunk = data[place : place + 12 + length]
        if chunk[4:8] not in _TELLING:
            yield chunk
        place += 12 + length
