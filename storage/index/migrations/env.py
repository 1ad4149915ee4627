"""Runs migrations on the connection that the database hands over (Alembic calls this file)."""

from alembic import context

from storage.index.tables import metadata

context.configure(
    connection=context.config.attributes["connection"], target_metadata=metadata, render_as_batch=True
)
with context.begin_transaction():
    context.run_migrations()
