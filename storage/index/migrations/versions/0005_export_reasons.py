"""A failed export says why by a code and its parameters too, which the page words in either language."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("exports", sa.Column("why", sa.Text, nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("exports", "why")
