"""What machines say is cut and freed of credentials before it is kept."""

from hypothesis import given
from hypothesis import strategies as st

from control_room.model.told import plain, plain_reason, plain_why
from shared.reasons import why

URL = "rtsp://viewer:Zq81-secret@10.1.4.20/x"


@given(st.text(max_size=2000))
def test_no_text_is_longer_than_300_characters(text: str) -> None:
    assert len(plain(text)) <= 300


def test_credentials_are_taken_out_of_the_text_and_of_each_parameter() -> None:
    reason = plain_reason(why("answer-part-wrong", "{part} is wrong", part=URL))
    assert "Zq81" not in plain(f"refused by {URL}")
    assert "Zq81" not in reason.text
    assert "Zq81" not in str(reason.params)
    assert reason.code == "answer-part-wrong"


def test_no_reason_stays_none() -> None:
    assert plain_why(None) is None
