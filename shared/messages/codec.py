"""Writes a message as JSON and reads it again."""

from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

from shared.errors import BadInput
from shared.json_text import check_json

T = TypeVar("T")

_adapters: dict[type, TypeAdapter[object]] = {}


def _adapter(kind: type) -> TypeAdapter[object]:
    if kind not in _adapters:
        _adapters[kind] = TypeAdapter(kind)
    return _adapters[kind]


def encode(message: object) -> bytes:
    """The JSON of a message."""
    return _adapter(type(message)).dump_json(message)


def decode(kind: type[T], body: bytes) -> T:
    """The message of type `kind` in a JSON body. Raises BadInput naming the field, not its value."""
    check_json(body)
    try:
        message = _adapter(kind).validate_json(body)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "body"
        # Not chained: the cause would carry the input, passwords of cameras among it.
        raise BadInput(f"{kind.__name__}: {where}: {first['msg']}", where) from None
    assert isinstance(message, kind)
    return message
