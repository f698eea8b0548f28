"""Units in both languages, so that "3328 lamp" reads 3328 盏 and 3328 lamps."""

from __future__ import annotations

from typing import NamedTuple

from liangcun_standards.text import Text, format_number


class _Unit(NamedTuple):
    zh: str
    one: str
    many: str


def _counted(zh: str, one: str, many: str | None = None) -> _Unit:
    return _Unit(zh, one, many or f"{one}s")


# Symbols (km, mu, CNY) have no plural in English.
_UNITS = {
    "CNY": _Unit("元", "CNY", "CNY"),
    "CNY/household": _Unit("元/户", "CNY/household", "CNY/household"),
    "CNY/village": _Unit("元/村", "CNY/village", "CNY/village"),
    "CNY/year": _Unit("元/年", "CNY/year", "CNY/year"),
    "banner": _counted("面", "banner"),
    "day/week": _counted("天/周", "day a week", "days a week"),
    "group": _counted("组", "group"),
    "household": _counted("户", "household"),
    "km": _Unit("公里", "km", "km"),
    "lamp": _counted("盏", "lamp"),
    "m": _Unit("米", "m", "m"),
    "mark": _counted("分", "mark"),
    "message": _counted("条", "message"),
    "mu": _Unit("亩", "mu", "mu"),
    "person": _counted("人", "person", "people"),
    "person-time": _counted("人次", "attendance"),
    "person-visit": _counted("人次", "person-visit"),
    "point": _counted("积分", "point"),
    "session": _counted("场次", "session"),
    "shop": _counted("个", "shop"),
    "site": _counted("处", "site"),
    "team-visit": _counted("组次", "team-visit"),
    "time": _counted("次", "time"),
    "tonne": _counted("吨", "tonne"),
    "township": _counted("个乡镇", "township"),
    "tree": _counted("棵", "tree"),
    "tree/household": _counted("棵/户", "tree a household", "trees a household"),
    "tun": _counted("个屯", "tun"),
    "village": _counted("个村", "village"),
    "zone": _counted("个片区", "zone"),
}


def with_unit(value: float, unit: str | None) -> Text:
    """A figure with its unit as a reader expects it; a unit that isn't known here is shown as written."""
    number = format_number(value)
    if unit is None:
        return Text(number, number)
    if unit == "percent":
        return Text(f"{number}%", f"{number}%")
    known = _UNITS.get(unit)
    if known is None:
        return Text(f"{number} {unit}", f"{number} {unit}")
    return Text(f"{number} {known.zh}", f"{number} {known.one if number == '1' else known.many}")
