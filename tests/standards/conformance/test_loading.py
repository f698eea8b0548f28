"""What a plugin does while it is loaded is found and named, and what it starts ends with the check."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest
from tests.standards.conformance.cases import Asked, asked
from tests.standards.conformance.projects import HOOK, INIT, write_project

from liangcun_standards.conformance import Level, apart, check_apart, find_subject

__all__ = ["asked"]  # a fixture, found by its name

_FIRST = '"""Lamps'
_PLACE = f"{INIT}:"


def _at_import(code: str) -> tuple[str, str, str]:
    return (INIT, HOOK, f"{code}\n\n\n{HOOK}")


def _gone(process: int) -> bool:
    """Whether a process has ended, or is about to be collected by whoever has it now."""
    for _ in range(200):
        try:
            state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
            os.kill(process, 0)
        except (ProcessLookupError, FileNotFoundError):
            return True
        if state == "Z":
            return True
        time.sleep(0.05)
    return False


@pytest.mark.parametrize(
    ("code", "words"),
    [
        pytest.param("print('hello from lamps')", "it prints: hello from lamps", id="print"),
        pytest.param("import os\nos.write(2, b'straight out')", "it prints: straight out", id="the stream"),
        pytest.param(
            "import logging\nlogging.warning('no lamps')", "it prints: WARNING:root:no lamps", id="logging"
        ),
        pytest.param("open('FOLDER/kept.txt', 'w').close()", "writes a file FOLDER/kept.txt", id="open"),
        pytest.param(
            "from pathlib import Path\nPath('FOLDER/kept.txt').write_text('x')",
            "writes a file FOLDER/kept.txt",
            id="pathlib",
        ),
        pytest.param(
            "import os\nos.close(os.open('FOLDER/kept.txt', os.O_CREAT | os.O_WRONLY))",
            "writes a file FOLDER/kept.txt",
            id="os.open",
        ),
        pytest.param(
            "import os\nos.makedirs('FOLDER/kept', exist_ok=True)", "changes files FOLDER/kept", id="mkdir"
        ),
        pytest.param(
            "import sqlite3\nsqlite3.connect('FOLDER/kept.db').close()",
            "changes files FOLDER/kept.db",
            id="a database",
        ),
        pytest.param(
            "import subprocess\nsubprocess.run(['true'], check=True)", "starts a program true", id="program"
        ),
        pytest.param(
            "import threading\nthreading.Thread(target=threading.Event().wait, daemon=True).start()",
            "starts a thread",
            id="thread",
        ),
        pytest.param(
            "import socket\ntry:\n    socket.create_connection(('127.0.0.1', 9), 0.1)\nexcept OSError:\n"
            "    pass",
            "uses the network ('127.0.0.1', 9)",
            id="network",
        ),
        pytest.param(
            "import os\nos.environ['LAMPS'] = '1'", "changes the environment LAMPS", id="environment"
        ),
        pytest.param("import shutil\nshutil.rmtree = print", "it changes shutil.rmtree", id="a function"),
        pytest.param(
            "import threading\nthreading.Thread.join = print", "it changes threading.Thread.join", id="method"
        ),
        pytest.param(
            "import threading\nthreading.Thread.__init__ = print",
            "it changes threading.Thread.__init__",
            id="initialiser",
        ),
        pytest.param(
            "import builtins\nonce = builtins.__import__\n"
            "builtins.__import__ = lambda *some, **more: once(*some, **more)",
            "it changes builtins.__import__",
            id="import",
        ),
        pytest.param("import numpy as np\nnp.random.seed(1)", "it changes numpy.random", id="chance"),
        pytest.param("import random\nrandom.random()", "it changes random", id="Python's chance"),
        pytest.param("import sys\nsys.path.append('lamps')", "it changes sys.path", id="path"),
        pytest.param(
            "import warnings\nwarnings.simplefilter('ignore')", "it changes warnings.filters", id="warnings"
        ),
    ],
)
def test_what_a_plugin_does_at_import_is_named(asked: Asked, tmp_path: Path, code: str, words: str) -> None:
    folder = str(tmp_path)

    faults, _ = asked("quiet-import", _at_import(code.replace("FOLDER", folder)))

    assert any(words.replace("FOLDER", folder) in one for one in faults), faults


def test_a_deed_is_told_with_the_line_that_does_it(asked: Asked) -> None:
    [fault], _ = asked("quiet-import", (INIT, _FIRST, f"import os\nos.environ['LAMPS'] = '1'\n{_FIRST}"))

    assert fault == f"{INIT}:2: changes the environment LAMPS"


def test_what_a_hook_does_is_told_too(asked: Asked) -> None:
    talking = (
        INIT,
        "    return documents_in(__name__)",
        "    print('hi')\n    return documents_in(__name__)",
    )

    assert asked("quiet-import", talking)[0] == ["it prints: hi"]


def test_a_plugin_that_only_defines_is_quiet(asked: Asked) -> None:
    reading = _at_import(
        "import json, logging, os, sqlite3\nfrom pathlib import Path\nTEXT = Path(__file__).read_text()\n"
        "sqlite3.connect(':memory:').close()\n"
        "with open(os.devnull, 'w') as nowhere:\n    json.dump(TEXT, nowhere)"
    )

    assert asked("quiet-import", reading)[0] == []


@pytest.mark.parametrize(
    ("code", "words"),
    [
        pytest.param(
            "import importlib\nrules = importlib.import_module('liangcun_standards.rules.base')",
            "liangcun_standards.rules.base may not be imported",
            id="import_module",
        ),
        pytest.param(
            "rules = __import__('liangcun_standards.rules.base')",
            "liangcun_standards.rules.base may not be imported",
            id="__import__",
        ),
        pytest.param(
            "from importlib import import_module\nrules = import_module('liangcun_' + 'standards.rules')",
            "liangcun_standards.rules may not be imported",
            id="in two pieces",
        ),
        pytest.param(
            "import liangcun_standards\nCurve = liangcun_standards.rules.base.CurveRule",
            "liangcun_standards.rules may not be imported",
            id="an attribute",
        ),
        pytest.param(
            "import liangcun_standards as sdk\nrules = getattr(sdk, 'rules')",
            "liangcun_standards.rules may not be imported",
            id="getattr",
        ),
        pytest.param(
            "import sys\nrules = sys.modules['liangcun_standards.rules']",
            "liangcun_standards.rules may not be imported",
            id="sys.modules",
        ),
        pytest.param(
            "import importlib\nrules = importlib.import_module('.'.join(['liangcun_standards', 'rules']))",
            "county_lamps.rules is liangcun_standards.rules, inside the SDK",
            id="a name put together",
        ),
        pytest.param(
            "import sys\nfrom liangcun_standards import Rule\nhome = vars(sys)['modules'][Rule.__module__]\n"
            "known = home.known_indicator\ndel home",
            "county_lamps.known is liangcun_standards.rules.base.known_indicator, inside the SDK",
            id="a function by way of a class",
        ),
        pytest.param(
            "import importlib\nhttpx = importlib.util.find_spec('httpx')",
            "httpx may not be imported",
            id="another package",
        ),
    ],
)
def test_the_inside_of_the_sdk_is_found_by_whatever_way(asked: Asked, code: str, words: str) -> None:
    faults, _ = asked("public-imports", _at_import(code))

    assert any(words in one for one in faults), faults


def test_public_names_may_be_used_by_any_way(asked: Asked) -> None:
    public = _at_import(
        "import importlib\nimport liangcun_standards as sdk\nimport liangcun_standards.vocabulary\n"
        "from liangcun_standards.conformance import check_apart\n"
        "Curve = sdk.CurveRule\nLevel = liangcun_standards.vocabulary.RegionLevel\n"
        "again = importlib.import_module('liangcun_standards')\n"
        "own = importlib.import_module('.standards', __name__) if False else None\n"
        "version = sdk.__name__"
    )

    assert asked("public-imports", public)[0] == []


def test_what_a_plugin_starts_ends_with_the_check_and_does_not_hold_it_up(tmp_path: Path) -> None:
    code = (
        "import subprocess, sys\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        f"with open({str(tmp_path / 'children')!r}, 'a') as kept:\n    kept.write(f'{{child.pid}}\\n')"
    )
    [subject] = find_subject(str(write_project(tmp_path / "project", _at_import(code))))

    report = check_apart(subject, seconds=100.0)

    assert {one.code for one in report.findings if not one.holds} == {"quiet-import"}
    assert report.level is Level.BRONZE
    children = (tmp_path / "children").read_text().split()
    assert children
    assert all(_gone(int(one)) for one in children)


def test_what_is_left_in_the_checking_process_s_group_ends_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    child = tmp_path / "child"
    left = (
        "import subprocess, sys\n"
        "left = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        f"open({str(child)!r}, 'w').write(str(left.pid))\n"
    )
    monkeypatch.setattr(apart, "_BOOT", left + apart._BOOT)
    [subject] = find_subject(str(write_project(tmp_path / "project")))

    report = check_apart(subject, seconds=100.0)

    assert report.level is Level.GOLD
    assert _gone(int(child.read_text()))


def test_the_plugin_s_own_code_never_runs_in_the_process_that_checks(asked: Asked) -> None:
    assert asked("worked-examples")[0] == []
    assert "county_lamps" not in sys.modules
