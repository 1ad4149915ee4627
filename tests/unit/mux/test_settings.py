"""The settings of mux."""

from mux.settings import MuxSettings


def test_origins_are_cut_at_commas_without_trailing_slashes() -> None:
    settings = MuxSettings.model_validate(
        {"ticket_public_key_file": "key", "allowed_origins": "https://a.fr/, https://b.fr ,"}
    )
    assert settings.origins == ["https://a.fr", "https://b.fr"]
