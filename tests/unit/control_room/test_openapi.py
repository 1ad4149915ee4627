"""The command that prints the API's document."""

import json

import pytest

from control_room.openapi import main


def test_the_document_is_printed_without_settings(capsys: pytest.CaptureFixture[str]) -> None:
    main()
    document = json.loads(capsys.readouterr().out)
    assert document["openapi"].startswith("3.1")
    assert "/api/v1/session" in document["paths"]
