"""Plugins made for a test: packages with real metadata, in a folder that is put on the path."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib.metadata import EntryPoint, distributions
from pathlib import Path

import pytest
from tests.standards.document.documents import LAMPS

FIXTURES = Path(__file__).parents[2] / "fixtures" / "plugins"

INDICATORS = """\
from liangcun_standards import Indicator, StandardText, documents_in, hookimpl

def rate(code, name="亮化率"):
    return Indicator(code=code, name=name, name_en=code, kind="rate", unit="percent", definition="举例",
                     definition_en="example", source="举例")
"""


def hook(name: str, body: str) -> str:
    """A hook that does this."""
    return f"\n@hookimpl\ndef {name}():\n    {body}\n"


STANDARDS = hook("liangcun_standards", "return documents_in(__name__)")
RATES = 'return [rate("lit_lanes_rate"), rate("lamps_working_rate", "路灯完好率")]'
GOOD = INDICATORS + hook("liangcun_indicators", RATES) + STANDARDS


class Packages:
    """A folder of plugins; each is a package, a distribution and an entry point."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._modules: list[str] = []

    def add(
        self,
        name: str,
        module: str = GOOD,
        documents: dict[str, str | bytes] | None = None,
        requires: str = "liangcun-standards>=0.1,<0.2",
        distribution: str | None = None,
    ) -> None:
        """A plugin with this code in its module and these documents in its folder `standards`."""
        distribution = distribution or f"example-{name}"
        package = distribution.replace("-", "_")
        self._modules.append(package)
        standards = self.folder / package / "standards"
        standards.mkdir(parents=True)
        (self.folder / package / "__init__.py").write_text(module, encoding="utf-8")
        for file, text in (documents or {}).items():
            (standards / file).write_bytes(text if isinstance(text, bytes) else text.encode())
        metadata = self.folder / f"{package}-1.2.dist-info"
        metadata.mkdir()
        (metadata / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.2\nRequires-Dist: {requires}\n",
            encoding="utf-8",
        )
        (metadata / "entry_points.txt").write_text(f"[liangcun]\n{name} = {package}\n", encoding="utf-8")

    def install(self, fixture: str, requires: str = "liangcun-standards>=0.1,<0.2") -> None:
        """A plugin of tests/fixtures/plugins, under its name with hyphens."""
        name = fixture.replace("_", "-")
        folder = FIXTURES / fixture
        documents = {one.name: one.read_bytes() for one in folder.glob("standards/*.yaml")}
        module = (folder / "__init__.py").read_text(encoding="utf-8")
        self.add(name, module, dict(documents), requires=requires)

    def points(self) -> list[EntryPoint]:
        """The entry points of every plugin in the folder."""
        found = distributions(path=[str(self.folder)])
        return [point for one in found for point in one.entry_points if point.group == "liangcun"]

    def forget(self) -> None:
        """Take the imported modules away again."""
        for module in self._modules:
            sys.modules.pop(module, None)


@pytest.fixture
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Packages]:
    """An empty folder of plugins, on the path for as long as the test runs."""
    monkeypatch.syspath_prepend(str(tmp_path))
    made = Packages(tmp_path)
    yield made
    made.forget()


def lamps(jurisdiction: str = "220722", indicator: str = "lit_lanes_rate") -> str:
    """A standard that the good plugin's indicators score."""
    return LAMPS.replace("220722", jurisdiction).replace("lit_lanes_rate", indicator)
