"""The schema and the steps to it."""

from pathlib import Path

from sqlalchemy import create_engine, inspect, text

from control_room.db.migrate import check, downgrade, upgrade
from control_room.db.tables import Base


def test_the_newest_schema_is_the_tables_in_code(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path}/x.db")
    with engine.begin() as connection:
        upgrade(connection)
        check(connection)
    engine.dispose()


def test_the_schema_goes_down_to_nothing_and_up_again(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path}/x.db")
    with engine.begin() as connection:
        upgrade(connection)
        downgrade(connection, "base")
        assert inspect(connection).get_table_names() == ["alembic_version"]
        upgrade(connection)
        assert set(Base.metadata.tables) < set(inspect(connection).get_table_names())
    engine.dispose()


def test_cameras_of_the_first_version_come_through_the_upgrade(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path}/x.db")
    with engine.begin() as connection:
        upgrade(connection, "0001")
        connection.execute(text("INSERT INTO communes VALUES ('59350', 'Lille', 1, 0, 1)"))
        connection.execute(
            text(
                "INSERT INTO cameras (id, commune, name, place, recorded, enabled, address_host,"
                " has_credentials, sealed) VALUES ('cam-1', '59350', 'a', '', 1, 1, 'h:1', 0, x'00')"
            )
        )
        upgrade(connection)
        row = connection.execute(text("SELECT has_sub, opener, transport FROM cameras")).one()
    engine.dispose()
    assert tuple(row) == (0, "own", "tcp")


def test_a_hold_of_an_earlier_version_goes_on_without_an_end_and_says_it_has_no_basis(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path}/x.db")
    with engine.begin() as connection:
        upgrade(connection, "0007")
        connection.execute(
            text(
                'INSERT INTO holds (id, commune, camera, start, "end", reference, motive, placed_by, person,'
                " session, placed_at, status, reason, why) VALUES ('h-1', '59350', 'cam-1', '2026-11-20',"
                " '2026-11-21', 'PV 1', 'm', 'c', 'p-1', 's-1', '2026-11-21', 'placed', '', '')"
            )
        )
        upgrade(connection)
        row = connection.execute(text("SELECT kind, basis, ends_at, status FROM holds")).one()
    engine.dispose()
    assert tuple(row) == ("procedure", "unstated", None, "placed")
