"""The first administrator, who makes everybody else."""

import re

from pydantic import SecretStr

from control_room.db.engine import Database
from control_room.identity.passwords import Passwords
from control_room.identity.room import Identity
from control_room.model.journal import AuditAction, AuditEvent, Outcome
from control_room.model.names import Names
from control_room.model.people import LOGIN_PATTERN, Person, Role
from control_room.model.times import utc_now
from shared.clock import Clock
from shared.errors import BadInput
from shared.log import Logger
from shared.reasons import why


async def bootstrap(identity: Identity, login: str, password: SecretStr | None, log: Logger) -> None:
    """Make the administrator the settings name, if there is nobody at all."""
    access = identity.access
    async with access.db.read() as tx:
        nobody = await tx.people.count() == 0
    if not nobody:
        return
    if not login or password is None:
        log.warning("nobody-can-sign-in", cure="run `python -m control_room create-admin LOGIN`")
        return
    await create_administrator(
        access.db, access.clock, access.names, identity.passwords, login, password.get_secret_value()
    )
    log.info("administrator-made", login=login)


async def create_administrator(
    db: Database, clock: Clock, names: Names, passwords: Passwords, login: str, password: str
) -> Person:
    """Make an administrator. Raises BadInput on a weak password, Conflict when the login is taken."""
    login = login.strip().lower()
    if not re.fullmatch(LOGIN_PATTERN, login):
        raise BadInput("the login must be 2 to 64 characters of a-z, 0-9, dot, dash, underscore, @", "login")
    kept = await passwords.hash(password, login)
    person = Person(names.new("p"), login, login, Role.ADMIN, frozenset())
    made = why("administrator-made", "{login}, {kind}, on the machine", login=login, kind=person.role.value)
    event = AuditEvent(AuditAction.CREATE_PERSON, Outcome.DONE, resource=person.id)
    async with db.write() as tx:
        await tx.people.add(person, kept)
        await tx.journal.write(utc_now(clock), event.telling(made, Outcome.DONE))
    return person
