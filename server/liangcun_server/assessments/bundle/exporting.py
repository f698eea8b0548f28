"""Writing an assessment to one file: standard, data, results, and a signed manifest of what they hash to."""

from __future__ import annotations

import asyncio
import csv
import io
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import orjson
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy.ext.asyncio import AsyncConnection

from liangcun_server.assessments import repository
from liangcun_server.assessments.bundle import records
from liangcun_server.assessments.bundle.archive import framed
from liangcun_server.assessments.bundle.signing import fingerprint, public_half, signing_key
from liangcun_server.assessments.figures import Figures, digest_of
from liangcun_server.assessments.frozen import Frozen
from liangcun_server.assessments.model import Assessment, UnfinishedAssessment, UnknownAssessment
from liangcun_server.assessments.recomputing import subject_of
from liangcun_server.exemptions.model import Exemption
from liangcun_server.exemptions.repository import exemptions_for
from liangcun_server.exports.csv_file import harmless
from liangcun_server.regions.repository import by_codes
from liangcun_server.storage.database import Database
from liangcun_standards.plugins import PluginRegistry

FORMAT = "liangcun-assessment/1"
MANIFEST, SIGNATURE = "manifest.json", "manifest.sig"
STANDARD, OBSERVATIONS, EXEMPTIONS = "standard.json", "observations.csv.gz", "exemptions.json"
FIGURES, RESULTS, NOTICES = "figures.zip", "results.csv", "notices.json"
_SORTED = orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE


class Exported(NamedTuple):
    """A bundle and the fingerprint of the key that signed it."""

    data: bytes
    fingerprint: str


async def exported(database: Database, plugins: PluginRegistry, number: int, key_file: Path) -> Exported:
    """The bundle of an assessment.

    Raises UnknownAssessment, UnfinishedAssessment, InvalidSigningKey, and CannotRebuild where plugins that
    the standard needs are gone.
    """
    key = await asyncio.to_thread(signing_key, key_file)
    async with database.read(at_length=True) as connection:
        found = (await repository.by_ids(connection, [number])).get(number)
        if found is None:
            raise UnknownAssessment.of(number)
        if found.result is None:
            raise UnfinishedAssessment.of(number)
        parts = await _parts(connection, found, plugins)
    sealed = await asyncio.to_thread(_sealed, found, parts, key)
    return Exported(sealed, fingerprint(public_half(key)))


async def _parts(connection: AsyncConnection, found: Assessment, plugins: PluginRegistry) -> dict[str, bytes]:
    frozen = (await repository.frozen_of(connection, [found.id]))[found.id]
    packed = await repository.figures_of(connection, found.id)
    figures = Figures.unpacked(packed)
    subject = subject_of(found, frozen, figures, plugins)
    exemptions = await exemptions_for(
        connection,
        subject.standard_id,
        subject.scope,
        on_date=subject.period.end,
        as_of_revision=found.started.revision,
    )
    notices = (await repository.notices_of(connection, [found.id]))[found.id]
    regions = await by_codes(connection, figures.codes)
    names = {code: one.name for code, one in regions.items()}
    return {
        STANDARD: frozen.to_json().encode(),
        OBSERVATIONS: await records.written(connection, subject, found.started.revision),
        EXEMPTIONS: orjson.dumps([exemption_values(one) for one in exemptions], option=_SORTED),
        FIGURES: packed,
        RESULTS: results_csv(figures, frozen, names).encode("utf-8-sig"),
        NOTICES: orjson.dumps(
            [[one.action, one.region_code, *one.text, one.failed] for one in notices], option=_SORTED
        ),
    }


def exemption_values(one: Exemption) -> dict[str, Any]:
    """An exemption as plain values."""
    return {
        "region": one.region_code,
        "criterion": one.criterion,
        "kind": one.kind.value,
        "authority": one.authority,
        "reason": one.reason,
        "document_number": one.document_number,
        "valid_from": one.valid_from.isoformat(),
        "expires_on": None if one.expires_on is None else one.expires_on.isoformat(),
        "revision": one.revision,
        "recorded_at": one.recorded_at.isoformat(),
        "recorded_by": one.recorded_by,
    }


def results_csv(figures: Figures, frozen: Frozen, names: Mapping[str, str]) -> str:
    """The results for people: a row a region, a column a criterion."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    titles = [harmless(one.title.zh) for one in frozen.criteria]
    writer.writerow(["代码", "名称", "名次", "总分", "等次", "达标", "结论", "数据完整度", *titles])
    for row, code in enumerate(figures.codes):
        grade = int(figures.grade[row])
        writer.writerow(
            [
                code,
                harmless(names.get(code, "")),
                int(figures.rank[row]) or "",
                _number(figures.total[row]),
                "" if grade < 0 else harmless(frozen.grades[grade][1]),
                "是" if figures.passed[row] else "否",
                figures.verdict_of(row).label.zh,
                f"{figures.completeness[row]:.4g}",
                *(_number(one) for one in figures.points[:, row]),
            ]
        )
    return text.getvalue()


def _number(value: float) -> str:
    return "" if np.isnan(value) else f"{value:.10g}"


def _sealed(found: Assessment, parts: Mapping[str, bytes], key: Ed25519PrivateKey) -> bytes:
    manifest = orjson.dumps(_manifest(found, parts, public_half(key)), option=_SORTED)
    signature = key.sign(manifest).hex().encode() + b"\n"
    return framed({MANIFEST: manifest, SIGNATURE: signature, **parts})


def _manifest(found: Assessment, parts: Mapping[str, bytes], public: str) -> dict[str, Any]:
    assert found.result is not None
    level, publication = found.assessor_level, found.publication
    return {
        "format": FORMAT,
        "assessment": {
            "id": found.id,
            "region": found.region_code,
            "standard_id": found.standard_id,
            "version": found.version,
            "standard_digest": found.standard_digest,
            "period": str(found.period),
            "assessor_level": None if level is None else level.value,
            "revision": found.started.revision,
            "started_at": found.started.recorded_at.isoformat(),
            "author": found.started.author,
            "reason": found.started.reason,
            "document_number": None if publication is None else publication.document_number,
            "published_at": None if publication is None else publication.written.recorded_at.isoformat(),
        },
        "result": {
            "digest": found.result.digest,
            "region_count": found.result.region_count,
            "ranked_count": found.result.ranked_count,
            "passed_count": found.result.passed_count,
        },
        "software": {name: version(name) for name in _SOFTWARE},
        "parts": {name: {"sha256": digest_of(data), "bytes": len(data)} for name, data in parts.items()},
        "public_key": public,
    }


_SOFTWARE: Sequence[str] = ("liangcun-server", "liangcun-standards", "numpy")
