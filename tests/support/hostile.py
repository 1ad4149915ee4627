"""What nobody sends by mistake: values, bodies and addresses that have made servers fail."""

from collections.abc import Iterator

DEEP = "[" * 50_000 + "]" * 50_000
VALUES = (
    "null",
    "true",
    "{}",
    "[]",
    "[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]",
    "1e999",
    "-1e308",
    "NaN",
    "Infinity",
    "9223372036854775808",
    "-9223372036854775809",
    "1" * 5000,
    '"\\u0000"',
    '"a\\u0000b"',
    '"\\ud800"',
    '"\\u202e\\r\\nSet-Cookie: a=b"',
    '"0001-01-01T00:00:00+14:00"',
    '"9999-12-31T23:59:59.999999-14:00"',
    '"9999-12-31"',
    '"0001-01-01"',
    '"-000001-01-01T00:00:00Z"',
    '"\' OR 1=1; DROP TABLE people; --"',
    '"../../../etc/passwd"',
    '"' + "a" * 70_000 + '"',
    '"😀"',
)
"""JSON texts, of which some are none."""

BODIES = (
    b"",
    b"{",
    b"null",
    b"[]",
    b"\xff\xfe{\x00}\x00",
    b"\xef\xbb\xbf{}",
    b"\x80",
    b'{"motive": "a", "motive": "b"}',
    DEEP.encode(),
    b'{"a":' * 50_000,
    b" " * (1 << 20) + b" {}",
)
MEDIA_TYPES = (
    "",
    "text/plain",
    "application/xml",
    "multipart/form-data",
    "multipart/form-data; boundary=a",
    "application/x-www-form-urlencoded",
    "application/json; charset=utf-16",
    "application/json; charset=\x7f",
)
IN_ADDRESSES = (
    "%00",
    "a%00b",
    "%ff%fe",
    "%ED%A0%80",
    "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
    "..%5c..%5c",
    "%0d%0aSet-Cookie:%20a=b",
    "a" * 20_000,
    "a" * 30_000,
    "0001-01-01T00:00:00%2B14:00",
    "9999-12-31T23:59:59.999999-14:00",
    "0001-01-01T00:00:00Z",
    "2026-11-20T21:00:00",
    "1e999",
    "-1",
    "9" * 400,
    "%F0%9F%98%80",
    "",
)


def spoilt(body: object) -> Iterator[object]:
    """Bodies in which one member is HERE, which a hostile value takes the place of."""
    yield HERE
    if isinstance(body, dict):
        for name, value in body.items():
            for worse in spoilt(value):
                yield {**body, name: worse}
    elif isinstance(body, list):
        for number, value in enumerate(body):
            for worse in spoilt(value):
                yield [*body[:number], worse, *body[number + 1 :]]


HERE = "a hostile value stands here"
