"""The OpenAPI 3.1 document: problems under their own media type, and no 422 (this service answers 400)."""

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from shared.errors import PROBLEM_MEDIA_TYPE
from shared.openapi import AT_THE_DOOR, STATUSES

# An OpenAPI document is free-form JSON, hence Any.
Document = dict[str, Any]

_PROBLEM = {"application/json": {"schema": {"$ref": "#/components/schemas/Problem"}}}


def document(app: FastAPI) -> Document:
    """The document of `app`, the same for the same code."""
    made: Document = get_openapi(
        title=app.title,
        version=app.version,
        description=app.description,
        routes=app.routes,
        openapi_version="3.1.0",
    )
    for operation in _operations(made):
        responses = operation["responses"]
        responses.pop("422", None)
        for door in AT_THE_DOOR:
            responses.setdefault(str(door), {"description": STATUSES[door], "content": _PROBLEM})
        for status, response in responses.items():
            if status.startswith(("4", "5")) and "content" in response:
                response["content"] = {PROBLEM_MEDIA_TYPE: response["content"]["application/json"]}
    schemas = made["components"]["schemas"]
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    return made


def _operations(made: Document) -> Iterator[Document]:
    for path in made["paths"].values():
        yield from (operation for operation in path.values() if "responses" in operation)
