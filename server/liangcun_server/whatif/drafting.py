"""The document that changes to a standard come to: a tailoring of it, which can be kept as it is."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from ruamel.yaml import YAML

from liangcun_server.standards.at_hand import read_publication
from liangcun_server.whatif.setting import InvalidChange, changes_of
from liangcun_standards.catalogue import Publication, ResolvedStandard
from liangcun_standards.document.yaml_source import read_yaml
from liangcun_standards.errors import InvalidDocument
from liangcun_standards.periods import Period
from liangcun_standards.plugins import PluginRegistry
from liangcun_standards.regions import SIGNIFICANT_DIGITS, contains, implied_level, short_code
from liangcun_standards.text import Text
from liangcun_standards.vocabulary import RegionLevel

TRIED = "whatif"
FILE = "whatif.yaml"
_LEVELS = list(RegionLevel)


@dataclass(frozen=True)
class Draft:
    """What to try: `settings`, lines TARGET.FIELD=VALUE; or `changes`, YAML that begins with `changes:`.

    `version` and `effective_from` are those of the document; the latter is the day after the period where
    it isn't said.
    """

    settings: Sequence[str] = ()
    changes: str | None = None
    reason: str | None = None
    version: str = TRIED
    effective_from: date | None = None


def drafted_text(base: ResolvedStandard, draft: Draft, scope: str, period: Period) -> str:
    """The document's text. Raises InvalidChange, and InvalidDocument for changes that are no YAML.

    It is a tailoring, by the place looked at, of the version in force. What it says is nobody's official
    text, whatever its base may be.
    """
    if bool(draft.settings) == (draft.changes is not None):
        raise InvalidChange(
            Text(
                "请写要改的（--set），或给一份写有 changes: 的 YAML，二者取一",
                "say what to change (set), or give YAML that begins with changes:, one of the two",
            )
        )
    reason = (draft.reason or "").strip() or "试算"
    header = _header(base, draft, scope, period, reason)
    if draft.changes is None:
        changes = changes_of(base.standard, draft.settings, reason)
        return _written({**header, "changes": changes})
    _check_fragment(draft.changes)
    # After the fragment, so that lines are told as they stand in it.
    return f"{draft.changes.rstrip()}\n{_written(header)}"


def read_draft(
    base: ResolvedStandard, draft: Draft, scope: str, period: Period, plugins: PluginRegistry
) -> Publication:
    """The document as the catalogue takes it in. Raises as `drafted_text`, and InvalidDocument."""
    return read_publication(drafted_text(base, draft, scope, period), FILE, plugins)


def placeless(text: str) -> str:
    """An error's words without lines of a document that its reader hasn't written."""
    lines = []
    for line in text.splitlines():
        head, colon, rest = line.partition(": ")
        lines.append(rest if colon and head.startswith(FILE) else line)
    return "\n".join(lines)


def _header(base: ResolvedStandard, draft: Draft, scope: str, period: Period, reason: str) -> dict[str, Any]:
    standard = base.standard
    first = draft.effective_from or period.end + timedelta(days=1)
    title = {"title": standard.title}
    if standard.title_en is not None:
        title["title_en"] = standard.title_en
    return {
        "jurisdiction": short_code(_issuer(standard.jurisdiction, scope)),
        "code": standard.code,
        "version": draft.version,
        **title,
        "effective": {"from": first.isoformat()},
        "source": {
            "status": "interpretation",
            "text": f"对 {base.name} 的调整：{reason}",
            "text_en": f"a change to {base.name}: {reason}",
        },
        "extends": base.name,
    }


def _issuer(jurisdiction: str, scope: str) -> str:
    """Whose tailoring it is: the county's looked at (or the wider place's), within the base's own."""
    level = min(implied_level(scope), RegionLevel.COUNTY, key=_LEVELS.index)
    place = scope[: SIGNIFICANT_DIGITS[level]].ljust(12, "0")
    return place if contains(jurisdiction, place) else jurisdiction


def _check_fragment(text: str) -> None:
    values = read_yaml(text, FILE).values
    allowed = {"changes", "indicators"}
    if not isinstance(values, dict) or "changes" not in values or not set(values) <= allowed:
        raise InvalidDocument(
            Text(
                "应以 changes: 开头，其下逐条写改动（- change: reweigh …）；另外只能有 indicators:",
                "begin with changes: and list the changes below it (- change: reweigh …); besides that only "
                "indicators: may stand there",
            ),
            where=f"{FILE}:1:1",
        )


def _written(values: dict[str, Any]) -> str:
    yaml = YAML(typ="safe", pure=True)
    yaml.default_flow_style = False
    yaml.allow_unicode = True
    yaml.width = 100
    yaml.sort_base_mapping_type_on_output = False  # type: ignore[assignment]
    out = io.StringIO()
    yaml.dump(values, out)
    return out.getvalue()
