"""How to reach a camera, checked and sealed into it."""

from dataclasses import replace

from control_room.model.territory import Camera, CameraAccess
from control_room.territory.room import Territory
from shared.errors import BadInput
from shared.reasons import why


def with_access(territory: Territory, camera: Camera, access: CameraAccess) -> Camera:
    """The camera with this access sealed in it. Raises BadInput where an address must not be reached."""
    place = territory.addresses.check(access.address)
    if access.sub_address:
        _check_sub_address(territory, access.sub_address)
    if access.password and not access.username:
        raise BadInput(why("password-without-user", "a password without a user name"), "username")
    return replace(
        camera,
        address_host=str(place),
        has_credentials=bool(access.username),
        has_sub=bool(access.sub_address),
        sealed=territory.vault.seal(access),
    )


def _check_sub_address(territory: Territory, address: str) -> None:
    try:
        territory.addresses.check(address)
    except BadInput as error:
        raise BadInput(error.told, "sub_address") from error
