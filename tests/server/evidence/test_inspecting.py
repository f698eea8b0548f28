"""What a file is, by its content; and what a photo gives away, taken out without touching the picture."""

from __future__ import annotations

import io

import pytest
from PIL import Image
from tests.server.evidence.pictures import PDF, drawing, photo

from liangcun_server.evidence.inspecting import inspected
from liangcun_server.evidence.model import InvalidEvidence
from liangcun_server.evidence.stripping import stripped


def test_a_photo_says_when_and_where_it_was_taken() -> None:
    found = inspected(photo())
    assert (found.file.media_type, found.file.width, found.file.height) == ("image/jpeg", 64, 40)
    assert found.file.taken_at == "2024-03-05T20:14:00+08:00"
    assert (found.file.latitude, found.file.longitude) == (44.275, 123.97)
    assert found.thumbnail is not None
    with Image.open(io.BytesIO(found.thumbnail)) as small:
        assert (small.format, dict(small.getexif())) == ("JPEG", {})


def test_a_photo_without_a_place_has_none() -> None:
    found = inspected(photo(located=False)).file
    assert (found.latitude, found.longitude, found.taken_at is not None) == (None, None, True)


def test_thumbnails_stand_upright_and_are_small() -> None:
    found = inspected(photo(orientation=6, size=(2000, 1000)))
    assert found.thumbnail is not None
    with Image.open(io.BytesIO(found.thumbnail)) as small:
        assert small.size == (240, 480)


def test_drawings_and_documents_are_taken() -> None:
    assert inspected(drawing()).file.media_type == "image/png"
    document = inspected(PDF)
    assert (document.file.media_type, document.thumbnail, document.file.width) == (
        "application/pdf",
        None,
        None,
    )


def _bomb() -> bytes:
    target = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(target, "PNG")
    return target.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"plain words",
        b"%PDF-1.4 cut short",
        photo()[:-300],
        photo()[:20],
        drawing()[:-20],
        b"GIF89a" + b"\0" * 50,
        b"<svg onload='alert(1)'/>",
        b"MZ" + b"\0" * 100,
        _bomb(),
    ],
    ids=range(10),
)
def test_what_is_none_or_not_whole_is_refused(data: bytes) -> None:
    with pytest.raises(InvalidEvidence, match="PDF"):
        inspected(data)


@pytest.mark.parametrize(
    "data", [photo(), photo(orientation=6), drawing()], ids=["photo", "turned", "drawing"]
)
def test_stripped_it_says_nothing_and_is_the_same_picture(data: bytes) -> None:
    kind = inspected(data).file.media_type
    plain = stripped(data, kind)
    for told in (b"secret words", b"Phone", b"2024:03:05"):
        assert told in data or kind == "image/png"
        assert told not in plain
    with Image.open(io.BytesIO(data)) as before, Image.open(io.BytesIO(plain)) as after:
        assert before.tobytes() == after.tobytes()
        assert before.getexif().get(0x0112) == after.getexif().get(0x0112)
        assert after.getexif().get_ifd(0x8825) == {}
    found = inspected(plain).file
    assert (found.latitude, found.taken_at) == (None, None)


def test_a_document_stays_as_it_is() -> None:
    assert stripped(PDF, "application/pdf") == PDF
