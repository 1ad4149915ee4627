"""How an edge reaches the centre: its credential goes to control_room alone, storage gets the pass."""

from collections.abc import Callable

import httpx
import pytest

from shared.clock import SimulatedClock
from shared.errors import BadInput, BeffroiError, Forbidden, NotFound, Unavailable
from shared.messages.codec import encode
from shared.messages.edge import EdgePass, EdgeReport, EdgeWanted
from storage.edge.centre import Centre

Answer = Callable[[httpx.Request], httpx.Response]


class Web:
    """control_room and storage, and what they were asked."""

    def __init__(self) -> None:
        self.asked: list[httpx.Request] = []
        self.given = 0
        self.answer: Answer = lambda request: httpx.Response(200, content=encode(EdgeWanted(())))

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        if request.url.host == "control":
            self.given += 1
            told = EdgePass(f"pass-{self.given}", "https://archive.example/", 60)
            return httpx.Response(200, content=encode(told))
        return self.answer(request)

    def centre(self, clock: SimulatedClock) -> Centre:
        transport = httpx.MockTransport(self)
        control = httpx.AsyncClient(
            transport=transport, base_url="https://control", headers={"authorization": "Bearer worker-secret"}
        )
        return Centre(control, httpx.AsyncClient(transport=transport), "59350", clock)


async def test_storage_is_shown_a_pass_and_never_the_credential() -> None:
    web = Web()
    await web.centre(SimulatedClock(0)).report(EdgeReport(()))
    asked = [(str(one.url), one.headers["authorization"]) for one in web.asked]
    assert asked == [
        ("https://control/api/v1/worker/edge-pass", "Bearer worker-secret"),
        ("https://archive.example/edges/59350", "Bearer pass-1"),
    ]


async def test_a_pass_is_asked_for_anew_in_time_and_after_it_was_refused() -> None:
    web, clock = Web(), SimulatedClock(0)
    centre = web.centre(clock)
    for seconds, given in ((0, 1), (29, 1), (2, 2)):
        await clock.advance(seconds)
        await centre.report(EdgeReport(()))
        assert web.given == given
    web.answer = lambda request: httpx.Response(403)
    for _ in range(2):
        with pytest.raises(Forbidden):
            await centre.report(EdgeReport(()))
    assert web.given == 3


def broken(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("refused", request=request)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (broken, Unavailable),
        (lambda _: httpx.Response(502), Unavailable),
        (lambda _: httpx.Response(429), Unavailable),
        (lambda _: httpx.Response(404), NotFound),
        (lambda _: httpx.Response(400), BadInput),
        (lambda _: httpx.Response(200, content=b"<html>"), BadInput),
        (lambda _: httpx.Response(302, headers={"location": "https://elsewhere"}), BadInput),
    ],
)
async def test_every_answer_that_is_none_has_its_error_without_a_credential_in_it(
    answer: Answer, error: type[BeffroiError]
) -> None:
    web = Web()
    web.answer = answer
    with pytest.raises(error) as raised:
        await web.centre(SimulatedClock(0)).report(EdgeReport(()))
    assert "pass-1" not in raised.value.detail
    assert "secret" not in raised.value.detail
