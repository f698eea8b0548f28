"""The tables of the database, as SQLAlchemy Core objects; the migrations build exactly these."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Double,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator


class UtcDateTime(TypeDecorator[datetime]):
    """An instant: given and returned with its time zone, kept in UTC on databases that have none.

    SQLite compares the stored text, which sorts as the instants do because all of it is UTC.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The instant in UTC. Raises ValueError for a time without a zone, which names no instant."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a recorded time needs a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        """The stored instant, in UTC."""
        if value is None:
            return None
        stored: datetime = value
        return stored.replace(tzinfo=UTC) if stored.tzinfo is None else stored.astimezone(UTC)


# SQLite numbers rows by itself only in a column of the type INTEGER.
_RowNumber = BigInteger().with_variant(Integer(), "sqlite")

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# Fifteen characters: twelve digits down to the village, three more for a tun.
region = Table(
    "region",
    metadata,
    Column("code", String(15), primary_key=True),
    Column("name", Text, nullable=False),
    Column("level", String(16), nullable=False),
    Column("parent_code", String(15), ForeignKey("region.code"), index=True),
    Index(None, "level", "code"),
)

# Append-only: what regions were called, and under which other one they were, since which revision. The newest
# of a region is what `region` says.
region_change = Table(
    "region_change",
    metadata,
    Column("id", _RowNumber, primary_key=True, autoincrement=True),
    Column("region_code", String(15), ForeignKey("region.code"), nullable=False),
    Column("name", Text, nullable=False),
    Column("level", String(16), nullable=False),
    Column("parent_code", String(15)),
    Column("revision_id", _RowNumber, ForeignKey("revision.id"), nullable=False, index=True),
    Index("ix_region_change_region", "region_code", "id"),
)

# Codes of indicators, interned: what they mean is defined by the plugins that contribute them.
indicator = Table(
    "indicator",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("code", String(64), nullable=False, unique=True),
)

# One row for every write. `recorded_at` never decreases with `id`.
revision = Table(
    "revision",
    metadata,
    Column("id", _RowNumber, primary_key=True, autoincrement=True),
    Column("recorded_at", UtcDateTime, nullable=False, index=True),
    Column("author", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("kind", String(32), nullable=False),
)

# Append-only: the newest revision of (region, indicator, period, assessor level) is the current value.
#
# PostgreSQL looks up foreign keys row by row, which would be most of a large import. There a trigger does so
# once a statement, the tables referred to refuse removals, and the primary key is (revision_id, id).
observation = Table(
    "observation",
    metadata,
    Column("id", _RowNumber, primary_key=True, autoincrement=True),
    Column("region_code", String(15), nullable=False),
    Column("indicator_id", Integer, nullable=False),
    Column("period", String(8), nullable=False),
    Column("assessor_level", String(16), nullable=False),
    Column("value", Double),
    Column("qualifier", String(16), nullable=False),
    Column("source_status", String(16), nullable=False),
    Column("source", Text),
    Column("original_text", Text),
    Column("scope_note", Text),
    Column("method", String(24)),
    Column("note", Text),
    Column("revision_id", _RowNumber, nullable=False),
    ForeignKeyConstraint(["region_code"], ["region.code"]).ddl_if(dialect="sqlite"),
    ForeignKeyConstraint(["indicator_id"], ["indicator.id"]).ddl_if(dialect="sqlite"),
    ForeignKeyConstraint(["revision_id"], ["revision.id"]).ddl_if(dialect="sqlite"),
    # By period first: loading a table reads one period over a range of codes.
    UniqueConstraint(
        "period",
        "region_code",
        "indicator_id",
        "assessor_level",
        "revision_id",
        name="uq_observation_value",
    ),
    Index("ix_observation_revision_id", "revision_id").ddl_if(dialect="sqlite"),
)

# Append-only: the newest revision of (region, standard, criterion) is what holds.
exemption = Table(
    "exemption",
    metadata,
    Column("id", _RowNumber, primary_key=True, autoincrement=True),
    Column("region_code", String(15), ForeignKey("region.code"), nullable=False),
    Column("standard_id", String(128), nullable=False),
    Column("criterion", String(64), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("authority", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("document_number", Text),
    Column("valid_from", Date, nullable=False),
    Column("expires_on", Date),
    Column("revoked", Boolean, nullable=False),
    Column("revision_id", _RowNumber, ForeignKey("revision.id"), nullable=False, index=True),
    UniqueConstraint("region_code", "standard_id", "criterion", "revision_id", name="uq_exemption_subject"),
    Index("ix_exemption_standard_scope", "standard_id", "region_code", "criterion", "revision_id"),
)

# Append-only: the newest row of (jurisdiction, code, version) is what the version is; published ones stay.
standard_document = Table(
    "standard_document",
    metadata,
    Column("id", _RowNumber, primary_key=True, autoincrement=True),
    Column("jurisdiction", String(15), nullable=False),
    Column("code", String(64), nullable=False),
    Column("version", String(32), nullable=False),
    Column("status", String(16), nullable=False),
    Column("file", Text),
    Column("text", Text, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("revision_id", _RowNumber, ForeignKey("revision.id"), nullable=False, index=True),
    UniqueConstraint("jurisdiction", "code", "version", "revision_id", name="uq_standard_document_version"),
)

# Append-only: from a day on a region goes by this version; without one it goes by the rule again.
standard_binding = Table(
    "standard_binding",
    metadata,
    Column("id", _RowNumber, primary_key=True, autoincrement=True),
    Column("region_code", String(15), ForeignKey("region.code"), nullable=False),
    Column("jurisdiction", String(15), nullable=False),
    Column("code", String(64), nullable=False),
    Column("version", String(32)),
    Column("effective_from", Date, nullable=False),
    Column("revision_id", _RowNumber, ForeignKey("revision.id"), nullable=False, index=True),
)

# Append-only: the newest row of a plugin says whether it is enabled, and which version was put in place when.
plugin_change = Table(
    "plugin_change",
    metadata,
    Column("id", _RowNumber, primary_key=True, autoincrement=True),
    Column("plugin", String(64), nullable=False, index=True),
    Column("action", String(16), nullable=False),
    Column("enabled", Boolean, nullable=False),
    Column("distribution", String(128)),
    Column("version", String(64)),
    Column("sha256", String(64)),
    Column("revision_id", _RowNumber, ForeignKey("revision.id"), nullable=False, index=True),
)

# One run of a standard over a place. What it rests upon is everything written up to its own revision;
# `frozen` is the standard, its indicators and its words as they were, as JSON.
assessment = Table(
    "assessment",
    metadata,
    Column("id", _RowNumber, primary_key=True, autoincrement=True),
    Column("region_code", String(15), ForeignKey("region.code"), nullable=False, index=True),
    Column("standard_id", String(128), nullable=False),
    Column("version", String(32), nullable=False),
    Column("standard_digest", String(64), nullable=False),
    Column("period", String(8), nullable=False),
    Column("assessor_level", String(16)),
    Column("frozen", Text, nullable=False),
    Column("revision_id", _RowNumber, ForeignKey("revision.id"), nullable=False, index=True),
)

# What a run came to; an assessment without one wasn't finished. `figures` are arrays as `figures.py` packs
# them.
assessment_result = Table(
    "assessment_result",
    metadata,
    Column("id", _RowNumber, primary_key=True, autoincrement=True),
    Column("assessment_id", _RowNumber, ForeignKey("assessment.id"), nullable=False, unique=True),
    Column("digest", String(64), nullable=False),
    Column("region_count", Integer, nullable=False),
    Column("ranked_count", Integer, nullable=False),
    Column("passed_count", Integer, nullable=False),
    Column("figures", LargeBinary, nullable=False),
    Column("figures_digest", String(64), nullable=False),
    Column("revision_id", _RowNumber, ForeignKey("revision.id"), nullable=False, index=True),
)

# What plugins remarked of a run, or that they failed to.
assessment_notice = Table(
    "assessment_notice",
    metadata,
    Column("id", _RowNumber, primary_key=True, autoincrement=True),
    Column("assessment_id", _RowNumber, ForeignKey("assessment.id"), nullable=False, index=True),
    Column("action", String(128), nullable=False),
    Column("region_code", String(15)),
    Column("zh", Text, nullable=False),
    Column("en", Text, nullable=False),
    Column("failed", Boolean, nullable=False),
    Column("revision_id", _RowNumber, ForeignKey("revision.id"), nullable=False, index=True),
)

# Which runs are the official ones, since when.
assessment_publication = Table(
    "assessment_publication",
    metadata,
    Column("id", _RowNumber, primary_key=True, autoincrement=True),
    Column("assessment_id", _RowNumber, ForeignKey("assessment.id"), nullable=False, unique=True),
    Column("document_number", Text),
    Column("revision_id", _RowNumber, ForeignKey("revision.id"), nullable=False, index=True),
)

# Append-only: the steps of a place's assessor levels, in order. `indicators` are those that an accepted level
# locks, as a JSON list.
ladder_step = Table(
    "ladder_step",
    metadata,
    Column("id", _RowNumber, primary_key=True, autoincrement=True),
    Column("region_code", String(15), ForeignKey("region.code"), nullable=False),
    Column("standard_id", String(128), nullable=False),
    Column("period", String(8), nullable=False),
    Column("assessor_level", String(16), nullable=False),
    Column("action", String(16), nullable=False),
    Column("deadline", Date),
    Column("indicators", Text),
    Column("revision_id", _RowNumber, ForeignKey("revision.id"), nullable=False, index=True),
    Index("ix_ladder_step_subject", "period", "assessor_level", "standard_id", "region_code"),
)

# Append-only: the newest row of a region is what changes cost there, and in all that lies in it.
cost_table = Table(
    "cost_table",
    metadata,
    Column("id", _RowNumber, primary_key=True, autoincrement=True),
    Column("region_code", String(15), ForeignKey("region.code"), nullable=False),
    Column("file", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("revision_id", _RowNumber, ForeignKey("revision.id"), nullable=False, index=True),
    Index(None, "region_code", "revision_id"),
)

# The chain over all writes: each entry's `chain` seals the revision, its rows and the entry before.
audit_entry = Table(
    "audit_entry",
    metadata,
    Column("id", _RowNumber, primary_key=True, autoincrement=True),
    Column("rows", Integer, nullable=False),
    Column("content", String(64), nullable=False),
    Column("chain", String(64), nullable=False),
    Column("revision_id", _RowNumber, ForeignKey("revision.id"), nullable=False, unique=True),
)

# Files of evidence by their content; what a photo says of itself is read once.
evidence_file = Table(
    "evidence_file",
    metadata,
    Column("id", _RowNumber, primary_key=True, autoincrement=True),
    Column("sha256", String(64), nullable=False, unique=True),
    Column("media_type", String(64), nullable=False),
    Column("size", Integer, nullable=False),
    Column("width", Integer),
    Column("height", Integer),
    Column("taken_at", String(32)),
    Column("latitude", Double),
    Column("longitude", Double),
    Column("revision_id", _RowNumber, ForeignKey("revision.id"), nullable=False, index=True),
)

# Append-only: which file is behind which value, under the name that it came by.
evidence = Table(
    "evidence",
    metadata,
    Column("id", _RowNumber, primary_key=True, autoincrement=True),
    Column("region_code", String(15), ForeignKey("region.code"), nullable=False),
    Column("indicator_id", Integer, ForeignKey("indicator.id"), nullable=False),
    Column("period", String(8), nullable=False),
    Column("assessor_level", String(16), nullable=False),
    Column("file_sha256", String(64), ForeignKey("evidence_file.sha256"), nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("caption", Text),
    Column("revision_id", _RowNumber, ForeignKey("revision.id"), nullable=False, index=True),
    Index("ix_evidence_value", "region_code", "period", "indicator_id"),
)

# Append-only: evidence that was taken back.
evidence_removal = Table(
    "evidence_removal",
    metadata,
    Column("id", _RowNumber, primary_key=True, autoincrement=True),
    Column("evidence_id", _RowNumber, ForeignKey("evidence.id"), nullable=False, unique=True),
    Column("revision_id", _RowNumber, ForeignKey("revision.id"), nullable=False, index=True),
)

# Facts about this database, such as the place that it was made for.
setting = Table(
    "setting",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("value", Text, nullable=False),
)

# Tables of which the database itself refuses to change or remove a row.
APPEND_ONLY = (
    revision,
    observation,
    exemption,
    standard_document,
    standard_binding,
    plugin_change,
    assessment,
    assessment_result,
    assessment_notice,
    assessment_publication,
    ladder_step,
    audit_entry,
    cost_table,
    evidence_file,
    evidence,
    evidence_removal,
    region_change,
)
