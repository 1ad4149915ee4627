"""What several schemas share: pages, problems, checked texts and times."""

from datetime import UTC, datetime
from typing import Annotated, Generic, TypeVar

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
    WithJsonSchema,
)

from shared import instants
from shared.ids import COMMUNE_PATTERN

T = TypeVar("T")


def _rfc3339(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


Instant = Annotated[
    instants.Instant,
    PlainSerializer(_rfc3339, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
CommuneCode = Annotated[str, StringConstraints(pattern=f"^{COMMUNE_PATTERN}$")]
PRINTABLE = r"^[^\x00-\x1f\x7f]*$"
Line = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120, pattern=PRINTABLE)
]
Motive = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


class Request(BaseModel):
    """A body that comes in: unknown members are refused, so that a misspelt one is noticed."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Response(BaseModel):
    """A body that goes out."""

    model_config = ConfigDict(frozen=True, populate_by_name=True)


class Page(Response, Generic[T]):
    """One page of a list. `next` is the cursor of the following page, null on the last."""

    items: list[T]
    next: str | None = None


class Why(Response):
    """A reason as a code with the parameters that its sentence names, to be worded in any language."""

    code: str = Field(examples=["login-taken"])
    params: dict[str, str | int] = Field(examples=[{"login": "c.dubois"}])


class FieldProblem(Response):
    """One member of the request that is wrong, by its path, and how. Never its value."""

    field: str = Field(examples=["authorisation.days"])
    detail: str = Field(examples=["Input should be less than or equal to 31"])
    why: Why | None = None


class Problem(Response):
    """What went wrong (RFC 9457), sent as `application/problem+json`."""

    type: str = Field(examples=["urn:beffroi:problem:forbidden"])
    title: str = Field(examples=["Not allowed"])
    status: int = Field(examples=[403])
    detail: str = Field(examples=["an operator of other communes may not watch this camera"])
    instance: str | None = Field(None, examples=["/api/v1/cameras/cam-3kf9a0q2zd/live"])
    field: str | None = Field(None, description="The first member of the request at fault.")
    errors: list[FieldProblem] | None = Field(None, description="Every member of the request at fault.")
    why: Why | None = Field(None, description="`detail` as a code with parameters.")
    retry_after_s: int | None = Field(None, description="Seconds to wait, with 429.")
