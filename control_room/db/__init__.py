"""The database: SQLAlchemy lives here and nowhere else. Gives and takes values of `control_room.model`."""
