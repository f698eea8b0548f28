"""Random standards, every feature of the format now and then, and random villages to score by them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st
from tests.standards.scoring.catalogue import CLASS, EVENTS, INDICATORS, figures
from tests.standards.scoring.rule_documents import PEERLESS, RULES, Document, Drawn, condition, rule
from tests.standards.scoring.scene import Reading, Readings, Scene

from liangcun_standards import Input, Period, Standard
from liangcun_standards.scoring import sub_periods

SOURCE = {"status": "interpretation", "text": "测试"}
MEANS = ("sum", "weighted_mean", "geometric_mean", "minimum")
# Consistent pairwise matrices of one, two and three children.
PAIRWISE = {1: [[1]], 2: [[1, 3], [1]], 3: [[1, "1/2", 2], [1, 4], [1]]}


@dataclass(frozen=True)
class Wanted:
    """What kind of standard: whether each criterion reads an indicator once, and what may be in it.

    With `sums` groups are the sums of what they hold, and every criterion applies to everybody.
    """

    apart: bool = True
    peers: bool = False
    outcome: bool = True
    blend: bool = False
    leave_out: bool = True
    sums: bool = False
    kinds: Sequence[str] = ()

    def rules(self) -> Sequence[str]:
        """The kinds of rule."""
        return self.kinds or (tuple(RULES) if self.peers else PEERLESS)


def titled(code: str) -> Document:
    """A code with titles."""
    return {"code": code, "title": code, "title_en": code}


def standard_document(groups: Sequence[Document], **more: Any) -> Document:
    """A standard's document around its groups."""
    return {
        "jurisdiction": "220722",
        **titled("test"),
        "version": "1",
        "effective": {"from": "2020-01-01"},
        "source": SOURCE,
        "level": "village",
        "groups": list(groups),
        **more,
    }


class Author:
    """Writes one standard, piece by piece, from what Hypothesis draws."""

    def __init__(self, draw: st.DrawFn, wanted: Wanted) -> None:
        self.draw = draw
        self.wanted = wanted
        self.numbers = 0
        self.any = Drawn(draw)

    def code(self, what: str) -> str:
        """A code that nothing else has."""
        self.numbers += 1
        return f"{what}{self.numbers}"

    def policy(self) -> Document:
        """What becomes of missing values; now and then nothing is said."""
        policies = ("fail", "bound", *(["leave_out"] if self.wanted.leave_out else []))
        return {} if self.any.chance(2) else {"missing": self.any.one_of(*policies)}

    def criterion(self) -> Document:
        """A criterion with any rule."""
        drawn = Drawn(self.draw, apart=self.wanted.apart, peers=self.wanted.peers)
        kind = drawn.one_of(*self.wanted.rules())
        most = drawn.one_of(10, 5, 2.5, 1, 0)
        document = {
            **titled(self.code("c")),
            "max_score": most,
            "rule": rule(drawn, kind, most or 1.0),
            "pass_share": drawn.one_of(1, 0.6, 0.5),
            "source": SOURCE,
            **self.policy(),
        }
        if not self.wanted.sums and drawn.chance(4):
            document["applies_when"] = condition(drawn, 0)
        if drawn.chance(4):
            document["weight"] = drawn.one_of(1, 2, 0.5, 0)
        if drawn.chance(4):
            document["veto"] = True
        return document

    def group(self, depth: int) -> Document:
        """A group of criteria, or of criteria and groups."""
        size = self.any.one_of(1, 2, 3)
        criteria = [self.criterion() for _ in range(size)]
        document: Document = {**titled(self.code("g")), "criteria": criteria}
        nested = depth > 0 and self.any.chance(4)
        if nested:
            document["groups"] = [self.group(depth - 1)]
        if self.any.chance(4):
            document["max_score"] = self.any.one_of(20, 7)
        if self.any.chance(4):
            # More than the group is worth is refused.
            document["min_score"] = min(self.any.one_of(2, 5), _worth(document))
        if self.any.chance(4):
            document["weight"] = self.any.one_of(1, 3)
        methods = (*MEANS, *(["pass_count"] if not nested else []))
        document["aggregation"] = self.aggregation(methods, size + nested)
        return document

    def aggregation(self, methods: Sequence[str], size: int) -> Document:
        """How a number of children are put together."""
        if self.wanted.sums:
            return {"method": "sum"}
        method = self.any.one_of(*methods, *(["topsis"] if self.wanted.peers else []))
        document: Document = {"method": method}
        if method in ("sum", "minimum", "pass_count"):
            return document
        weights = ["given", *(["entropy"] if self.wanted.peers else [])]
        if size in PAIRWISE:
            weights.append("ahp")
        chosen = self.any.one_of(*weights)
        return document | ({"weights": {"ahp": PAIRWISE[size]}} if chosen == "ahp" else {"weights": chosen})

    def outcome(self, codes: Sequence[str]) -> Document:
        """Entry, adjustments, tiers, grades, passing, classes; each now and then."""
        found: Document = {"ties": self.any.one_of("competition", "dense")}
        if self.any.chance():
            found["entry"] = [
                {**titled(self.code("e")), "require": condition(Drawn(self.draw), 1), "source": SOURCE}
            ]
        if self.any.chance():
            found["adjustments"] = [self.adjustment() for _ in range(self.any.one_of(1, 2))]
        tiers = [
            {**titled(self.code("t")), "requires": [self.any.one_of(*codes)]}
            for _ in range(self.any.one_of(0, 1, 2))
        ]
        found["tiers"] = tiers
        cuts = sorted(self.draw(st.sets(st.sampled_from((0, 2, 5, 8, 12)), max_size=3)), reverse=True)
        grades = [
            {
                **titled(self.code("d")),
                "min_score": cut,
                **({"tier": self.any.one_of(*tiers)["code"]} if tiers and self.any.chance() else {}),
            }
            for cut in cuts
        ]
        found["grades"] = grades
        found["passing"] = self.passing([grade["code"] for grade in grades])
        if self.any.chance():
            found["classes"] = {"indicator": CLASS}
        return found

    def passing(self, grades: Sequence[str]) -> Document:
        """What a village needs to pass."""
        wanted: Document = {}
        if grades and self.any.chance(2):
            wanted["grade"] = self.any.one_of(*grades)
        if self.any.chance(3):
            wanted["min_score"] = self.any.one_of(5, 2, 0)
        if self.any.chance(4):
            wanted["min_passed"] = self.any.one_of(1, 2)
        if self.any.chance(6):
            wanted["all_criteria"] = True
        return wanted

    def adjustment(self) -> Document:
        """A bonus or a penalty; events whose absence means none are counted by an indicator of their own."""
        missing = self.any.one_of("bound", "none")
        return {
            **titled(self.code("a")),
            "kind": self.any.one_of("bonus", "penalty"),
            "indicator": EVENTS[2] if missing == "none" else self.any.one_of(*EVENTS[:2]),
            "per": self.any.one_of(2, 0.5),
            "cap": self.any.one_of(4, 10),
            "missing": missing,
            "source": SOURCE,
        }

    def standard(self) -> Document:
        """The whole."""
        groups = [self.group(1) for _ in range(self.any.one_of(1, 2))]
        document = standard_document(
            groups,
            aggregation=self.aggregation(MEANS, len(groups)),
            waived=self.any.one_of("leave_out", "full"),
            decimals=self.any.one_of(2, 0, 6),
            **self.policy(),
        )
        if not self.wanted.leave_out and "missing" not in document:
            document["missing"] = "bound"
        if self.any.chance(4):
            document["max_score"] = 100
        if self.any.chance(4):
            document["min_completeness"] = 0.5
        if self.wanted.outcome:
            codes = [one["code"] for one in groups] + [one["code"] for g in groups for one in g["criteria"]]
            document |= self.outcome(codes)
        if self.wanted.blend:
            document["blend"] = self.any.one_of(*_BLENDS)
        if all(one["max_score"] == 0 for g in groups for one in g["criteria"]):
            groups[0]["criteria"][0]["max_score"] = 1
        return document


_BLENDS = (
    [{"over": "quarters", "weight": 0.7}, {"over": "period", "weight": 0.3}],
    [{"over": "halves", "weight": 1}],
    [{"over": "period", "weight": 2}, {"over": "halves", "weight": 1}],
)


@st.composite
def standards(draw: st.DrawFn, wanted: Wanted) -> Standard:
    """Valid standards over the small catalogue."""
    document = Author(draw, wanted).standard()
    for group in document["groups"]:
        _repair(group)
    standard = Standard.model_validate(document)
    standard.check(INDICATORS)
    return standard


def _repair(group: Document) -> None:
    """Weights that sum to zero are an error of the document."""
    worthy = [one for one in group["criteria"] if one["max_score"] > 0]
    if all(one.get("weight", 1) == 0 for one in worthy):
        for one in worthy:
            one.pop("weight", None)
    for one in group.get("groups", ()):
        _repair(one)


def readings_of(code: str) -> tuple[Reading | None, ...]:
    """What may be on record for an indicator: mostly a value, now and then a bound or nothing."""
    exact = [Reading("exact", value) for value in figures(code)]
    # A yes or a no, and an answer, is known or it isn't.
    if INDICATORS[code].kind in ("boolean", "choice"):
        return (*exact, *exact, None)
    bounds = [Reading("at_least", exact[0].value), Reading("at_most", exact[0].value)]
    return (*exact, None, *bounds, Reading("at_least", exact[3].value), None)


@st.composite
def villages(draw: st.DrawFn, sources: Sequence[Input], size: int, *, known: bool = False) -> list[Readings]:
    """Readings for a number of villages; with `known` all are exact."""
    found: list[Readings] = []
    for _ in range(size):
        one = {}
        for source in sources:
            options = readings_of(source.indicator)
            if known:
                options = tuple(Reading("exact", value) for value in figures(source.indicator))
            reading = draw(st.sampled_from(options))
            if reading is not None:
                one[source] = reading
        found.append(one)
    return found


PERIOD = Period.parse("2023")


@st.composite
def scenes(
    draw: st.DrawFn, standard: Standard, *, most: int = 4, groups: int = 1, known: bool = False
) -> Scene:
    """Villages of one or more peer groups to score by a standard."""
    peers = sorted(draw(st.lists(st.integers(0, groups - 1), min_size=1, max_size=most)))
    codes = [f"{220722 + peer}100{place + 200:03d}" for place, peer in enumerate(peers)]
    parts = {}
    for period in sub_periods(standard, PERIOD):
        if draw(st.integers(0, 3)):
            parts[str(period)] = draw(villages(standard.inputs, len(peers), known=known))
    exempt = draw(exemptions(standard, len(peers)))
    main = draw(villages(standard.inputs, len(peers), known=known))
    return Scene(PERIOD, codes, peers, main, parts, exempt["waived"], exempt["not_applicable"])


@st.composite
def exemptions(draw: st.DrawFn, standard: Standard, size: int) -> dict[str, dict[str, frozenset[int]]]:
    """Now and then a criterion with exempt villages."""
    found: dict[str, dict[str, frozenset[int]]] = {"waived": {}, "not_applicable": {}}
    if draw(st.integers(0, 2)) < 2:
        return found
    for kind in found.values():
        criterion = draw(st.sampled_from(standard.criteria))
        kind[criterion.code] = draw(st.frozensets(st.integers(0, size - 1), max_size=size))
    return found


__all__ = ["PERIOD", "SOURCE", "Wanted", "exemptions", "scenes", "standard_document", "standards", "titled"]


def _worth(group: Document) -> float:
    """What a group is worth, as its document says."""
    children = [one["max_score"] for one in group["criteria"]]
    children += [_worth(one) for one in group.get("groups", ())]
    return float(group.get("max_score", sum(children)))
