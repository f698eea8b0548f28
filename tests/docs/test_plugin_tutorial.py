"""docs/plugins/tutorial.md leads from an empty folder to a village that is scored, as it says."""

from __future__ import annotations

from pathlib import Path

from tests.docs.walking import fits, steps_of, walk

_PAGE = (Path(__file__).parents[2] / "docs" / "plugins" / "tutorial.md").read_text(encoding="utf-8")


def test_every_command_of_the_tutorial_prints_what_is_shown(tmp_path: Path) -> None:
    assert [Path(step.file).name for step in steps_of(_PAGE) if step.file] == [
        "indicators.yaml",
        "changling-liangjing.yaml",
        "changling-liangjing.yaml",
    ]
    walked = 0
    for step, printed in walk(_PAGE, tmp_path):
        assert fits(step.shown, printed), f"$ {step.command}\n{printed}"
        walked += 1
    assert walked == 10


def test_what_is_shown_fits_nothing_else() -> None:
    assert fits("a … c\n…\nd\n", "a b c\nany\nthing\nd\n")
    assert fits("a\n…\n", "a\n")
    assert not fits("a … c\n", "a b d\n")
    assert not fits("a\n", "a\nb\n")
