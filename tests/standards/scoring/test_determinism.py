"""Same inputs, same bytes: the digest of a result."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st
from tests.properties import examples
from tests.standards.scoring.catalogue import INDICATORS, figures
from tests.standards.scoring.scene import Reading, exempt_of, scored, table_of
from tests.standards.scoring.standard_documents import Wanted, scenes, standards

from liangcun_standards import IndicatorTable, Standard, score

WANTED = Wanted(apart=False, peers=True)


@examples(60)
@given(data=st.data())
def test_the_same_inputs_give_the_same_digest(data: st.DataObject) -> None:
    standard = data.draw(standards(WANTED))
    scene = data.draw(scenes(standard))
    again = Standard.model_validate(standard.model_dump(mode="json", by_alias=True))
    table = table_of(scene, scene.main, INDICATORS)
    turned = IndicatorTable(
        table.period, list(table.regions), dict(reversed(list(table.columns.items()))), table.peers.copy()
    )
    result = score(again, turned, INDICATORS, exempt_of(scene))
    assert result.digest == scored(standard, scene).digest


@examples(60)
@given(data=st.data())
def test_a_changed_value_changes_the_digest(data: st.DataObject) -> None:
    standard = data.draw(standards(WANTED))
    scene = data.draw(scenes(standard))
    place = data.draw(st.integers(0, len(scene.codes) - 1))
    source = data.draw(st.sampled_from(standard.inputs))
    reading = data.draw(st.sampled_from([Reading("exact", value) for value in figures(source.indicator)]))
    assume(scene.main[place].get(source) != reading)
    main = [{**one, source: reading} if at == place else one for at, one in enumerate(scene.main)]
    assert scored(standard, replace(scene, main=main)).digest != scored(standard, scene).digest


@examples(40)
@given(data=st.data())
def test_a_changed_standard_changes_the_digest(data: st.DataObject) -> None:
    standard = data.draw(standards(WANTED))
    scene = data.draw(scenes(standard))
    retitled = standard.model_copy(update={"title": "另一个标题"})
    # model_copy keeps what was computed of the original, the digest among it.
    retitled = Standard.model_validate(retitled.model_dump(mode="json", by_alias=True))
    assert scored(retitled, scene).digest != scored(standard, scene).digest


@examples(40)
@given(data=st.data())
def test_scoring_changes_nothing_in_the_table(data: st.DataObject) -> None:
    standard = data.draw(standards(WANTED))
    scene = data.draw(scenes(standard))
    table = table_of(scene, scene.main, INDICATORS)
    for column in table.columns.values():
        column.values.flags.writeable = False
    before = {name: column.values.copy() for name, column in table.columns.items()}
    score(standard, table, INDICATORS, exempt_of(scene))
    for name, column in table.columns.items():
        np.testing.assert_array_equal(column.values, before[name])
