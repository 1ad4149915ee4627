"""People and sessions on the wire."""

from typing import Annotated

from pydantic import ConfigDict, Field, SecretStr, StringConstraints

from control_room.http.schemas.common import CommuneCode, Instant, Line, Request, Response
from control_room.model.people import LOGIN_PATTERN, Role

Login = Annotated[str, StringConstraints(strip_whitespace=True, to_lower=True, pattern=f"^{LOGIN_PATTERN}$")]
Password = Annotated[SecretStr, Field(min_length=1, max_length=256)]


class SignIn(Request):
    model_config = ConfigDict(
        json_schema_extra={"examples": [{"login": "c.dubois", "password": "une longue phrase de passe"}]}
    )

    login: Annotated[
        str, StringConstraints(strip_whitespace=True, to_lower=True, min_length=1, max_length=64)
    ]
    password: Password


class PersonView(Response):
    """A person, without anything secret."""

    id: str = Field(examples=["p-7c1m0v9xq2"])
    login: str = Field(examples=["c.dubois"])
    name: str = Field(examples=["Camille Dubois"])
    kind: Role
    communes: list[str] = Field(
        description="INSEE codes, sorted; none means no commune.", examples=[["59350"]]
    )
    enabled: bool


class SessionView(Response):
    """Who is signed in, and until when."""

    person: PersonView
    session: str = Field(
        description="Public id of the session, as the journal names it.", examples=["s-f2k90xq1mz"]
    )
    until: Instant = Field(description="The session ends then at the latest, sooner when it is idle.")
    idle_s: int = Field(
        description="Seconds without a request after which the session ends.", examples=[1800]
    )


class NewPerson(Request):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "login": "c.dubois",
                    "name": "Camille Dubois",
                    "kind": "operator",
                    "communes": ["59350", "59512"],
                    "password": "une longue phrase de passe",
                }
            ]
        }
    )

    login: Login
    name: Line
    kind: Role
    communes: list[CommuneCode] = Field(default_factory=list, max_length=1000)
    password: Password
    enabled: bool = True


class PersonChange(Request):
    """Only the members present are changed. A change of rights ends the person's sessions and pictures."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"communes": ["59350"]}, {"enabled": False}]})

    name: Line | None = None
    kind: Role | None = None
    communes: list[CommuneCode] | None = Field(None, max_length=1000)
    password: Password | None = None
    enabled: bool | None = None
