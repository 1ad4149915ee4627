"""Values as the wire shows them."""

from control_room.http.views import page, viewer_view, why_view
from control_room.live.list_viewers import Viewer
from control_room.model.paging import Slice
from control_room.model.people import Person, Role
from shared.messages.live import NamedViewer, TileStatistics
from shared.reasons import why


def test_a_page_keeps_its_cursor() -> None:
    shown = page(Slice((1, 2), "after"), str)
    assert (shown.items, shown.next) == (["1", "2"], "after")


def test_a_reason_is_a_code_with_its_parameters() -> None:
    told = why_view(why("login-taken", "the login {login} is taken", login="ada"))
    assert told is not None
    assert (told.code, told.params) == ("login-taken", {"login": "ada"})
    assert why_view(None) is None


def test_the_secret_id_of_a_viewer_is_hashed_and_a_cameras_name_loses_its_commune() -> None:
    tile = TileStatistics("0", "59350/cam-1", "main")
    person = Person("p-1", "ada", "Ada", Role.OPERATOR, frozenset())
    shown = viewer_view(
        Viewer(
            "https://mux.test",
            NamedViewer(id="secret-1", session="s-1", subject="p-1", tiles=(tile,)),
            person,
        )
    )
    assert "secret-1" not in shown.model_dump_json()
    assert shown.tiles[0].camera == "cam-1"
    assert shown.person is not None
    assert shown.person.login == "ada"
