"""Alembic runs this for each command. The connection comes in with the configuration."""

from typing import Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext

from control_room.db.desk_tables import DeliveryRow
from control_room.db.tables import UtcDateTime


def _render(kind: str, item: object, _context: AutogenContext) -> str | Literal[False]:
    # A migration must not depend on code that may change.
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    # The last module of tables: whoever has it has all of them.
    target_metadata=DeliveryRow.metadata,
    render_as_batch=True,
    render_item=_render,
)
with context.begin_transaction():
    context.run_migrations()
