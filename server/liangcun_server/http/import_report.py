"""What an import did, as JSON: counts of everything, and the first of each list."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from liangcun_server.importing.model import Change, ImportReport, Problem
from liangcun_server.observations.model import NewObservation, Observation
from liangcun_standards.text import Text

MOST_LISTED = 1_000
# What the command's words call its options.
_SPELLED = {"--accept-units": "acceptUnits=true", "--period": "period"}


def regions_told(done: ImportReport) -> set[str]:
    """The codes of the regions whose names `report_json` tells."""
    values = [*done.held[:MOST_LISTED], *(one.after for one in done.corrected[:MOST_LISTED])]
    return {one.region_code for one in values}


def report_json(done: ImportReport, names: Mapping[str, str], *, dry_run: bool) -> dict[str, Any]:
    """A report of at most `MOST_LISTED` of each kind; `names` are the regions' by their codes."""
    return {
        "revision": done.revision,
        "dryRun": dry_run,
        "refused": done.refused,
        "new": done.new,
        "corrected": done.corrections,
        "unchanged": done.unchanged,
        "asBefore": done.as_before,
        "suspectCount": len(done.held),
        "problemCount": len(done.problems),
        "ignoredColumnCount": len(done.ignored),
        "corrections": [_change(one, names) for one in done.corrected[:MOST_LISTED]],
        "suspect": [_suspect(one, names) for one in done.held[:MOST_LISTED]],
        "problems": [_problem(one) for one in done.problems[:MOST_LISTED]],
        "ignoredColumns": list(done.ignored[:MOST_LISTED]),
    }


def as_parameter(place: str) -> str:
    """The name of a parameter where the place of a fault is the command's option."""
    return _SPELLED.get(place, place)


def _in_parameters(words: str) -> str:
    """Words with the names of parameters where the command has options."""
    for option, parameter in _SPELLED.items():
        words = words.replace(option, parameter)
    return words


def _both(text: Text) -> dict[str, str]:
    return {"zh": _in_parameters(text.zh), "en": _in_parameters(text.en)}


def _problem(one: Problem) -> dict[str, Any]:
    return {"place": one.place, "column": " ".join(one.column.split()), "message": _both(one.message)}


def _about(value: NewObservation, names: Mapping[str, str]) -> dict[str, Any]:
    return {
        "place": value.place,
        "region": value.region_code,
        "regionName": names.get(value.region_code),
        "indicator": value.indicator,
        "period": str(value.period),
        "level": value.assessor_level.name,
    }


def _figure(value: NewObservation | Observation) -> dict[str, Any]:
    return {
        "value": value.value,
        "qualifier": value.qualifier.name,
        "sourceStatus": value.source_status.name,
        "source": value.source,
    }


def _change(one: Change, names: Mapping[str, str]) -> dict[str, Any]:
    assert one.before is not None
    return {**_about(one.after, names), "before": _figure(one.before), "after": _figure(one.after)}


def _suspect(value: NewObservation, names: Mapping[str, str]) -> dict[str, Any]:
    return {
        **_about(value, names),
        **_figure(value),
        "originalText": value.original_text,
        "note": value.note,
    }


def summary_of_refusal(done: ImportReport) -> Text:
    """Why nothing was written, and what to do."""
    count, first = len(done.problems), done.problems[0]
    zh, en = (f"{first.place}: {_in_parameters(one)}" for one in first.message)
    return Text(
        f"有 {count} 处问题，未写入任何数据（先看 {zh}）；改好再发，或加 validOnly=true 只写入没有问题的",
        f"nothing was written because of {count} problems (the first: {en}); mend them, or take the rest "
        "with validOnly=true",
    )
