"""`python -m control_room` serves; `python -m control_room create-admin LOGIN` makes an administrator."""

import argparse
import asyncio
import getpass
import sys

from control_room.db.engine import Database
from control_room.identity.administrator import create_administrator
from control_room.identity.passwords import Passwords
from control_room.model.names import Names
from control_room.service import build
from control_room.settings import ControlRoomSettings
from shared.clock import SystemClock
from shared.errors import BeffroiError
from shared.service import main
from shared.settings import load


async def _create_admin(login: str, password: str) -> None:
    settings = load(ControlRoomSettings)
    db = Database(settings.database_url.get_secret_value())
    passwords = Passwords(demo=settings.demo)
    try:
        await db.prepare()
        person = await create_administrator(db, SystemClock(), Names(), passwords, login, password)
    finally:
        await passwords.close()
        await db.close()
    print(f"administrator {person.login} made")


def _password() -> str:
    """Typed twice at a terminal, else the first line of standard input."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    password = getpass.getpass("Password: ")
    if getpass.getpass("Again: ") != password:
        raise SystemExit("the two passwords differ")
    return password


def run(arguments: list[str]) -> int:
    """The exit code of the command."""
    parser = argparse.ArgumentParser("control_room", description=__doc__)
    commands = parser.add_subparsers(dest="command")
    create = commands.add_parser("create-admin", help="make an administrator; asks for the password")
    create.add_argument("login")
    parsed = parser.parse_args(arguments)
    if parsed.command is None:
        return main("control_room", build)
    try:
        asyncio.run(_create_admin(parsed.login, _password()))
    except BeffroiError as error:
        print(f"beffroi control_room: {error.detail}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
