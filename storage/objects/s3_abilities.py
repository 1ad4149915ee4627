"""Asks a bucket what it can and how it is set: for whoever puts a centre into operation."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from uuid import uuid4

from storage.objects.locks import LockKind
from storage.objects.s3_locks import S3Locks
from storage.objects.s3_versions import S3Versions
from storage.objects.s3_wire import S3Wire

_PROBE = ".beffroi-doctor"


@dataclass(frozen=True, slots=True)
class Ability:
    """One thing looked at. `well`: it is as it should be; `needed`: without it storage does not work, or what
    has to die does not."""

    what: str
    well: bool
    needed: bool = True


def abilities(wire: S3Wire) -> Iterator[Ability]:
    """What there is to say of a bucket. Raises OSError where it cannot be asked. Blocking."""
    wire.call("head_bucket")
    yield Ability(f"the bucket {wire.place.bucket} answers", well=True)
    yield _conditions(wire)
    yield _versions(wire)
    yield from _lock(wire)
    yield from _rules(wire)


def _conditions(wire: S3Wire) -> Ability:
    name = f"{_PROBE}-{uuid4().hex}"
    try:
        wire.call("put_object", name, Body=b"", IfNoneMatch="*")
        wire.call("put_object", name, Body=b"", IfNoneMatch="*")
    except FileExistsError:
        return Ability("conditional writes: nothing is overwritten unseen", well=True)
    except NotImplementedError:
        pass
    finally:
        with suppress(OSError):
            S3Versions(wire).remove(name)
    return Ability(
        "no conditional writes: two storages could overwrite each other; use another service", False
    )


def _versions(wire: S3Wire) -> Ability:
    try:
        status = wire.call("get_bucket_versioning").get("Status")
        if status is None:
            return Ability("no versions: what another program overwrites is lost", False, needed=False)
        next(S3Versions(wire).below(_PROBE), None)
        return Ability("versions: all of an object are removed with it", well=True)
    except PermissionError as error:
        return Ability(f"whether there are versions cannot be asked: {error.strerror}", False)
    except OSError as error:
        return Ability(f"versions cannot be listed, and so not removed: {error.strerror}", False)


def _lock(wire: S3Wire) -> Iterator[Ability]:
    try:
        kind = S3Locks(wire).kind()
        if kind is LockKind.NONE:
            yield Ability("no Object Lock: holds are kept by Beffroi alone", False, needed=False)
            return
        rule = wire.call("get_object_lock_configuration")["ObjectLockConfiguration"].get("Rule")
    except PermissionError as error:
        yield Ability(f"Object Lock cannot be asked for: {error.strerror}", False, needed=False)
        return
    yield Ability("Object Lock: what is held is under legal hold", well=True)
    if rule:
        yield Ability(
            "a default retention of Object Lock keeps everything from dying on its day: take it away", False
        )


def _rules(wire: S3Wire) -> Iterator[Ability]:
    try:
        rules = wire.call("get_bucket_lifecycle_configuration").get("Rules", [])
    except (FileNotFoundError, NotImplementedError):
        return
    except PermissionError as error:
        yield Ability(f"lifecycle rules cannot be looked at: {error.strerror}", False, needed=False)
        return
    for rule in rules:
        ends = [name for name in ("Expiration", "NoncurrentVersionExpiration", "Transitions") if name in rule]
        if rule.get("Status") == "Enabled" and ends:
            yield Ability(
                f"the lifecycle rule {rule.get('ID', 'without a name')} ({', '.join(ends)}) moves or deletes "
                "recordings behind the index's back: take it away",
                False,
            )
