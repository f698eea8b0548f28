"""What holds of every result."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from tests.properties import examples
from tests.standards.scoring.scene import scored
from tests.standards.scoring.standard_documents import Wanted, scenes, standards

from liangcun_standards.scoring import VERDICTS
from liangcun_standards.vocabulary import ResultStatus, Verdict

WITHIN = 1e-9


@examples(100)
@given(data=st.data(), blend=st.booleans())
def test_points_lie_between_none_and_the_maximum(data: st.DataObject, blend: bool) -> None:
    # A sub-period that is left out for now will count: the blend may then lie outside.
    standard = data.draw(standards(Wanted(apart=False, peers=True, blend=blend, leave_out=not blend)))
    result = scored(standard, data.draw(scenes(standard)))
    for place, criterion in enumerate(standard.criteria):
        for row in range(len(result)):
            cell = result.criterion(row, place)
            assert 0 <= cell.lowest <= cell.highest <= criterion.max_score + WITHIN
            if cell.score is not None:
                assert cell.lowest - WITHIN <= cell.score <= cell.highest + WITHIN
            if cell.status in (ResultStatus.NOT_APPLICABLE, ResultStatus.UNKNOWN) and cell.score is None:
                assert np.isnan(result.points[place, row])
    for group in standard.all_groups:
        points = result.groups[group.code]
        counted = points[~np.isnan(points)]
        assert ((counted >= 0) & (counted <= group.worth + WITHIN)).all()
    assert ((result.completeness >= 0) & (result.completeness <= 1)).all()


@examples(100)
@given(data=st.data(), blend=st.booleans())
def test_today_s_total_lies_between_the_lowest_and_the_highest_unless_something_is_left_out(
    data: st.DataObject, blend: bool
) -> None:
    standard = data.draw(standards(Wanted(apart=False, peers=True, blend=blend, leave_out=False)))
    result = scored(standard, data.draw(scenes(standard)))
    counted = ~np.isnan(result.total)
    assert (result.lowest[counted] <= result.total[counted]).all()
    assert (result.total[counted] <= result.highest[counted]).all()
    verdicts = [VERDICTS[place] for place in result.verdict]
    for verdict, passed in zip(verdicts, result.passed, strict=True):
        assert verdict is Verdict.UNDECIDED or passed == (verdict is Verdict.PASS)


@examples(60)
@given(data=st.data())
def test_places_begin_with_the_first_and_fall_with_the_total(data: st.DataObject) -> None:
    standard = data.draw(standards(Wanted()))
    result = scored(standard, data.draw(scenes(standard, most=6)))
    ranks, classes = result.ranks(), result.village_class
    ranked = np.flatnonzero(result.ranked)
    assert set(np.flatnonzero(ranks).tolist()) == set(ranked.tolist())
    for one in ranked:
        alike = [at for at in ranked if classes is None or classes[at] == classes[one]]
        assert min(ranks[at] for at in alike) == 1
        for other in alike:
            assert (ranks[one] < ranks[other]) == (result.total[one] > result.total[other])
