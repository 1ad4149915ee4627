"""JSON as this system takes it from outside: what two readers could understand differently is refused."""

import json
from collections.abc import Iterator

from shared.errors import BadInput

MOST_DEPTH = 16
_MOST_DIGITS = 40


def check_json(body: bytes) -> None:
    """Return when a body is one JSON text (RFC 8259) that means the same to every reader (RFC 7493).

    Raises BadInput on anything that is not UTF-8, a member named twice, a NUL or half a surrogate pair in a
    text, a number that is none or has more than 40 digits, and more than 16 levels.
    """
    try:
        value = json.loads(
            body.decode(),
            object_pairs_hook=_once_each,
            parse_constant=_no_constant,
            parse_int=_whole,
            parse_float=_finite,
        )
    except UnicodeDecodeError as error:
        raise BadInput("the body is not UTF-8 text", "body") from error
    except RecursionError as error:
        raise _too_deep() from error
    except json.JSONDecodeError as error:
        raise BadInput(f"the body is not JSON: {error.msg} at {error.pos}", "body") from error
    for text in _texts(value):
        if "\0" in text:
            raise BadInput("a text in the body holds a NUL character", "body")
        if not text.isascii() and any(0xD800 <= ord(character) < 0xE000 for character in text):
            raise BadInput("a text in the body holds half a surrogate pair", "body")


def _texts(value: object) -> Iterator[str]:
    """Every text and name in a value, without recursion."""
    level: list[object] = [value]
    for _ in range(MOST_DEPTH):
        below: list[object] = []
        for one in level:
            if isinstance(one, str):
                yield one
            elif isinstance(one, dict):
                yield from one
                below.extend(one.values())
            elif isinstance(one, list):
                below.extend(one)
        level = below
    if level:
        raise _too_deep()


def _too_deep() -> BadInput:
    return BadInput(f"the body has more than {MOST_DEPTH} levels", "body")


def _once_each(pairs: list[tuple[str, object]]) -> dict[str, object]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise BadInput("the body names a member twice", "body")
    return made


def _no_constant(_text: str) -> object:
    raise BadInput("the body holds a number that is none", "body")


def _whole(text: str) -> int:
    if len(text) > _MOST_DIGITS:
        raise BadInput(f"the body holds a number of more than {_MOST_DIGITS} digits", "body")
    return int(text)


def _finite(text: str) -> float:
    number = float(text)
    if number in (float("inf"), float("-inf")) or len(text) > _MOST_DIGITS:
        raise BadInput("the body holds a number that is too large or too long", "body")
    return number
