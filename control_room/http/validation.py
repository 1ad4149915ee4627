"""What pydantic finds wrong with a request, as reasons the page can word."""

from collections.abc import Mapping

from pydantic_core import PydanticCustomError

from control_room.model.people import LOGIN_PATTERN
from shared.causes import technical
from shared.ids import COMMUNE_PATTERN
from shared.reasons import Reason, Value, why

_PREFIX = "why:"
_SOURCES = ("body", "query", "path", "header", "cookie")
_PATTERNS: Mapping[str, Reason] = {
    f"^{LOGIN_PATTERN}$": why(
        "form-login",
        "must be 2 to 64 characters of a-z, 0-9, dot, dash, underscore and @, a letter or digit first",
    ),
    f"^{COMMUNE_PATTERN}$": why("form-commune", "must be an INSEE code of a commune: 59350, 2A004"),
}


def reason_error(reason: Reason, field: str) -> PydanticCustomError:
    """What a validator of ours raises; `field` is the member at which a form shows it."""
    return PydanticCustomError(f"{_PREFIX}{field}:{reason.code}", reason.text, dict(reason.params))


def fault_of(found: Mapping[str, object]) -> tuple[str, Reason]:
    """One of pydantic's findings: the path of the member at fault, and why. Never the value that was sent."""
    kind, text = str(found.get("type", "")), str(found.get("msg", ""))
    told = found.get("ctx")
    context: Mapping[str, object] = told if isinstance(told, dict) else {}
    path = _path(found.get("loc"))
    if kind.startswith(_PREFIX):
        field, _, code = kind.removeprefix(_PREFIX).partition(":")
        return ".".join([*path, field]), Reason(code, text, _params(context))
    return ".".join(path) or "body", _of_pydantic(kind, text, context)


def _path(location: object) -> list[str]:
    parts = [str(part) for part in location] if isinstance(location, list | tuple) else []
    return parts[1:] if parts and parts[0] in _SOURCES else parts


def _params(context: Mapping[str, object]) -> tuple[tuple[str, Value], ...]:
    return tuple(sorted((name, value) for name, value in context.items() if isinstance(value, str | int)))


def _of_pydantic(kind: str, text: str, context: Mapping[str, object]) -> Reason:
    if kind == "string_pattern_mismatch":
        known = _PATTERNS.get(str(context.get("pattern")))
        return known or why("form-characters", "holds characters that are not allowed here")
    if kind == "missing":
        return why("form-missing", "is missing")
    if kind in ("string_too_short", "too_short"):
        return why("form-short", "must have at least {least}", least=_number(context, "min_length"))
    if kind in ("string_too_long", "too_long", "bytes_too_long"):
        return why("form-long", "must have at most {most}", most=_number(context, "max_length"))
    if kind in ("greater_than_equal", "greater_than"):
        return why("form-least", "must be at least {least}", least=_number(context, "ge", "gt"))
    if kind in ("less_than_equal", "less_than"):
        return why("form-most", "must be at most {most}", most=_number(context, "le", "lt"))
    if kind in ("enum", "literal_error"):
        return why("form-choice", "must be one of {choices}", choices=str(context.get("expected", "")))
    if kind.startswith(("datetime", "timezone", "date")):
        return why("form-time", "is no date and time with its zone")
    if kind.startswith(("int", "float", "finite", "decimal")):
        return why("form-number", "is no number")
    if kind == "extra_forbidden":
        return why("form-unknown", "is not known here")
    if kind.startswith("json"):
        return why("body-not-json", "the body is not JSON")
    return why("form", "does not fit: {cause}", cause=technical(text))


def _number(context: Mapping[str, object], *names: str) -> Value:
    found = next((context[name] for name in names if name in context), "")
    return found if isinstance(found, int) else str(found)
