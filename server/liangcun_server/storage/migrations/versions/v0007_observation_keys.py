"""Fewer indexes over observations; on PostgreSQL what they refer to is looked up once a statement.

One unique index by period and region serves what two did. PostgreSQL looked up three foreign keys for each
row, which took most of a large import: a trigger now does so once for all rows of a statement, and what rows
refer to can't be taken away. There the rows of a revision are found by the primary key.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_ROW_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_BY_REGION = ["region_code", "indicator_id", "period", "assessor_level", "revision_id"]
_BY_PERIOD = ["period", "region_code", "indicator_id", "assessor_level", "revision_id"]
_REFERRED = {"region_code": "region.code", "indicator_id": "indicator.id", "revision_id": "revision.id"}

# Distinct first: a million rows name a few thousand regions.
_LOOK_UP = """
CREATE FUNCTION refuse_unknown_references() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE lost text;
BEGIN
    SELECT 'region ' || named.region_code INTO lost
        FROM (SELECT DISTINCT region_code FROM added) AS named
        WHERE NOT EXISTS (SELECT FROM region WHERE code = named.region_code) LIMIT 1;
    IF lost IS NULL THEN
        SELECT 'indicator ' || named.indicator_id INTO lost
            FROM (SELECT DISTINCT indicator_id FROM added) AS named
            WHERE NOT EXISTS (SELECT FROM indicator WHERE id = named.indicator_id) LIMIT 1;
    END IF;
    IF lost IS NULL THEN
        SELECT 'revision ' || named.revision_id INTO lost
            FROM (SELECT DISTINCT revision_id FROM added) AS named
            WHERE NOT EXISTS (SELECT FROM revision WHERE id = named.revision_id) LIMIT 1;
    END IF;
    IF lost IS NOT NULL THEN
        RAISE EXCEPTION 'there is no %', lost USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NULL;
END $$
"""
_KEEP = """
CREATE FUNCTION refuse_removal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are referred to and stay', TG_TABLE_NAME
        USING ERRCODE = 'foreign_key_violation';
END $$
"""


def upgrade() -> None:
    """One index for two; on PostgreSQL a look-up a statement for three a row."""
    if op.get_bind().dialect.name == "sqlite":
        _rebuild(_BY_PERIOD)
        return
    for column, referred in _REFERRED.items():
        op.drop_constraint(f"fk_observation_{column}_{referred.split('.')[0]}", "observation")
    op.drop_constraint("uq_observation_value", "observation")
    op.drop_index("ix_observation_period_scope", "observation")
    op.create_unique_constraint("uq_observation_value", "observation", _BY_PERIOD)
    op.drop_index("ix_observation_revision_id", "observation")
    op.drop_constraint("pk_observation", "observation")
    op.create_primary_key("pk_observation", "observation", ["revision_id", "id"])
    op.execute(_LOOK_UP)
    op.execute(
        "CREATE TRIGGER observation_refuse_unknown_references AFTER INSERT ON observation "
        "REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION refuse_unknown_references()"
    )
    op.execute(_KEEP)
    for table, key in (("region", "code"), ("indicator", "id")):
        op.execute(
            f"CREATE TRIGGER {table}_refuse_removal BEFORE DELETE OR UPDATE OF {key} ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_removal()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_refuse_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_removal()"
        )


def downgrade() -> None:
    """The indexes and foreign keys of before."""
    if op.get_bind().dialect.name == "sqlite":
        _rebuild(_BY_REGION)
        op.create_index("ix_observation_period_scope", "observation", _BY_PERIOD)
        return
    for table in ("region", "indicator"):
        for what in ("removal", "truncate"):
            op.execute(f"DROP TRIGGER {table}_refuse_{what} ON {table}")
    op.execute("DROP FUNCTION refuse_removal()")
    op.execute("DROP TRIGGER observation_refuse_unknown_references ON observation")
    op.execute("DROP FUNCTION refuse_unknown_references()")
    op.drop_constraint("pk_observation", "observation")
    op.create_primary_key("pk_observation", "observation", ["id"])
    op.create_index("ix_observation_revision_id", "observation", ["revision_id"])
    op.drop_constraint("uq_observation_value", "observation")
    op.create_unique_constraint("uq_observation_value", "observation", _BY_REGION)
    op.create_index("ix_observation_period_scope", "observation", _BY_PERIOD)
    for column, referred in _REFERRED.items():
        table, key = referred.split(".")
        op.create_foreign_key(f"fk_observation_{column}_{table}", "observation", table, [column], [key])


def _rebuild(value: list[str]) -> None:
    """Make SQLite's table anew, whose constraints can't be changed; its rows and their numbers stay."""
    op.drop_index("ix_observation_revision_id", "observation")
    op.drop_index("ix_observation_period_scope", "observation", if_exists=True)
    op.rename_table("observation", "observation_before")
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
        *(
            sa.ForeignKeyConstraint(
                [column], [referred], name=f"fk_observation_{column}_{referred.split('.')[0]}"
            )
            for column, referred in _REFERRED.items()
        ),
        sa.UniqueConstraint(*value, name="uq_observation_value"),
    )
    op.execute("INSERT INTO observation SELECT * FROM observation_before ORDER BY id")
    # The triggers of the table of before, append-only as it is, go with it.
    op.drop_table("observation_before")
    op.create_index("ix_observation_revision_id", "observation", ["revision_id"])
    for action in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER observation_refuse_{action.lower()} BEFORE {action} ON observation "
            "BEGIN SELECT RAISE(ABORT, 'observation is append-only'); END"
        )
