"""`liangcun plugin install | remove | enable | disable`: checked first, on record, whole or not at all."""

from __future__ import annotations

import asyncio
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from tests.server.cli.conftest import Answer, Liangcun
from tests.server.plugins.wheels import write_wheel
from tests.standards.conformance.projects import DOCUMENT, MODULE

from liangcun_server.cli.installed import plugins as plugins_of_the_program
from liangcun_server.plugins import loading
from liangcun_server.plugins.switching import bring_up_to_date
from liangcun_server.settings import Settings, load_settings
from liangcun_server.storage.database import Database
from liangcun_standards.plugins import PluginRegistry, PluginStatus, load_plugins


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where plugins are put."""
    place = tmp_path / "plugins"
    monkeypatch.setenv("LIANGCUN_PLUGIN_FOLDER", str(place))
    return place


def plugins(run: Liangcun) -> dict[str, dict[str, Any]]:
    """Every plugin as it stands, by name."""
    return {one["name"]: one for one in json.loads(run("plugins", "-f", "json").out)}


def install(run: Liangcun, *arguments: object) -> Answer:
    return run("plugin", "install", *map(str, arguments), "--reason", "举例", "--language", "en")


def test_a_plugin_is_installed_used_and_removed(own_liangcun: Liangcun, folder: Path, tmp_path: Path) -> None:
    wheel = write_wheel(tmp_path)
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    done = install(own_liangcun, wheel, "--sha256", digest)
    assert done.code == 0, done.err
    assert done.lines == ["installed lamps 1.2.0 (liangcun-lamps), standards: 220722/county-lamps"]
    assert digest in done.err
    assert (folder / "liangcun-lamps" / "1.2.0" / "county_lamps" / "__init__.py").is_file()
    assert [one.name for one in folder.iterdir()] == ["liangcun-lamps"]
    lamps = plugins(own_liangcun)["lamps"]
    assert (lamps["status"], lamps["version"], lamps["standards"]) == ("active", "1.2.0", 1)
    ranking = own_liangcun("score", "-s", "county-lamps", "-p", "2024", "--limit", "1")
    assert ranking.code == 0, ranking.err

    gone = own_liangcun("plugin", "remove", "lamps", "--reason", "不用了", "--language", "en")
    assert gone.lines == ["liangcun-lamps 1.2.0 is taken away (lamps)"]
    assert "lamps" not in plugins(own_liangcun)
    assert (folder / "liangcun-lamps" / "1.2.0" / "county_lamps" / "__init__.py").is_file()
    assert own_liangcun("plugin", "remove", "lamps", "--reason", "不用了").code == 2


def test_an_upgrade_shows_its_effect_and_waits_to_be_confirmed(
    own_liangcun: Liangcun, folder: Path, tmp_path: Path
) -> None:
    # Lamps there are in the demonstration data: lit_lanes_rate comes with what ships.
    document = DOCUMENT.replace("county_lit_lanes_rate", "lit_lanes_rate")
    module = MODULE[: MODULE.index("@hookimpl\ndef liangcun_indicators")]
    example = {"county_lamps/examples/half.yaml": ""}
    first = write_wheel(
        tmp_path,
        "1.0",
        files={"county_lamps/__init__.py": module, "county_lamps/standards/lamps.yaml": document} | example,
    )
    second = write_wheel(
        tmp_path,
        "1.1",
        files={
            "county_lamps/__init__.py": module,
            "county_lamps/standards/lamps.yaml": document.replace("to: 100", "to: 30"),
        }
        | example,
    )
    assert install(own_liangcun, first).code == 0
    waiting = install(own_liangcun, second)
    assert waiting.code == 2
    assert "add --yes once that is meant" in waiting.err
    assert "220722/county-lamps@2024 → 220722/county-lamps@2024" in waiting.out
    assert "other score" in waiting.out
    assert plugins(own_liangcun)["lamps"]["version"] == "1.0"
    assert install(own_liangcun, second, "--yes").code == 0
    assert plugins(own_liangcun)["lamps"]["version"] == "1.1"
    # The files of the version before stay; going back is an install like any other.
    assert (folder / "liangcun-lamps" / "1.0").is_dir()
    assert install(own_liangcun, first, "--yes").code == 0
    assert plugins(own_liangcun)["lamps"]["version"] == "1.0"


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ({"county_lamps/__init__.py": "1 / 0\n"}, "ZeroDivisionError"),
        ({"county_lamps/standards/lamps.yaml": DOCUMENT + "colour: red\n"}, "there is no such field"),
        (
            {"county_lamps/__init__.py": MODULE.replace("county_lit_lanes_rate", "lit_lanes_rate")},
            "define the indicator lit_lanes_rate differently",
        ),
        ({"county_lamps/standards/lamps.yaml": DOCUMENT.replace("title: 路灯", "title: Lamps")}, "chinese"),
    ],
)
def test_a_plugin_whose_checks_fail_does_not_become_active(
    own_liangcun: Liangcun, folder: Path, tmp_path: Path, files: dict[str, str], told: str
) -> None:
    refused = install(own_liangcun, write_wheel(tmp_path, files=files))
    assert refused.code == 2
    assert told in refused.err
    assert "lamps" not in plugins(own_liangcun)
    assert list(folder.iterdir()) == []


def test_no_level_lets_the_checks_be_skipped(own_liangcun: Liangcun, folder: Path, tmp_path: Path) -> None:
    unsound = {"county_lamps/standards/lamps.yaml": DOCUMENT.replace("title: 路灯", "title: Lamps")}
    refused = install(own_liangcun, write_wheel(tmp_path, files=unsound), "--level", "none")
    assert refused.code == 2
    assert "'none' is none of bronze, silver, gold" in refused.err
    assert "lamps" not in plugins(own_liangcun)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--", "--index-url=x"], "can't be a package's name"),
        (["../lamps"], "can't be a package's name"),
        (["nowhere.whl"], "can't be read"),
        (["liangcun-lamps", "--from", "."], "pip could not"),
        (["liangcun-lamps", "--from", ".", "--level", "iron"], "none of"),
    ],
)
def test_what_can_t_be_installed_is_told_so(
    own_liangcun: Liangcun, folder: Path, arguments: list[str], told: str
) -> None:
    options = [one for one in arguments if one != "--"]
    tail = ["--", options.pop(0)] if arguments[0] == "--" else []
    refused = own_liangcun("plugin", "install", *options, "--reason", "举例", "--language", "en", *tail)
    assert refused.code == 2
    assert told in refused.err


def test_a_plugin_is_found_in_a_folder_of_wheels_by_name_or_by_itself(
    own_liangcun: Liangcun, folder: Path, tmp_path: Path
) -> None:
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    write_wheel(shelf, "1.0")
    write_wheel(shelf, "1.1")
    (shelf / "broken-1.0-py3-none-any.whl").write_bytes(b"")
    assert install(own_liangcun, "liangcun-lamps==1.0", "--from", shelf).code == 0
    assert plugins(own_liangcun)["lamps"]["version"] == "1.0"
    # The digest of one wheel says nothing of a folder, and isn't passed over.
    refused = install(own_liangcun, shelf, "--sha256", "0" * 64)
    assert (refused.code, "name that file" in refused.err) == (2, True)
    assert install(own_liangcun, shelf).code == 0
    assert plugins(own_liangcun)["lamps"]["version"] == "1.1"


def test_a_plugin_for_another_sdk_is_not_installed(
    own_liangcun: Liangcun, folder: Path, tmp_path: Path
) -> None:
    refused = install(own_liangcun, write_wheel(tmp_path, requires="liangcun-standards>=2"))
    assert refused.code == 2
    assert "asks for liangcun-standards >=2" in refused.err


def test_without_a_database_nothing_is_installed(
    run: Liangcun, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIANGCUN_DATABASE_URL", f"sqlite:///{tmp_path}/none.db")
    refused = install(run, write_wheel(tmp_path))
    assert refused.code == 1
    assert "liangcun init" in refused.err
    assert not folder.exists()


def test_a_plugin_is_switched_off_and_on(own_liangcun: Liangcun) -> None:
    off = own_liangcun("plugin", "disable", "sanhua", "--reason", "本县不用", "--language", "en")
    assert (off.code, off.lines) == (0, ["sanhua is off"])
    assert plugins(own_liangcun)["sanhua"]["status"] == "disabled"
    assert own_liangcun("score", "-s", "sanhua").code == 2
    again = own_liangcun("plugin", "disable", "sanhua", "--reason", "本县不用", "--language", "en")
    assert again.lines == ["sanhua was off already"]
    on = own_liangcun("plugin", "enable", "sanhua", "--reason", "恢复", "--language", "en")
    assert on.lines == ["sanhua is on"]
    assert own_liangcun("score", "-s", "sanhua", "--limit", "1").code == 0
    assert own_liangcun("plugin", "enable", "nobody", "--reason", "举例").code == 2


def test_a_running_program_finds_the_first_plugin_that_is_ever_installed(
    own_liangcun: Liangcun, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "load_plugins", load_plugins)
    settings = load_settings()
    running = plugins_of_the_program(settings)
    assert not folder.exists()
    assert running.plugin("lamps") is None

    done = install(own_liangcun, write_wheel(tmp_path))
    assert done.code == 0, done.err
    asyncio.run(_next_question(running, settings))

    found = running.plugin("lamps")
    running.close()
    assert found is not None
    assert found.status is PluginStatus.ACTIVE


async def _next_question(running: PluginRegistry, settings: Settings) -> None:
    async with Database(settings.database_url) as database, database.read() as connection:
        await bring_up_to_date(running, connection)
