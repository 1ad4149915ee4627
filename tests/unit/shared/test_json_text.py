"""JSON that two readers could understand differently is refused; all other is taken."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import BadInput
from shared.json_text import MOST_DEPTH, check_json

TEXTS = st.text(st.characters(exclude_characters="\0", codec="utf-8"), max_size=20)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**18), 10**18)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=8,
)


@given(VALUES)
def test_what_any_writer_makes_is_taken(value: object) -> None:
    check_json(json.dumps(value, ensure_ascii=False).encode())
    check_json(json.dumps(value).encode())


@given(st.binary(max_size=200))
def test_bytes_are_json_or_refused_in_words(body: bytes) -> None:
    try:
        check_json(body)
    except BadInput:
        return
    json.loads(body)


@pytest.mark.parametrize(
    "text",
    ['{"a":1,"a":2}', '{"a":{"b":1,"b":1}}', '{"a":1,"\\u0061":2}', "NaN", "[Infinity]", "1e400", "1" * 41,
     '"\\u0000"', '{"\\u0000":1}', '"\\ud800"', '["\\udfff"]', "", "{", "1 2", "'a'",
     "[" * (MOST_DEPTH + 1) + "]" * (MOST_DEPTH + 1), "[" * 100_000],
)  # fmt: skip
def test_what_readers_could_differ_about_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        check_json(text.encode())


def test_a_body_of_the_most_levels_is_taken() -> None:
    check_json(("[" * (MOST_DEPTH - 1) + "1" + "]" * (MOST_DEPTH - 1)).encode())
