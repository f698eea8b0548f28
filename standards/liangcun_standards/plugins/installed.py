"""What is installed under the entry-point group: names, versions, the SDK range that each declares."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.metadata import EntryPoint, PackageNotFoundError, distribution, entry_points, version
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from liangcun_standards.plugins.hookspecs import GROUP

_SDK = "liangcun-standards"
# The distribution that joins the parts of the product: what it requires is what ships.
_WHOLE = "liangcun"


@dataclass(frozen=True)
class Installed:
    """An entry point and the distribution that it came in.

    `supported`: whether the SDK range that it declares holds the SDK installed. `ships`: whether it is part
    of the product.
    """

    point: EntryPoint
    distribution: str | None
    version: str | None
    sdk: str | None
    supported: bool
    ships: bool

    @property
    def name(self) -> str:
        """The plugin's name."""
        return self.point.name


def installed_points() -> Iterable[EntryPoint]:
    """The entry points of every plugin where Python finds modules by itself."""
    return entry_points(group=GROUP)


def look_at(point: EntryPoint) -> Installed:
    """What an entry point says of itself; none of the plugin's code runs.

    Raises InvalidRequirement for a distribution whose metadata can't be read.
    """
    found = point.dist
    if found is None:
        return Installed(point, None, None, None, supported=True, ships=False)
    name = found.metadata["Name"]
    wanted = _sdk_range(found.requires or ())
    return Installed(
        point=point,
        distribution=name,
        version=found.version,
        sdk=wanted,
        supported=wanted is None or _holds(wanted),
        ships=canonicalize_name(name or "") in _shipped() and _beside_the_sdk(point),
    )


def sdk_version() -> str:
    """The version of the SDK that is installed."""
    return version(_SDK)


def _sdk_range(requires: Iterable[str]) -> str | None:
    for one in requires:
        requirement = Requirement(one)
        if canonicalize_name(requirement.name) == _SDK and _applies(requirement):
            return str(requirement.specifier)
    return None


def _applies(requirement: Requirement) -> bool:
    return requirement.marker is None or requirement.marker.evaluate({"extra": ""})


def _holds(wanted: str) -> bool:
    return Requirement(f"{_SDK}{wanted}").specifier.contains(sdk_version(), prereleases=True)


@cache
def _shipped() -> frozenset[str]:
    """The distributions that ship, by their canonical names; none where the parts were installed apart."""
    try:
        requires = distribution(_WHOLE).requires or ()
    except PackageNotFoundError:
        return frozenset()
    found = set()
    for one in requires:
        try:
            found.add(canonicalize_name(Requirement(one).name))
        except InvalidRequirement:
            continue
    return frozenset(found)


def _beside_the_sdk(point: EntryPoint) -> bool:
    """Whether a distribution lies where Python finds modules by itself, not in a folder of plugins."""
    assert point.dist is not None
    place = Path(str(point.dist.locate_file(""))).resolve()
    return str(place) in {str(Path(one).resolve()) for one in sys.path if one}


def paths_of(point: EntryPoint) -> list[str]:
    """Where the plugin's modules are found: its own folder first, then wherever this program finds its."""
    # Whole, since a worker may have been started in another folder than this program is in now.
    own = [] if point.dist is None else [str(Path(str(point.dist.locate_file(""))).resolve())]
    return list(dict.fromkeys([*own, *sys.path]))
