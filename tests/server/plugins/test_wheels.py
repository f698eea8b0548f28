"""A wheel is looked at before anything of it is unpacked; what could do harm is refused by name."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path
from typing import Any

import pytest
from tests.server.plugins.wheels import write_wheel

from liangcun_server.plugins.wheels import (
    InvalidWheel,
    look_at_wheel,
    missing_requirements,
    newest_of_each,
    safe_name,
)


def test_a_sound_wheel_says_what_it_is(tmp_path: Path) -> None:
    file = write_wheel(tmp_path)
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    wheel = look_at_wheel(file, sha256=digest.upper())
    assert (wheel.distribution, wheel.version, wheel.plugins) == ("liangcun-lamps", "1.2.0", ("lamps",))
    assert wheel.sha256 == digest
    assert missing_requirements(wheel) == []


@pytest.mark.parametrize(
    ("spoilt", "told"),
    [
        ({"more": {"../outside.py": b"x"}}, "would land outside its folder"),
        ({"more": {"county_lamps/../../x.py": b"x"}}, "would land outside its folder"),
        ({"more": {"/etc/liangcun": b"x"}}, "would land outside its folder"),
        ({"more": {"C:\\x.py": b"x"}}, "would land outside its folder"),
        ({"more": {"start.pth": b"import os"}}, "can't bring start.pth"),
        ({"more": {"liangcun_lamps-1.2.0.data/scripts/run": b"x"}}, "can't bring liangcun_lamps-1.2.0.data"),
        ({"more": {"liangcun_standards/scoring.py": b"x"}}, "can't bring liangcun_standards"),
        ({"more": {"numpy.py": b"x"}}, "can't bring numpy.py"),
        ({"more": {"county_lamps/extra.py": b"x"}, "unlisted": True}, "is not what RECORD says"),
        ({"more": {"other-1.0.dist-info/METADATA": b"x"}}, "not exactly one .dist-info"),
        ({"more": {"COUNTY_lamps/__init__.py": b"x"}}, "stands in it twice"),
        ({"more": {"county_lamps/zeros": bytes(65 << 20)}}, "is too large"),
        ({"group": "elsewhere"}, "no entry point liangcun"),
        ({"tag": "cp311-cp311-linux_x86_64"}, "pure Python"),
    ],
)
def test_a_spoilt_wheel_is_refused(tmp_path: Path, spoilt: dict[str, Any], told: str) -> None:
    with pytest.raises(InvalidWheel, match=told):
        look_at_wheel(write_wheel(tmp_path, **spoilt))


def test_a_wheel_of_another_digest_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidWheel, match="not the one asked for"):
        look_at_wheel(write_wheel(tmp_path), sha256="0" * 64)


def test_a_wheel_under_another_s_name_is_refused(tmp_path: Path) -> None:
    file = write_wheel(tmp_path)
    renamed = shutil.copy(file, tmp_path / "liangcun_sanhua-1.2.0-py3-none-any.whl")
    with pytest.raises(InvalidWheel, match="another name or version"):
        look_at_wheel(Path(renamed))


@pytest.mark.parametrize("data", [b"", b"no wheel at all", b"PK\x03\x04"])
def test_what_is_no_archive_is_refused(tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "liangcun_lamps-1.0-py3-none-any.whl"
    file.write_bytes(data)
    with pytest.raises(InvalidWheel, match="no usable wheel"):
        look_at_wheel(file)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidWheel, match="can't be read"):
        look_at_wheel(tmp_path / "liangcun_lamps-1.0-py3-none-any.whl")


@pytest.mark.parametrize(
    ("requires", "missing"),
    [
        ("liangcun-standards>=9", []),  # a matter of its own: the plugin is incompatible
        ("numpy>=1", []),
        ("a-package-that-nobody-has", ["a-package-that-nobody-has"]),
        ("numpy>=999", ["numpy>=999"]),
        ('a-package-that-nobody-has; extra == "test"', []),
        ("???", ["???"]),
    ],
)
def test_what_the_installation_lacks_is_named(tmp_path: Path, requires: str, missing: list[str]) -> None:
    assert missing_requirements(look_at_wheel(write_wheel(tmp_path, requires=requires))) == missing


def test_of_several_versions_the_newest_counts(tmp_path: Path) -> None:
    wheels = [look_at_wheel(write_wheel(tmp_path, version)) for version in ("1.9", "1.10", "1.2.0")]
    assert [one.version for one in newest_of_each(wheels)] == ["1.10"]


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("liangcun-lamps", True),
        ("liangcun_lamps==1.2.0", True),
        ("--index-url=http://elsewhere", False),
        ("-r", False),
        ("../lamps", False),
        ("lamps @ http://elsewhere", False),
        ("git+https://elsewhere", False),
        ("lamps;x", False),
        ("", False),
    ],
)
def test_only_plain_names_reach_pip(name: str, safe: bool) -> None:
    assert safe_name(name) is safe
