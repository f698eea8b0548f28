"""A ranking and a scorecard as JSON: English keys, sorted, the same bytes for the same result."""

from __future__ import annotations

from typing import Any

import orjson

from liangcun_server.exports.scorecard import CriterionRow, Scorecard
from liangcun_server.exports.scores_table import ScoreRow, ScoresTable
from liangcun_server.regions.region import Region
from liangcun_server.scorecards.service import Question
from liangcun_standards.document import Grade
from liangcun_standards.text import Locale, Text
from liangcun_standards.vocabulary import SourceStatus


def scores_json(table: ScoresTable, locale: Locale) -> bytes:
    """The ranking as one JSON object, its texts in `locale`."""
    answer = {
        **_question(table.question, locale),
        "within": _region(table.within),
        "as_of": None if table.as_of is None else table.as_of.isoformat(),
        "rows": [_score_row(row, locale) for row in table.rows],
        "ranked_count": table.ranked,
        "not_ranked_count": table.not_ranked,
        "notes": [note.pick(locale) for note in table.notes],
        "digest": table.digest,
    }
    return _bytes(answer)


def scorecard_json(card: Scorecard, locale: Locale) -> bytes:
    """The scorecard as one JSON object, its texts in `locale`."""
    answer = {
        **_question(card.question, locale),
        "region": _region(card.region),
        "ancestors": [_region(region) for region in card.ancestors],
        "as_of": None if card.as_of is None else card.as_of.isoformat(),
        "score": card.score,
        "grade": _grade(card.grade, locale),
        "tier": None if card.tier is None else card.tier.code,
        "passed": card.passed,
        "verdict": card.verdict.value,
        "completeness": card.completeness,
        "lowest_possible": card.lowest,
        "highest_possible": card.highest,
        "vetoed_by": [criterion.code for criterion in card.vetoed_by],
        "ranks": [
            {"within": _region(one.within), "rank": one.rank, "ranked_count": one.ranked}
            for one in card.ranks
        ],
        "not_ranked_because": _text(card.not_ranked, locale),
        "criteria": [_criterion_row(row, locale) for row in card.criteria],
        "groups": [
            {"code": one.group.code, "max_score": one.group.worth, "score": one.score} for one in card.groups
        ],
        "adjustments": [{"code": one.adjustment.code, "score": one.score} for one in card.adjustments],
        "notes": [note.pick(locale) for note in card.notes],
        "digest": card.digest,
    }
    return _bytes(answer)


def _question(question: Question, locale: Locale) -> dict[str, Any]:
    standard = question.resolved.standard
    return {
        "standard": {
            "id": question.resolved.id,
            "version": standard.version,
            "title": standard.label.pick(locale),
            "digest": standard.digest,
            "source_status": standard.source.status.value,
        },
        "period": str(question.period),
        "assessor_level": None if question.assessor_level is None else question.assessor_level.value,
        "max_score": standard.worth,
    }


def _score_row(row: ScoreRow, locale: Locale) -> dict[str, Any]:
    return {
        "rank": row.rank,
        "region": _region(row.region),
        "parent": None if row.parent is None else _region(row.parent),
        "class": _text(row.village_class, locale),
        "score": row.score,
        "grade": _grade(row.grade, locale),
        "passed": row.passed,
        "verdict": row.verdict.value,
        "completeness": row.completeness,
        "lowest_possible": row.lowest,
        "highest_possible": row.highest,
        "main_problems": [
            {
                "criterion": one.criterion.code,
                "title": one.criterion.label.pick(locale),
                "score": one.score.score,
                "max_score": one.criterion.max_score,
            }
            for one in row.problems
        ],
        "source_statuses": [status.value for status in SourceStatus if status in row.sources],
        "not_ranked_because": _text(row.not_ranked, locale),
    }


def _criterion_row(row: CriterionRow, locale: Locale) -> dict[str, Any]:
    return {
        "code": row.criterion.code,
        "title": row.criterion.label.pick(locale),
        "group": row.group.code,
        "veto": row.criterion.veto,
        "score": row.score.score,
        "max_score": row.criterion.max_score,
        "status": row.score.status.value,
        "lowest_possible": row.score.lowest,
        "highest_possible": row.score.highest,
        "source_status": row.criterion.source.status.value,
        "explanation": row.explanation.pick(locale),
    }


def _region(region: Region) -> dict[str, str]:
    return {"code": region.code, "name": region.name, "level": region.level.value}


def _grade(grade: Grade | None, locale: Locale) -> dict[str, Any] | None:
    if grade is None:
        return None
    return {"code": grade.code, "title": grade.label.pick(locale), "min_score": grade.min_score}


def _text(text: Text | None, locale: Locale) -> str | None:
    return None if text is None else text.pick(locale)


def _bytes(answer: dict[str, Any]) -> bytes:
    return orjson.dumps(answer, option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
