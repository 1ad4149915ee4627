"""The README's table of settings, made from the settings themselves.

`python -m tests.docs_settings` writes it into README.md; `tests.docs_check` fails while it is out of date.
"""

import re
from pathlib import Path

from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from control_room.settings import ControlRoomSettings
from ingest.settings import IngestSettings
from mux.settings import MuxSettings
from shared.settings import Settings
from storage.settings import EdgeSettings, StorageSettings

KINDS: tuple[tuple[str, type[Settings]], ...] = (
    ("ingest", IngestSettings),
    ("mux", MuxSettings),
    ("storage", StorageSettings),
    ("edge", EdgeSettings),
    ("control_room", ControlRoomSettings),
)
_BLOCK = re.compile(r"(<!-- settings -->\n).*?(\n<!-- /settings -->)", re.S)


def known_settings() -> frozenset[str]:
    """The names of all settings of all services."""
    return frozenset(_name(field) for _, kind in KINDS for field in kind.model_fields)


def table() -> str:
    """One row a setting and meaning, with the services that read it."""
    rows: dict[tuple[str, str, str], list[str]] = {}
    for service, kind in KINDS:
        for name, field in kind.model_fields.items():
            key = (_name(name), _default(field), (field.description or "").replace("|", "\\|"))
            rows.setdefault(key, []).append(service)
    lines = ["| setting | read by | default | meaning |", "|---|---|---|---|"]
    for (name, default, meaning), services in sorted(rows.items(), key=lambda row: (-len(row[1]), row[0])):
        readers = "all" if len(services) == len(KINDS) else ", ".join(services)
        lines.append(f"| `{name}` | {readers} | {default} | {meaning} |")
    return "\n".join(lines)


def with_table(readme: str) -> str:
    """The README with its table up to date."""
    return _BLOCK.sub(lambda found: found[1] + table() + found[2], readme)


def _name(field: str) -> str:
    return f"BEFFROI_{field.upper()}"


def _default(field: FieldInfo) -> str:
    if field.default is PydanticUndefined:
        return "required"
    value = field.default
    if hasattr(value, "get_secret_value"):
        value = value.get_secret_value()
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return f"`{text}`" if text not in ("", "None") else "none"


if __name__ == "__main__":
    target = Path(__file__).resolve().parent.parent / "README.md"
    target.write_text(with_table(target.read_text()))
