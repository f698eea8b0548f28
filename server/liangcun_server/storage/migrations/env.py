"""Where Alembic starts: it runs on the connection that `storage.migration` hands over."""

from alembic import context

from liangcun_server.storage.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
