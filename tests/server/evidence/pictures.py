"""Pictures and documents made for tests."""

from __future__ import annotations

import io
from typing import Any

from PIL import ExifTags, Image


def photo(*, located: bool = True, orientation: int | None = None, size: tuple[int, int] = (64, 40)) -> bytes:
    """A JPEG as a phone writes it, of 蒙古屯 on a March evening."""
    image = Image.new("RGB", size, (20, 90, 160))
    image.paste((250, 240, 120), (0, 0, size[0] // 2, size[1] // 2))
    exif = image.getexif()
    exif[ExifTags.Base.Make] = "Phone"
    if orientation is not None:
        exif[ExifTags.Base.Orientation] = orientation
    details = exif.get_ifd(ExifTags.IFD.Exif)
    details[ExifTags.Base.DateTimeOriginal] = "2024:03:05 20:14:00"
    details[ExifTags.Base.OffsetTimeOriginal] = "+08:00"
    if located:
        position: dict[int, Any] = exif.get_ifd(ExifTags.IFD.GPSInfo)
        position[ExifTags.GPS.GPSLatitudeRef] = "N"
        position[ExifTags.GPS.GPSLatitude] = (44.0, 16.0, 30.0)
        position[ExifTags.GPS.GPSLongitudeRef] = "E"
        position[ExifTags.GPS.GPSLongitude] = (123.0, 58.0, 12.0)
    target = io.BytesIO()
    image.save(target, "JPEG", exif=exif, comment=b"secret words", quality=95)
    return target.getvalue()


def drawing() -> bytes:
    """A PNG with words in it."""
    from PIL.PngImagePlugin import PngInfo

    told = PngInfo()
    told.add_text("Comment", "secret words")
    target = io.BytesIO()
    Image.new("RGBA", (30, 20), (0, 120, 0, 128)).save(target, "PNG", pnginfo=told)
    return target.getvalue()


PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
