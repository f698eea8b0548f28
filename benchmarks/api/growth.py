"""How time grows with the page size: the figures, and the drawing of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log10
from statistics import median
from xml.sax.saxutils import escape

from benchmarks.api.measuring import Series

SIZES = (10, 30, 100, 300, 1000)

_WIDTH, _HEIGHT = 800, 460
_LEFT, _RIGHT, _TOP, _BOTTOM = 70, 240, 50, 60
_COLOURS = ("#c0392b", "#2c6fbb", "#6b6b6b", "#2e8b57")
_SIZES_FROM, _SIZES_TO = 8.0, 1250.0


@dataclass(frozen=True, slots=True)
class Curve:
    """One server: milliseconds of a request by page size, one client, the median of all requests."""

    name: str
    milliseconds: dict[int, float]

    @property
    def exponent(self) -> float:
        """The slope between the last two decades of sizes in a log-log drawing: 1 is linear."""
        low, high = 100, 1000
        return log10(self.milliseconds[high] / self.milliseconds[low]) / log10(high / low)


def curves(series: Sequence[Series]) -> list[Curve]:
    """The curve of each server from its series, one for each page size."""
    by_server: dict[str, dict[int, float]] = {}
    for one in (one for one in series if one.slots):
        (variables,) = one.workload.variables
        latencies = [latency for slot in one.slots for latency in slot.latencies]
        by_server.setdefault(one.server.kind.name, {})[variables["first"]] = median(latencies)
    return [Curve(name, times) for name, times in by_server.items()]


def drawing(found: Sequence[Curve]) -> str:
    """The curves as an SVG, both axes logarithmic; a dashed line beside the first grows as the page does."""
    times = [time for curve in found for time in curve.milliseconds.values()]
    axes = _Axes(10 ** (int(log10(min(times)) + 10) - 10), max(times) * 1.3)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" '
        'font-family="sans-serif" font-size="13">',
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="white"/>',
        _text(_LEFT, 24, "Time of a page of villages with township and 20 observations each", bold=True),
        *axes.grid(),
    ]
    for place, (curve, colour) in enumerate(zip(found, _COLOURS, strict=False)):
        points = [(axes.x(size), axes.y(time)) for size, time in sorted(curve.milliseconds.items())]
        line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{colour}"/>' for x, y in points]
        last = curve.milliseconds[max(curve.milliseconds)]
        height = _TOP + 20 + 44 * place
        parts.append(f'<circle cx="{_WIDTH - _RIGHT + 22}" cy="{height - 4}" r="4" fill="{colour}"/>')
        parts.append(_text(_WIDTH - _RIGHT + 32, height, curve.name))
        told = f"1,000: {last:,.0f} ms, slope {curve.exponent:.2f}"
        parts.append(_text(_WIDTH - _RIGHT + 32, height + 17, told, grey=True))
    height = _TOP + 20 + 44 * len(found)
    parts.append(axes.linear(found[0]))
    parts.append(_dashed(_WIDTH - _RIGHT + 14, height - 4, _WIDTH - _RIGHT + 30, height - 4))
    parts.append(_text(_WIDTH - _RIGHT + 36, height, "as the page grows"))
    parts.append("</svg>")
    return "\n".join(parts) + "\n"


@dataclass(frozen=True, slots=True)
class _Axes:
    """Where a size and a time stand in the drawing."""

    low: float
    high: float

    def x(self, size: float) -> float:
        """From the left."""
        share = log10(size / _SIZES_FROM) / log10(_SIZES_TO / _SIZES_FROM)
        return _LEFT + share * (_WIDTH - _LEFT - _RIGHT)

    def y(self, time: float) -> float:
        """From the top."""
        share = log10(time / self.low) / log10(self.high / self.low)
        return _HEIGHT - _BOTTOM - share * (_HEIGHT - _TOP - _BOTTOM)

    def grid(self) -> list[str]:
        """Lines and their figures."""
        parts = []
        for size in SIZES:
            x = self.x(size)
            parts.append(_line(x, _TOP, x, _HEIGHT - _BOTTOM))
            parts.append(_text(x, _HEIGHT - _BOTTOM + 20, f"{size:,}", anchor="middle"))
        time = self.low
        while time <= self.high:
            for step in (1, 2, 5):
                if time * step <= self.high:
                    y = self.y(time * step)
                    parts.append(_line(_LEFT, y, _WIDTH - _RIGHT, y))
                    parts.append(_text(_LEFT - 8, y + 4, f"{time * step:g}", anchor="end"))
            time *= 10
        middle = (_LEFT + _WIDTH - _RIGHT) / 2
        parts.append(_text(middle, _HEIGHT - 16, "villages on a page", anchor="middle"))
        parts.append(_text(_LEFT - 8, _TOP - 10, "ms", anchor="end"))
        return parts

    def linear(self, curve: Curve) -> str:
        """A dashed line that grows as the page does, through the curve's time of 100."""
        middle = curve.milliseconds[100]
        low, high = (max(middle * size / 100, self.low) for size in (10, 1000))
        ends = [(self.x(100 * time / middle), self.y(time)) for time in (low, min(high, self.high))]
        (x1, y1), (x2, y2) = ends
        return _dashed(x1, y1, x2, y2)


def _dashed(x1: float, y1: float, x2: float, y2: float) -> str:
    return (
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" '
        f'stroke="{_COLOURS[0]}" stroke-dasharray="3 5" opacity="0.6"/>'
    )


def _line(x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="#e3e3e3"/>'


def _text(
    x: float, y: float, words: str, *, anchor: str = "start", bold: bool = False, grey: bool = False
) -> str:
    weight = ' font-weight="bold"' if bold else ""
    colour = "#777" if grey else "#222"
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}"{weight}>{escape(words)}</text>'
    )
