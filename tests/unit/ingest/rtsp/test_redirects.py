"""A camera that sends us on: where to, how often, and with whose password."""

import pytest

from ingest.addresses import AddressRules, Target
from ingest.ports import ForbiddenAddress, NotRtsp, Refused
from ingest.rtsp.dialogue import Moved
from ingest.rtsp.digest import Answers, Credentials
from ingest.rtsp.redirects import MAX_REDIRECTS, follow
from tests.support.told import said
from tests.unit.ingest.test_addresses import rules

CREDENTIALS = Credentials("viewer", "hunter2")
HERE, ELSEWHERE = "rtsp://192.0.2.7/a", "rtsp://192.0.2.8/b"


class Site:
    """Cameras by address, and how each was asked."""

    def __init__(self, answers: dict[str, Exception]) -> None:
        self._answers = answers
        self.asked: list[tuple[str, Credentials]] = []

    async def at(self, target: Target, credentials: Credentials, answers: Answers | None) -> str:
        self.asked.append((target.ip, credentials))
        if target.ip in self._answers:
            raise self._answers[target.ip]
        return target.ip


async def followed(site: Site, allowed: AddressRules) -> str:
    return await follow(allowed, await allowed.check(HERE), CREDENTIALS, site.at)


async def test_the_password_is_for_the_first_address_only() -> None:
    site = Site({"192.0.2.7": Moved(ELSEWHERE)})
    assert await followed(site, rules()) == "192.0.2.8"
    assert site.asked == [("192.0.2.7", CREDENTIALS), ("192.0.2.8", Credentials())]


async def test_another_address_that_asks_for_a_password_is_refused_in_words_without_it() -> None:
    site = Site({"192.0.2.7": Moved(ELSEWHERE), "192.0.2.8": Refused(said("401"))})
    with pytest.raises(Refused, match="first address only") as refusal:
        await followed(site, rules())
    assert "hunter2" not in str(refusal.value)


async def test_an_address_it_may_not_have_is_not_asked() -> None:
    site = Site({"192.0.2.7": Moved("rtsp://127.0.0.1/b")})
    with pytest.raises(ForbiddenAddress):
        await followed(site, rules())
    assert [ip for ip, _ in site.asked] == ["192.0.2.7"]


async def test_cameras_that_send_us_round_are_left() -> None:
    site = Site({"192.0.2.7": Moved(ELSEWHERE), "192.0.2.8": Moved(HERE)})
    with pytest.raises(NotRtsp, match="without an end"):
        await followed(site, rules())
    assert len(site.asked) == MAX_REDIRECTS + 1
