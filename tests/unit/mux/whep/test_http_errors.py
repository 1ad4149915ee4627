"""Errors of mux as problems, for every address."""

from tests.support.hostile import IN_ADDRESSES
from tests.unit.mux.whep.test_hostile import client, wrong

ROUTES = (
    ("POST", "/whep/{0}/cam-1/main"),
    ("POST", "/whep/59350/{0}/main"),
    ("POST", "/whep/59350/cam-1/{0}"),
    ("PATCH", "/whep/sessions/{0}"),
    ("DELETE", "/whep/sessions/{0}"),
    ("PUT", "/whep/sessions/{0}/tiles"),
    ("POST", "/whep/sessions/{0}/report"),
    ("GET", "/viewers?a={0}"),
    ("GET", "/{0}"),
    ("TRACE", "/wall"),
)


async def test_hostile_addresses_are_answered_in_words() -> None:
    found: list[str] = []
    async with client() as http:
        for hostile in IN_ADDRESSES:
            for method, route in ROUTES:
                address = route.format(hostile or "%20")
                found += wrong(await http.request(method, address, content=b"{}"), f"{method} {address}")
    assert found == []
