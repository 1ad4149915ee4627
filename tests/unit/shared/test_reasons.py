import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import Conflict, problem
from shared.reasons import Reason, from_wire, kept, read, why

params = st.dictionaries(
    st.sampled_from(["login", "days", "code", "said"]), st.text(max_size=20) | st.integers()
)


def test_a_reason_reads_as_its_sentence() -> None:
    assert (
        str(why("login-taken", "the login {login} is taken", login="c.dubois"))
        == "the login c.dubois is taken"
    )


def test_a_parameter_may_have_any_name() -> None:
    assert why("x", "{code} {english}", code=1, english="y").text == "1 y"


@given(params)
def test_what_is_kept_is_read_again(values: dict[str, str | int]) -> None:
    reason = Reason("x", "a sentence", tuple(sorted(values.items())))
    assert read(reason.kept(), "a sentence") == reason


@given(st.text())
def test_any_other_text_is_no_reason(text: str) -> None:
    assert read(text, "") is None or text.startswith("{")


@pytest.mark.parametrize(
    "wrong", ["", "{}", "[]", '{"code":1,"params":{}}', '{"code":"x","params":{"a":[]}}']
)
def test_half_a_reason_is_none(wrong: str) -> None:
    assert read(wrong, "") is None


def test_a_mere_sentence_keeps_nothing() -> None:
    assert kept("a sentence") == ""


def test_a_code_of_nothing_is_no_reason() -> None:
    assert from_wire("", {}, "a sentence") is None


def test_a_problem_has_the_code_beside_the_english_sentence() -> None:
    taken = why("login-taken", "the login {login} is taken", login="x")
    body = problem(Conflict(taken, "login")).body.decode()
    assert '"detail": "the login x is taken"' in body
    assert '"why": {"code": "login-taken", "params": {"login": "x"}}' in body
    assert '"field": "login"' in body
