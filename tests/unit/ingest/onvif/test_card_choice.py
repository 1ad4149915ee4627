"""What BEFFROI_CARDS says."""

import pytest

from ingest.onvif.card_choice import CardChoice, CardPlace
from shared.errors import BadInput


def test_each_camera_may_have_its_own_port_and_recording() -> None:
    choice = CardChoice.read(" place = 1, *=8080,bridge=81/REC-1/a , gate".replace("place = 1", "quay=1"))
    assert choice.place("quay") == CardPlace(1)
    assert choice.place("bridge") == CardPlace(81, "REC-1/a")
    assert choice.place("gate") == CardPlace(80)
    assert choice.place("elsewhere") == CardPlace(8080)


def test_cameras_that_are_not_named_are_not_offered() -> None:
    choice = CardChoice.read("gate")
    assert choice.place("place") is None
    assert choice
    assert not CardChoice.read("")
    assert not CardChoice.read(" , ")


@pytest.mark.parametrize("text", ["gate=0", "gate=65536", "gate=x", "GATE", "gate=80/", "*=80/REC1", "a b"])
def test_what_makes_no_sense_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        CardChoice.read(text)
