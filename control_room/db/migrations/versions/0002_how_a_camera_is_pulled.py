"""Sub streams, and which RTSP client and transport pull a camera."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up. Cameras there already get the defaults of new ones."""
    with op.batch_alter_table("cameras", schema=None) as batch_op:
        batch_op.add_column(sa.Column("has_sub", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("opener", sa.String(length=8), server_default="own", nullable=False))
        batch_op.add_column(sa.Column("transport", sa.String(length=8), server_default="tcp", nullable=False))


def downgrade() -> None:
    """Go down."""
    with op.batch_alter_table("cameras", schema=None) as batch_op:
        batch_op.drop_column("transport")
        batch_op.drop_column("opener")
        batch_op.drop_column("has_sub")
