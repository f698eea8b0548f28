"""A sensitivity analysis of one result: how firm places and passing are under other choices.

Every run draws weights, fills in what isn't known, takes a normalisation and an aggregation, and ranks the
regions anew. A cut-off stands on the standard's own points. Under another normalisation or aggregation a
total isn't on that scale: as many regions reach the cut-off then as do now (equipercentile linking; Kolen &
Brennan, Test Equating, Scaling, and Linking, Springer, 2014).
Sources: OECD/JRC, Handbook on Constructing Composite Indicators, OECD Publishing, 2008, step 7; Saisana,
Saltelli & Tarantola, Journal of the Royal Statistical Society A 168 (2005).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from liangcun_standards.indicators import Indicator
from liangcun_standards.scoring import ScoreResult
from liangcun_standards.scoring.plan import plan_of
from liangcun_standards.sensitivity.asking import Asked, Choice, Combination, Normalisation
from liangcun_standards.sensitivity.blocks import Block, blocks
from liangcun_standards.sensitivity.climbing import Climber
from liangcun_standards.sensitivity.completing import MOST, Unknowns
from liangcun_standards.sensitivity.drawing import Choices, Runs
from liangcun_standards.sensitivity.indices import Design, Index
from liangcun_standards.sensitivity.judging import Frame
from liangcun_standards.sensitivity.unvaried import not_varied
from liangcun_standards.table import Booleans, Floats, Integers
from liangcun_standards.text import Text

# Called with how many runs are done, and of how many.
Progress = Callable[[int, int], None]

# Numbers a step: a few arrays of this size are at work at a time.
_CELLS = 250_000
_SMALLEST_BASE, _LARGEST_BASE = 64, 512
# The quantiles of a region's places that make up its interval.
LOW, MIDDLE, HIGH = 0.05, 0.5, 0.95


@dataclass(frozen=True)
class Analysis:
    """What the runs come to over the regions within a place; n regions.

    `ranked`: (n,). `rank`: (n,) places as things stand, 0 for none. `low`, `median`, `high`: (n,) the 5%, 50%
    and 95% quantiles of a region's places over the runs, 0 for who isn't ranked. `pass_share`: (n,) the share
    of the runs in which it passes. `mean_shift`: by how many places a region stands elsewhere, on average.
    `shift`, `passing`: the Sobol indices of two outcomes, that mean shift and how many pass, from
    `index_runs` runs; None where the outcome doesn't vary. `not_varied`: what has stayed as it is, in words.
    """

    result: ScoreResult
    asked: Asked
    rows: slice
    ranked: Booleans
    rank: Integers
    low: Integers
    median: Integers
    high: Integers
    pass_share: Floats
    mean_shift: float
    varied: tuple[Choice, ...]
    index_runs: int
    shift: Mapping[Choice, Index] | None
    passing: Mapping[Choice, Index] | None
    not_varied: tuple[Text, ...]

    @cached_property
    def regions(self) -> list[str]:
        """The regions' codes."""
        return list(self.result.table.regions[self.rows])


def analyse(
    result: ScoreResult,
    indicators: Mapping[str, Indicator],
    asked: Asked,
    within: str | None = None,
    progress: Progress | None = None,
) -> Analysis:
    """The analysis of a result over the regions within a place (a twelve-digit code), or over all.

    `indicators` are those of plugins. The same question over the same result gives the same bytes.
    Raises InvalidSensitivity for fewer than three ranked regions, or more draws × regions than are kept;
    PluginFailed.
    """
    rows = slice(0, len(result)) if within is None else result.rows_within(within)
    asked.check_size(int(result.ranked[rows].sum()))
    return _Work(result, indicators, asked, rows, progress or _unseen).done()


def _unseen(done: int, every: int) -> None:
    """Nobody watches."""


class _Work:
    """One analysis under way."""

    def __init__(
        self,
        result: ScoreResult,
        indicators: Mapping[str, Indicator],
        asked: Asked,
        rows: slice,
        progress: Progress,
    ) -> None:
        self._result, self._asked, self._progress = result, asked, progress
        # One village's weight or value moves its peers: they are put together whole.
        whole = result.standard.peer_relative
        self._all = np.arange(len(result)) if whole else np.arange(rows.start, rows.stop)
        self._frame = Frame(result, rows, rows if whole else slice(0, len(self._all)))
        self._unknowns = Unknowns(result, indicators, rows)
        unknown = asked.unknown and len(self._unknowns.rows) > 0
        self._completions = min(asked.draws, MOST) if unknown else 0
        self._choices = Choices(asked, plan_of(result.standard), max(self._completions, 1))
        ranked = int(self._frame.ranked.sum())
        kind = np.uint16 if ranked < 2**16 else np.uint32
        self._places = np.zeros((asked.draws, ranked), kind)
        self._passes = np.zeros(len(self._frame.ranked), np.int64)

    def done(self) -> Analysis:
        asked, choices = self._asked, self._choices
        runs = choices.at_random(asked.draws, np.random.default_rng([asked.seed, 0]))
        design = self._design()
        if design is not None:
            runs = runs.followed_by(choices.at(self._cube(design)))
        shift, passing = self._run(runs)
        low, median, high = self._quantiles()
        return Analysis(
            result=self._result,
            asked=asked,
            rows=self._frame.rows,
            ranked=self._frame.ranked,
            rank=self._spread(self._frame.rank),
            low=low,
            median=median,
            high=high,
            pass_share=self._passes / asked.draws,
            mean_shift=float(shift[: asked.draws].mean()),
            varied=choices.varied,
            index_runs=len(runs) - asked.draws,
            shift=self._indices(design, shift),
            passing=self._indices(design, passing),
            not_varied=tuple(not_varied(self._result.standard, asked, choices)),
        )

    def _design(self) -> Design[Choice] | None:
        varied = self._choices.varied
        if len(varied) < 2:
            return None
        wanted = max(self._asked.draws // 4, 1)
        base = min(max(1 << (wanted.bit_length() - 1), _SMALLEST_BASE), _LARGEST_BASE)
        weights = self._choices.width - len(_SINGLE)
        groups = [Choice.WEIGHTS] * weights if Choice.WEIGHTS in varied else []
        groups += [one for one in _SINGLE if one in varied]
        return Design(groups, base, self._asked.seed)

    def _indices(self, design: Design[Choice] | None, outcome: Floats) -> Mapping[Choice, Index] | None:
        if design is not None:
            return design.indices(outcome[self._asked.draws :])
        # What varies by itself is behind everything that there is.
        return dict.fromkeys(self._choices.varied, Index(1.0, 0.0, 1.0, 0.0)) if np.ptp(outcome) else None

    def _cube(self, design: Design[Choice]) -> Floats:
        """(runs, width) the design's points, with a number for each choice that isn't varied too."""
        points, weights = design.points(), self._choices.width - len(_SINGLE)
        cube = np.full((len(points), self._choices.width), 0.5)
        every = [Choice.WEIGHTS] * weights + list(_SINGLE)
        cube[:, [place for place, one in enumerate(every) if one in design.names]] = points
        return cube

    def _run(self, runs: Runs) -> tuple[Floats, Floats]:
        """(d,) the mean shift of places, and how many pass, in each run; the rest is kept as it comes."""
        shift, passing = np.zeros(len(runs)), np.zeros(len(runs))
        order = np.lexsort((runs.completion, runs.combination, runs.normalisation))
        random = np.random.default_rng([self._asked.seed, 1])
        done = 0
        for block in blocks(self._unknowns, self._all, self._completions, random):
            climber, numbers = self._climber(block), runs.completion[order]
            inside = order[(numbers >= block.first) & (numbers < block.first + len(block))]
            for piece in self._pieces(runs, inside):
                shift[piece], passing[piece] = self._judge(block, climber, runs, piece)
                done += len(piece)
                self._progress(done, len(runs))
        return shift, passing

    def _climber(self, block: Block) -> Climber:
        among = np.zeros(len(self._all), bool)
        among[self._frame.here] = self._frame.ranked
        return Climber(
            plan=plan_of(self._result.standard),
            block=block,
            given={node: self._choices.given(node) for node in self._choices.nodes},
            scales=np.array([criterion.scale for criterion in self._result.standard.criteria]),
            peers=self._result.table.peers[self._all],
            among=among,
        )

    def _pieces(self, runs: Runs, inside: Integers) -> Iterator[Integers]:
        """The runs of a block piece by piece, each of one normalisation and one aggregation."""
        ways = runs.normalisation[inside] * len(self._asked.combinations) + runs.combination[inside]
        size = max(1, _CELLS // max(len(self._all), 1))
        for way in np.split(inside, np.flatnonzero(np.diff(ways)) + 1):
            for first in range(0, len(way), size):
                yield way[first : first + size]

    def _way(self, runs: Runs, run: int) -> tuple[Normalisation, Combination]:
        asked = self._asked
        return asked.normalisations[runs.normalisation[run]], asked.combinations[runs.combination[run]]

    def _judge(self, block: Block, climber: Climber, runs: Runs, piece: Integers) -> tuple[Floats, Floats]:
        frame, part, way = self._frame, runs.take(piece), self._way(runs, piece[0])
        climbed = climber.climb(part, *way)
        totals = frame.totals(block, part.completion, climbed)
        own = way == (Normalisation.RULES, Combination.OWN)
        passed = frame.passed(block, part.completion, climbed, totals, own_scale=own)
        places = frame.places(totals[:, frame.ranked])
        drawn = piece < self._asked.draws
        self._places[piece[drawn]] = places[drawn]
        self._passes += passed[drawn].sum(axis=0)
        return np.abs(places - frame.rank).mean(axis=1), passed.sum(axis=1).astype(np.float64)

    def _quantiles(self) -> tuple[Integers, Integers, Integers]:
        """(n,) each: places that occur, the first from which on the share of the runs is reached."""
        count = len(self._places)
        at = [max(int(np.ceil(share * count)) - 1, 0) for share in (LOW, MIDDLE, HIGH)]
        ordered = np.partition(np.ascontiguousarray(self._places.T), sorted(set(at)), axis=1)
        low, median, high = (self._spread(ordered[:, place]) for place in at)
        return low, median, high

    def _spread(self, figures: Integers) -> Integers:
        """(n,) figures of the ranked, 0 for the others."""
        found = np.zeros(len(self._frame.ranked), np.int64)
        found[self._frame.ranked] = figures
        return found


# The choices that one number says.
_SINGLE = (Choice.UNKNOWN, Choice.NORMALISATION, Choice.COMBINATION)
