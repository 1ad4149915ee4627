"""What the `beffroi` command asks of control_room, against a small server."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from deploy.api import ControlRoom
from shared.errors import Unavailable
from tests.support.ports import free_port


class Small(BaseHTTPRequestHandler):
    """Pages of two items, a refusal with a password in it, and nothing."""

    def do_GET(self) -> None:
        if "cursor=next" in self.path:
            self._answer(200, {"items": [{"id": "b"}], "next": None})
        else:
            self._answer(200, {"items": [{"id": "a"}], "next": "next"})

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        if self.path.endswith("/session"):
            self._answer(403, {"detail": "rtsp://viewer:hunter2@camera is refused"})
        else:
            self._answer(204, None)

    def _answer(self, status: int, body: object) -> None:
        data = b"" if body is None else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def room() -> Iterator[ControlRoom]:
    """A client of the small server."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Small)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    with ControlRoom(f"http://127.0.0.1:{server.server_port}") as made:
        yield made
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_list_is_read_to_its_end(room: ControlRoom) -> None:
    assert [item["id"] for item in room.items("/cameras")] == ["a", "b"]


def test_an_answer_without_a_body_is_empty(room: ControlRoom) -> None:
    assert room.post("/cameras", {}) == {}


def test_a_refusal_is_told_without_a_credential(room: ControlRoom) -> None:
    with pytest.raises(Unavailable, match="refused POST /session") as refusal:
        room.sign_in("admin", "x")
    assert "hunter2" not in str(refusal.value)


def test_a_control_room_that_is_not_there_is_one_sentence() -> None:
    with (
        ControlRoom(f"http://127.0.0.1:{free_port()}") as away,
        pytest.raises(Unavailable, match="does not answer"),
    ):
        away.get("/cameras")
