"""A reason says why something is as it is, twice: as a code with parameters, which the page words in
its reader's language, and as one English sentence for people who read the API, a log or the journal."""

import json
from dataclasses import dataclass

Value = str | int


@dataclass(frozen=True, slots=True)
class Reason:
    """`code` names the kind, `text` is its sentence in English, `params` is what the sentence names, by name.

    None of it holds a credential: it is shown, journaled and logged.
    """

    code: str
    text: str
    params: tuple[tuple[str, Value], ...] = ()

    def __str__(self) -> str:
        return self.text

    def wire(self) -> dict[str, object]:
        """`code` and `params` as JSON members; the sentence goes beside them, as `detail` or `reason`."""
        return {"code": self.code, "params": dict(self.params)}

    def kept(self) -> str:
        """The wire form as canonical JSON text, for a database that keeps the sentence beside it."""
        return json.dumps(self.wire(), sort_keys=True, ensure_ascii=True, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class Cause:
    """What lies behind a reason: `code` is one of `shared.causes.CODES`, `text` its sentence in English."""

    code: str
    text: str

    def __str__(self) -> str:
        return self.text


def why(code: str, english: str, /, *, cause: "Cause | Reason | None" = None, **params: Value) -> Reason:
    """A reason; `english` has a `{name}` where a parameter stands.

    A parameter is a number, a time, a name or a code, never a sentence. A sentence is given as the `cause`:
    the English text then has the cause's sentence, the parameter its code (of a `Reason`: its kept form).

    Codes are written out where they arise: a test reads every call and looks for its words on the page.
    """
    shown = dict(params)
    if cause is not None:
        shown["cause"] = str(cause)
        params["cause"] = cause.kept() if isinstance(cause, Reason) else cause.code
    return Reason(code, english.format_map(shown), tuple(sorted(params.items())))


def coded(told: str | Reason) -> Reason | None:
    """The reason of what is told, None of a mere sentence."""
    return told if isinstance(told, Reason) else None


def kept(told: str | Reason) -> str:
    """What a database keeps beside the sentence: empty for a mere sentence."""
    return told.kept() if isinstance(told, Reason) else ""


def read(kept: str, text: str) -> Reason | None:
    """The reason that `Reason.kept` wrote, with its sentence `text`; None for any other text."""
    try:
        told: object = json.loads(kept)
    except ValueError:
        return None
    if not isinstance(told, dict):
        return None
    return from_wire(told.get("code"), told.get("params"), text)


def from_wire(code: object, params: object, text: str) -> Reason | None:
    """The reason of two JSON members and a sentence, None where they are no reason."""
    if not isinstance(code, str) or not code or not isinstance(params, dict):
        return None
    if not all(isinstance(name, str) and isinstance(value, str | int) for name, value in params.items()):
        return None
    return Reason(code, text, tuple(sorted(params.items())))
