"""What a document would change before it counts."""

from __future__ import annotations

import pytest
from tests.conftest import NewDatabase
from tests.server.standards.tailorings import OWN

from liangcun_server.application import Application
from liangcun_server.scorecards.service import Question
from liangcun_server.standards.at_hand import Standards, load_standards, read_publication
from liangcun_server.standards.preview import NothingToCompare, Preview, preview
from liangcun_server.storage.kept import DatabaseReading
from liangcun_standards.periods import Period

_PERIOD = Period.parse("2023")
_COUNTY = "220722000000"


@pytest.fixture
def new_database(new_sqlite_database: NewDatabase) -> NewDatabase:
    """What is read is tested on both databases elsewhere."""
    return new_sqlite_database


async def _standards(application: Application) -> Standards:
    async with application.database.read() as connection:
        return await load_standards(connection, application.plugins)


async def _preview(application: Application, text: str, scope: str = _COUNTY, **options: str) -> Preview:
    return await preview(
        await _standards(application),
        application.scoring,
        application.plugins.indicators,
        read_publication(text, "own.yaml", application.plugins),
        scope=scope,
        period=_PERIOD,
        reading=DatabaseReading(application.database),
        **options,  # type: ignore[arg-type]
    )


async def test_counts_and_villages_are_those_of_scoring_both_ways(application: Application) -> None:
    found = await _preview(application, OWN)

    scores = [
        (await application.scoring.scores(Question(one, _COUNTY, _PERIOD))).result
        for one in (found.before, found.after)
    ]
    assert found.before.name == "220722/jiuyou-liuwu@2023"
    assert found.villages == len(scores[0]) == 255
    assert found.other_score == int((abs(scores[0].total - scores[1].total) > 1e-9).sum())
    assert found.other_passed == int((scores[0].passed != scores[1].passed).sum())
    assert found.other_verdict == int((scores[0].verdict != scores[1].verdict).sum())
    titles = [[grade.title for grade in one.standard.grades] + [None] for one in scores]
    moved = {
        region
        for row, region in enumerate(scores[0].table.regions)
        if titles[0][scores[0].grade[row]] != titles[1][scores[1].grade[row]]
        or scores[0].passed[row] != scores[1].passed[row]
        or scores[0].verdict[row] != scores[1].verdict[row]
    }
    assert {one.region for one in found.changes} == moved
    assert 0 < len(moved) < 255


async def test_each_change_says_which_criteria_are_behind_it(application: Application) -> None:
    found = await _preview(application, OWN)

    for change in found.changes:
        gap = sum((one.after or 0) - (one.before or 0) for one in change.because)
        assert change.before.score is not None
        assert change.after.score is not None
        assert gap == pytest.approx(change.after.score - change.before.score)
    reasons = {one.code: one.reason.zh for change in found.changes for one in change.because}
    assert reasons == {"hardened-road": "分值由 8 改为 20", "greening": "取消条目"}


@pytest.mark.parametrize(
    ("change", "code", "reason"),
    [
        pytest.param(
            "{change: reweigh, target: pass, min_score: 80, reason: x}",
            "pass",
            "由“75 分起”改为“80 分起”",
            id="a grade",
        ),
        pytest.param(
            "{change: reweigh, target: nine-haves, min_score: 50, reason: x}",
            "nine-haves",
            "这一类的最低分由 36 改为 50",
            id="a group's minimum",
        ),
        pytest.param(
            "{change: set, passing: {min_score: 60}, reason: x}",
            "passing",
            "由“等次达到达标”改为“不低于 60 分”",
            id="a setting",
        ),
        pytest.param(
            "{change: replace, target: rectifications-not-done, with: {per: 5}, reason: x}",
            "rectifications-not-done",
            "由“每次扣 2 分，最多 10 分”改为“每次扣 5 分，最多 10 分”",
            id="a penalty",
        ),
        pytest.param(
            "{change: replace, target: village-plan, with: {veto: false}, reason: x}",
            "village-plan",
            "不再一票否决",
            id="a veto",
        ),
    ],
)
async def test_what_moves_villages_without_another_criterion_is_named(
    application: Application, change: str, code: str, reason: str
) -> None:
    head = OWN[: OWN.index("  - ")]
    found = await _preview(application, f"{head}  - {change}\n")

    assert found.changes
    assert {(one.code, one.reason.zh) for moved in found.changes for one in moved.because} == {(code, reason)}


async def test_another_standard_can_be_compared_with(application: Application) -> None:
    found = await _preview(application, OWN, against="220000/jiuyou-liuwu@2021")

    assert found.before.name == "220000/jiuyou-liuwu@2021"
    reasons = {one.reason.zh for change in found.changes for one in change.because}
    assert any(reason.startswith("规则由“") for reason in reasons)


async def test_an_edited_copy_of_a_version_is_compared_with_that_version(application: Application) -> None:
    standards = await _standards(application)
    text = standards.catalogue.find("220722/jiuyou-liuwu@2023").publication.text

    assert (await _preview(application, text)).changes == ()


async def test_without_anything_in_force_one_is_asked_what_to_compare_with(application: Application) -> None:
    text = (await _standards(application)).catalogue.find("220000/sanhua").publication.text

    with pytest.raises(NothingToCompare, match="against"):
        await _preview(application, text.replace("code: sanhua", "code: own-sanhua", 1))


async def test_nothing_is_kept_of_it(application: Application) -> None:
    before = await _standards(application)
    await _preview(application, OWN)
    after = await _standards(application)

    assert after.documents == before.documents
    assert [one.name for one in after.catalogue.publications()] == [
        one.name for one in before.catalogue.publications()
    ]
