"""What a file is, by its content alone: kind, size, when and where a photo was taken; and its thumbnail."""

from __future__ import annotations

import hashlib
import io
import warnings
from typing import Any, NamedTuple

from PIL import ExifTags, Image, ImageOps

from liangcun_server.evidence.model import EvidenceFile, InvalidEvidence
from liangcun_standards.text import Text

# Beyond what any camera makes; decoding takes four bytes a pixel.
_MOST_PIXELS = 120_000_000
_THUMBNAIL = (480, 480)
_PDF = b"%PDF-"
_IMAGES = {"JPEG": "image/jpeg", "PNG": "image/png"}
EXTENSIONS = {"image/jpeg": "jpg", "image/png": "png", "application/pdf": "pdf"}


class Inspected(NamedTuple):
    """A file's facts, and a small JPEG of an image."""

    file: EvidenceFile
    thumbnail: bytes | None


def inspected(data: bytes) -> Inspected:
    """The facts of a file. Raises InvalidEvidence for what is no whole JPEG, PNG or PDF."""
    digest = hashlib.sha256(data).hexdigest()
    if data.startswith(_PDF):
        if b"%%EOF" not in data[-2048:]:
            raise _invalid("PDF 不完整", "the PDF is cut short")
        return Inspected(EvidenceFile(sha256=digest, media_type="application/pdf", size=len(data)), None)
    try:
        with warnings.catch_warnings():
            # Pillow only warns of what its limit of pixels is passed by a little.
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            return _image(data, digest)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _invalid("图像太大", "the image has too many pixels") from None
    except InvalidEvidence:
        raise
    except Exception as error:  # a decoder that meets nonsense raises anything
        raise _invalid(
            "不是 JPEG、PNG 照片或 PDF，或者已损坏", "it is no JPEG or PNG picture and no PDF, or is damaged"
        ) from error


def _image(data: bytes, digest: str) -> Inspected:
    with Image.open(io.BytesIO(data), formats=list(_IMAGES)) as image:
        width, height = image.size
        if width * height > _MOST_PIXELS:
            raise _invalid("图像太大", "the image has too many pixels")
        # Reads every pixel: a file that is cut short fails here, but for a PNG that lacks its very end.
        image.load()
        if image.format == "PNG" and b"IEND" not in data[-64:]:
            raise _invalid("图像不完整", "the image is cut short")
        exif = image.getexif()
        latitude, longitude = _position(exif)
        file = EvidenceFile(
            sha256=digest,
            media_type=_IMAGES[str(image.format)],
            size=len(data),
            width=width,
            height=height,
            taken_at=_taken_at(exif),
            latitude=latitude,
            longitude=longitude,
        )
        return Inspected(file, _thumbnail(image))


def _thumbnail(image: Image.Image) -> bytes:
    """A small JPEG, upright, without anything that the photo says of itself."""
    small = ImageOps.exif_transpose(image)
    small.thumbnail(_THUMBNAIL)
    plain = Image.new("RGB", small.size, "white")
    if small.mode in ("RGBA", "LA", "P"):
        small = small.convert("RGBA")
        plain.paste(small, mask=small.getchannel("A"))
    else:
        plain.paste(small.convert("RGB"))
    target = io.BytesIO()
    plain.save(target, "JPEG", quality=80)
    return target.getvalue()


def _taken_at(exif: Image.Exif) -> str | None:
    """When, as the camera wrote it: 2024-03-05T20:14:00, with an offset where it wrote one."""
    details = exif.get_ifd(ExifTags.IFD.Exif)
    written = details.get(ExifTags.Base.DateTimeOriginal) or exif.get(ExifTags.Base.DateTime)
    if not isinstance(written, str) or len(written) < 19:
        return None
    text = f"{written[:10].replace(':', '-')}T{written[11:19]}"
    offset = details.get(ExifTags.Base.OffsetTimeOriginal)
    text += offset if isinstance(offset, str) and len(offset) == 6 else ""
    return text if text.isprintable() else None


def _position(exif: Image.Exif) -> tuple[float | None, float | None]:
    """Latitude and longitude in degrees, south and west negative; None where there are none that can be."""
    written = exif.get_ifd(ExifTags.IFD.GPSInfo)
    latitude = _degrees(written, ExifTags.GPS.GPSLatitude, ExifTags.GPS.GPSLatitudeRef, "S", 90.0)
    longitude = _degrees(written, ExifTags.GPS.GPSLongitude, ExifTags.GPS.GPSLongitudeRef, "W", 180.0)
    return (latitude, longitude) if latitude is not None and longitude is not None else (None, None)


def _degrees(written: dict[int, Any], tag: int, reference: int, negative: str, most: float) -> float | None:
    try:
        degrees, minutes, seconds = (float(part) for part in written[tag])
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        return None
    value = degrees + minutes / 60 + seconds / 3600
    # NaN fails this too.
    if not 0 <= value <= most:
        return None
    return round(-value if str(written.get(reference, "")).upper().startswith(negative) else value, 7)


def _invalid(zh: str, en: str) -> InvalidEvidence:
    return InvalidEvidence(Text(f"{zh}；可用 JPEG、PNG、PDF", f"{en}; it takes JPEG, PNG or PDF"))
