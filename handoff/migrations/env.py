"""Alembic's entry: works on the connection that it is given, in its transaction."""

from alembic import context

from handoff.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,  # SQLite cannot alter a table in place
    compare_type=True,
)
context.run_migrations()
