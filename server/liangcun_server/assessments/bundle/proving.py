"""Proving a bundle: its seal, each of its parts, and its result, worked out again from the data in it."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import orjson
from pydantic import ValidationError

from liangcun_server.assessments.bundle import exporting, records
from liangcun_server.assessments.bundle.archive import InvalidBundle, framed, parts_of
from liangcun_server.assessments.bundle.signing import fingerprint, is_signed
from liangcun_server.assessments.figures import Figures, digest_of
from liangcun_server.assessments.frozen import CannotRebuild, Frozen
from liangcun_server.assessments.model import Assessment, AssessmentResult, Written
from liangcun_server.assessments.recomputing import Inputs, Subject, scored, subject_of
from liangcun_server.assessments.verifying import compared, plugin_changes
from liangcun_server.exemptions.model import Exemption, ExemptionKind
from liangcun_server.observations.cell_rows import CellQuery
from liangcun_server.observations.indicator_tables import table_of
from liangcun_server.observations.table_cache import peer_groups
from liangcun_standards.errors import LiangcunError, PluginFailed
from liangcun_standards.periods import Period
from liangcun_standards.plugins import PluginRegistry
from liangcun_standards.table import IndicatorTable
from liangcun_standards.text import Text
from liangcun_standards.vocabulary import AssessorLevel

_PARTS = (
    exporting.STANDARD,
    exporting.OBSERVATIONS,
    exporting.EXEMPTIONS,
    exporting.FIGURES,
    exporting.RESULTS,
    exporting.NOTICES,
)
# What reading something that was tampered with can raise.
_UNREADABLE = (
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
    IndexError,
    LiangcunError,
    ValidationError,
    zipfile.BadZipFile,
)


@dataclass(frozen=True)
class BundleProof:
    """What proving a bundle found.

    `assessment`: as the bundle tells of it, None where it can't be read. `signed_by`: the fingerprint of the
    key. `differences`: everything that isn't as it was sealed or as it comes out. `unproved`: why the result
    could not be worked out again.
    """

    assessment: Assessment | None
    signed_by: str | None
    differences: tuple[Text, ...]
    unproved: Text | None = None
    changed: tuple[Text, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether every byte is as sealed and the result comes out the same."""
        return not self.differences and self.unproved is None


def proved(data: bytes, plugins: PluginRegistry) -> BundleProof:
    """Prove a bundle. Raises InvalidBundle for a file that is none."""
    parts = parts_of(data)
    if exporting.MANIFEST not in parts:
        raise InvalidBundle(
            Text(
                "里面没有 manifest.json，不是考评包（liangcun assessment export 写出考评包）",
                "it holds no manifest.json and is no bundle (liangcun assessment export writes them)",
            )
        )
    try:
        manifest = orjson.loads(parts[exporting.MANIFEST])
        public = str(manifest["public_key"])
        signed_by: str | None = fingerprint(public)
        found = _assessment(manifest)
    except _UNREADABLE:
        return BundleProof(None, None, (_part(exporting.MANIFEST),))
    differences = list(_seal(data, parts, manifest, public))
    if differences:
        # What isn't as sealed proves nothing by what comes of it.
        return BundleProof(found, signed_by, tuple(differences))
    try:
        again = _again(found, parts, plugins)
    except (CannotRebuild, PluginFailed) as error:
        told = Text(error.text("zh"), error.text("en"))
        return BundleProof(found, signed_by, (), told)
    except _UNREADABLE:
        return BundleProof(found, signed_by, (), _NOT_READ)
    return BundleProof(found, signed_by, tuple(again.differences), None, again.changed)


_NOT_READ = Text(
    "封存完好，但这个版本的量村读不懂里面的内容",
    "the seal is whole, but this version of liangcun can't read what is in it",
)


def _part(name: str) -> Text:
    return Text(f"{name} 与封存时不同", f"{name} isn't as it was sealed")


def _seal(data: bytes, parts: Mapping[str, bytes], manifest: dict[str, Any], public: str) -> Iterator[Text]:
    signature = parts.get(exporting.SIGNATURE, b"")
    try:
        signed = is_signed(
            parts[exporting.MANIFEST], bytes.fromhex(signature.decode("ascii").strip()), public
        )
    except (ValueError, UnicodeDecodeError):
        signed = False
    if not signed:
        yield Text(
            f"签名不符：{exporting.MANIFEST} 或 {exporting.SIGNATURE} 被改动过",
            f"the signature doesn't fit: {exporting.MANIFEST} or {exporting.SIGNATURE} was changed",
        )
    listed = manifest.get("parts", {})
    for name in _PARTS:
        if name not in parts:
            yield Text(f"缺少 {name}", f"{name} is missing")
        elif not isinstance(listed, dict) or listed.get(name) != {
            "sha256": digest_of(parts[name]),
            "bytes": len(parts[name]),
        }:
            yield _part(name)
    for name in parts:
        if name not in (exporting.MANIFEST, exporting.SIGNATURE, *_PARTS):
            shown = name[:60]
            yield Text(f"多出 {shown}", f"{shown} was added")
    order = (exporting.MANIFEST, exporting.SIGNATURE, *_PARTS)
    if set(parts) == set(order) and framed({name: parts[name] for name in order}) != data:
        yield Text("zip 文件的框架被改动过", "the frame of the zip file was changed")


@dataclass(frozen=True)
class _Again:
    differences: list[Text]
    changed: tuple[Text, ...]


def _again(found: Assessment, parts: Mapping[str, bytes], plugins: PluginRegistry) -> _Again:
    frozen = Frozen.from_json(parts[exporting.STANDARD])
    figures = Figures.unpacked(parts[exporting.FIGURES])
    subject = subject_of(found, frozen, figures, plugins)
    cells = records.read_back(parts[exporting.OBSERVATIONS])
    exemptions = [exemption_of(one, subject) for one in orjson.loads(parts[exporting.EXEMPTIONS])]
    result = scored(subject, Inputs(tuple(tables_of(subject, cells)), tuple(exemptions)))
    return _Again(list(compared(found, figures, frozen, result)), tuple(plugin_changes(frozen, plugins)))


def tables_of(subject: Subject, cells: Sequence[records.Cell]) -> Iterator[IndicatorTable]:
    """The table of each of the subject's periods."""
    inputs = records.inputs_of(subject)
    peers = peer_groups(subject.codes, subject.standard.peer_level)
    for period in subject.periods:
        query = CellQuery(tuple(subject.codes), period, inputs, subject.assessor_level)
        yield table_of(subject.indicators, query, records.rows_for(cells, query), peers)


def exemption_of(values: dict[str, Any], subject: Subject) -> Exemption:
    """An exemption as `exemption_values` wrote it. Raises KeyError, ValueError or TypeError."""
    expires = values["expires_on"]
    return Exemption(
        region_code=values["region"],
        standard_id=subject.standard_id,
        criterion=values["criterion"],
        kind=ExemptionKind(values["kind"]),
        authority=values["authority"],
        reason=values["reason"],
        valid_from=date.fromisoformat(values["valid_from"]),
        expires_on=None if expires is None else date.fromisoformat(expires),
        document_number=values["document_number"],
        revision=int(values["revision"]),
        recorded_at=datetime.fromisoformat(values["recorded_at"]),
        recorded_by=values["recorded_by"],
    )


def _assessment(manifest: dict[str, Any]) -> Assessment:
    about, result = manifest["assessment"], manifest["result"]
    started = Written(
        revision=int(about["revision"]),
        recorded_at=datetime.fromisoformat(about["started_at"]),
        author=str(about["author"]),
        reason=str(about["reason"]),
    )
    level = about["assessor_level"]
    return Assessment(
        id=int(about["id"]),
        region_code=str(about["region"]),
        standard_id=str(about["standard_id"]),
        version=str(about["version"]),
        standard_digest=str(about["standard_digest"]),
        period=Period.parse(about["period"]),
        assessor_level=None if level is None else AssessorLevel(level),
        started=started,
        result=AssessmentResult(
            digest=str(result["digest"]),
            region_count=int(result["region_count"]),
            ranked_count=int(result["ranked_count"]),
            passed_count=int(result["passed_count"]),
            figures_digest=str(manifest["parts"][exporting.FIGURES]["sha256"]),
            written=started,
        ),
    )
