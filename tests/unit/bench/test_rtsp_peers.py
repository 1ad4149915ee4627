"""MediaMTX and go2rtc are given files that keep them on loopback, and are left out where they are not."""

import json
import re
from pathlib import Path

import pytest

from tests.bench.janus import Missing
from tests.bench.rtsp_peers import GO2RTC, MEDIAMTX, Program

_SOURCE = "rtsp://127.0.0.1:7000/street"
_BOTH = pytest.mark.parametrize("program", [MEDIAMTX, GO2RTC], ids=lambda one: one.name)


@_BOTH
def test_every_address_it_listens_at_is_on_loopback_at_the_ports_given(program: Program) -> None:
    text = program.configuration(8001, 8002, _SOURCE)
    assert set(re.findall(r"[\d.]+:\d+", text)) == {"127.0.0.1:8001", "127.0.0.1:8002", "127.0.0.1:7000"}
    assert _SOURCE in text


@_BOTH
def test_the_file_is_named_to_it(program: Program, tmp_path: Path) -> None:
    assert str(tmp_path / "its.yml") in program.arguments(tmp_path / "its.yml")


@_BOTH
def test_who_is_not_installed_is_missing_by_name(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(Missing, match=program.name):
        program.found()


def test_mediamtx_serves_nothing_but_webrtc() -> None:
    lines = MEDIAMTX.configuration(1, 2, _SOURCE).splitlines()
    off = {line.removesuffix(": no") for line in lines if line.endswith(": no") and line[0] != " "}
    assert {"api", "rtsp", "rtmp", "hls", "srt", "webrtcIPsFromInterfaces"} <= off


def test_go2rtcs_flow_mappings_are_read_as_they_are_meant() -> None:
    text = GO2RTC.configuration(1, 2, _SOURCE)
    (streams,) = re.findall(r"^streams: \{street: (\".*\")\}$", text, re.MULTILINE)
    assert json.loads(streams) == _SOURCE
    assert "{{" not in text
