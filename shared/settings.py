"""Settings come from the environment, as `BEFFROI_*`, once, when a service starts."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

from pydantic import Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError

from shared.errors import BadInput

PLACEHOLDERS = frozenset(
    {
        "",
        "changeme",
        "change-me",
        "secret",
        "password",
        "admin",
        "beffroi",
        "example",
        "default",
        "test",
        "demo",
    }
)
S = TypeVar("S", bound="Settings")


class Settings(BaseSettings):  # type: ignore[explicit-any]  # pydantic-settings types its constructor with Any
    """What every service reads. Each service adds its own fields in its `settings.py`."""

    model_config = SettingsConfigDict(
        env_prefix="BEFFROI_", frozen=True, extra="ignore", validate_default=False
    )

    demo: bool = Field(
        default=False, description="Demonstration: placeholder secrets and plain HTTP are accepted."
    )
    log_json: bool = Field(default=True, description="Log as JSON lines; `false` gives lines for people.")
    data_dir: Path = Field(default=Path("var"), description="Folder for what the service keeps.")

    @model_validator(mode="after")
    def _no_placeholder_secret(self) -> "Settings":
        if self.demo:
            return self
        wrong = [
            f"BEFFROI_{name.upper()} is empty or a placeholder: set a secret of your own "
            "(placeholders are for the demo only)"
            for name in type(self).model_fields
            if _is_placeholder(getattr(self, name))
        ]
        if wrong:
            raise ValueError("; ".join(wrong))
        return self


def _is_placeholder(value: object) -> bool:
    return isinstance(value, SecretStr) and value.get_secret_value().strip().lower() in PLACEHOLDERS


def load(kind: type[S], given: Mapping[str, str] | None = None) -> S:
    """The settings of one service; those `given` by name are not asked of the environment.

    Raises BadInput: a sentence for each that is missing or wrong.
    """
    try:
        return kind(**(given or {}))  # type: ignore[arg-type]  # each field judges its own
    except ValidationError as error:
        sentences = [
            _sentence(item["loc"], item["type"], item["msg"]) for item in error.errors(include_input=False)
        ]
        # Not chained: the cause would carry the input, secrets among it.
        raise BadInput("; ".join(sentences)) from None
    except SettingsError as error:
        # A list or a mapping that is not JSON; the message quotes the field's name and nothing of its value.
        field = re.search(r'field "(\w+)"', str(error))
        name = "a setting" if field is None else f"BEFFROI_{field[1].upper()}"
        raise BadInput(f"{name} is wrong: it must be JSON") from None


def _sentence(where: tuple[int | str, ...], kind: str, message: str) -> str:
    if not where:
        return message.removeprefix("Value error, ")
    name = str(where[0])
    setting = name if name.upper().startswith("BEFFROI_") else f"BEFFROI_{name.upper()}"
    if kind == "missing":
        return f"{setting.upper()} is not set"
    return f"{setting.upper()} is wrong: {message}"
