"""Regions, interned indicators, revisions, observations, exemptions, settings."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_ROW_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_APPEND_ONLY = ("revision", "observation", "exemption")


def upgrade() -> None:
    """Create the tables, and the triggers that keep three of them append-only."""
    _create_region()
    op.create_table(
        "indicator",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("code", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_indicator"),
        sa.UniqueConstraint("code", name="uq_indicator_code"),
    )
    op.create_table(
        "revision",
        sa.Column("id", _ROW_NUMBER, autoincrement=True, nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_revision"),
    )
    op.create_index("ix_revision_recorded_at", "revision", ["recorded_at"])
    _create_observation()
    _create_exemption()
    op.create_table(
        "setting",
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_setting"),
    )
    _refuse_changes()


def downgrade() -> None:
    """Drop everything; the triggers go with their tables."""
    for table in ("setting", "exemption", "observation", "revision", "indicator", "region"):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_change()")


def _create_region() -> None:
    op.create_table(
        "region",
        sa.Column("code", sa.String(15), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("level", sa.String(16), nullable=False),
        sa.Column("parent_code", sa.String(15)),
        sa.PrimaryKeyConstraint("code", name="pk_region"),
        sa.ForeignKeyConstraint(["parent_code"], ["region.code"], name="fk_region_parent_code_region"),
    )
    op.create_index("ix_region_parent_code", "region", ["parent_code"])
    op.create_index("ix_region_level_code", "region", ["level", "code"])


def _create_observation() -> None:
    value = ["region_code", "indicator_id", "period", "assessor_level", "revision_id"]
    op.create_table(
        "observation",
        sa.Column("id", _ROW_NUMBER, autoincrement=True, nullable=False),
        sa.Column("region_code", sa.String(15), nullable=False),
        sa.Column("indicator_id", sa.Integer(), nullable=False),
        sa.Column("period", sa.String(8), nullable=False),
        sa.Column("assessor_level", sa.String(16), nullable=False),
        sa.Column("value", sa.Double()),
        sa.Column("qualifier", sa.String(16), nullable=False),
        sa.Column("source_status", sa.String(16), nullable=False),
        sa.Column("source", sa.Text()),
        sa.Column("original_text", sa.Text()),
        sa.Column("scope_note", sa.Text()),
        sa.Column("method", sa.String(24)),
        sa.Column("note", sa.Text()),
        sa.Column("revision_id", _ROW_NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_observation"),
        sa.ForeignKeyConstraint(["region_code"], ["region.code"], name="fk_observation_region_code_region"),
        sa.ForeignKeyConstraint(
            ["indicator_id"], ["indicator.id"], name="fk_observation_indicator_id_indicator"
        ),
        sa.ForeignKeyConstraint(["revision_id"], ["revision.id"], name="fk_observation_revision_id_revision"),
        sa.UniqueConstraint(*value, name="uq_observation_value"),
    )
    op.create_index("ix_observation_revision_id", "observation", ["revision_id"])
    op.create_index(
        "ix_observation_period_scope",
        "observation",
        ["period", "region_code", "indicator_id", "assessor_level", "revision_id"],
    )


def _create_exemption() -> None:
    subject = ["region_code", "standard_id", "criterion", "revision_id"]
    op.create_table(
        "exemption",
        sa.Column("id", _ROW_NUMBER, autoincrement=True, nullable=False),
        sa.Column("region_code", sa.String(15), nullable=False),
        sa.Column("standard_id", sa.String(128), nullable=False),
        sa.Column("criterion", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("authority", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("document_number", sa.Text()),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("expires_on", sa.Date()),
        sa.Column("revoked", sa.Boolean(), nullable=False),
        sa.Column("revision_id", _ROW_NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_exemption"),
        sa.ForeignKeyConstraint(["region_code"], ["region.code"], name="fk_exemption_region_code_region"),
        sa.ForeignKeyConstraint(["revision_id"], ["revision.id"], name="fk_exemption_revision_id_revision"),
        sa.UniqueConstraint(*subject, name="uq_exemption_subject"),
    )
    op.create_index("ix_exemption_revision_id", "exemption", ["revision_id"])
    op.create_index(
        "ix_exemption_standard_scope",
        "exemption",
        ["standard_id", "region_code", "criterion", "revision_id"],
    )


def _refuse_changes() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for table in _APPEND_ONLY:
            for action in ("UPDATE", "DELETE"):
                op.execute(
                    f"CREATE TRIGGER {table}_refuse_{action.lower()} BEFORE {action} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
                )
        return
    op.execute(
        "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME "
        "USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    for table in _APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_refuse_change BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_refuse_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
