from pathlib import Path

import pytest
from pydantic import Field, SecretStr

from shared.errors import BadInput
from shared.settings import PLACEHOLDERS, Settings, load


class Some(Settings):
    """Settings of no service."""

    http_port: int = Field(default=8080, ge=1, le=65535)
    token: SecretStr
    other_token: SecretStr = SecretStr("a-good-one")
    optional: SecretStr | None = None
    names: list[str] = Field(default_factory=list)


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.setenv("BEFFROI_TOKEN", "a-secret-of-its-own")
    return monkeypatch


def refusal() -> str:
    with pytest.raises(BadInput) as refused:
        load(Some)
    return refused.value.detail


def test_settings_come_from_the_environment(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("BEFFROI_DATA_DIR", "/srv/beffroi")
    assert load(Some).data_dir == Path("/srv/beffroi")


def test_a_missing_setting_is_named_in_one_sentence(environment: pytest.MonkeyPatch) -> None:
    environment.delenv("BEFFROI_TOKEN")
    assert refusal() == "BEFFROI_TOKEN is not set"


def test_a_wrong_setting_is_named(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("BEFFROI_HTTP_PORT", "eighty")
    assert refusal().startswith("BEFFROI_HTTP_PORT is wrong: ")


def test_each_wrong_setting_has_its_sentence(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("BEFFROI_HTTP_PORT", "0")
    environment.setenv("BEFFROI_DEMO", "perhaps")
    assert refusal().count(" is wrong: ") == 2


def test_a_list_that_is_none_is_named(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("BEFFROI_NAMES", "not json")
    assert refusal() == "BEFFROI_NAMES is wrong: it must be JSON"


@pytest.mark.parametrize("placeholder", sorted(PLACEHOLDERS))
def test_a_placeholder_is_refused(environment: pytest.MonkeyPatch, placeholder: str) -> None:
    environment.setenv("BEFFROI_TOKEN", f" {placeholder.upper()} ")
    assert "BEFFROI_TOKEN is empty or a placeholder" in refusal()


def test_each_placeholder_has_its_sentence(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("BEFFROI_TOKEN", "changeme")
    environment.setenv("BEFFROI_OTHER_TOKEN", "secret")
    assert refusal().count("is empty or a placeholder") == 2


def test_the_demo_takes_placeholders(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("BEFFROI_TOKEN", "changeme")
    environment.setenv("BEFFROI_DEMO", "true")
    assert load(Some).token.get_secret_value() == "changeme"


def test_an_optional_secret_may_be_left_out() -> None:
    assert load(Some).optional is None


def test_a_secret_is_not_in_the_repr() -> None:
    assert "a-secret-of-its-own" not in repr(load(Some))


def test_no_refusal_repeats_a_secret(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("BEFFROI_HTTP_PORT", "a-secret-in-the-wrong-place")
    assert "a-secret" not in refusal()


def test_settings_do_not_change() -> None:
    settings = load(Some)
    with pytest.raises(ValueError, match="frozen"):
        settings.http_port = 1


def test_what_is_meant_for_another_service_is_left_alone(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("BEFFROI_UNKNOWN_HERE", "x")
    load(Some)
