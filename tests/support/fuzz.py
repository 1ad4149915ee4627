"""Requests made from an OpenAPI document, and whether an answer is one that the document tells of."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import httpx
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import Case
from schemathesis.core.failures import FailureGroup
from schemathesis.core.result import Ok
from schemathesis.generation.modes import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

_CHECKS = [
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]

AnyCase = Case[Any]


@dataclass(frozen=True)
class Operation:
    """One operation of a document with requests to it, some as it asks for and some not."""

    id: str
    method: str
    cases: tuple[AnyCase, ...]


def operations(document: Mapping[str, object], examples: int) -> Iterator[Operation]:
    """Every operation of a document, with `examples` requests of either kind; the same ones each time."""
    for found in schemathesis.openapi.from_dict(dict(document)).get_all_operations():
        assert isinstance(found, Ok), "the document has an operation that cannot be read"
        operation = found.ok()
        cases: list[AnyCase] = []
        for mode in GenerationMode:

            @seed(1)
            @settings(
                max_examples=examples,
                deadline=None,
                database=None,
                phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            )
            @given(operation.as_strategy(mode))
            def collect(case: AnyCase) -> None:
                cases.append(case)  # noqa: B023  # called in this turn

            # An operation that asks for nothing cannot be asked otherwise.
            with suppress(Unsatisfiable):
                collect()
        assert cases, "nothing can be asked of an operation"
        yield Operation(operation.definition.raw["operationId"], operation.method.upper(), tuple(cases))


def request_of(
    case: AnyCase, base: str, headers: Mapping[str, str], cookies: Mapping[str, str]
) -> httpx.Request:
    """A case as it goes to `base`; `headers` and `cookies` go above its own."""
    made = case.as_transport_kwargs(base_url=base)
    wanted = {key: made[key] for key in ("method", "url", "params", "json", "data", "files") if key in made}
    own = {name: value for name, value in made["headers"].items() if not name.startswith("X-Schemathesis")}
    prepared = requests.Request(
        headers={**own, **headers}, cookies={**made.get("cookies", {}), **cookies}, **wanted
    ).prepare()
    body = prepared.body.encode() if isinstance(prepared.body, str) else prepared.body
    assert body is None or isinstance(body, bytes)
    named = {name: str(value) for name, value in prepared.headers.items()}
    return httpx.Request(prepared.method or "", prepared.url or "", headers=named, content=body)


def faults(case: AnyCase, answer: httpx.Response) -> list[str]:
    """What an answer has that the document does not tell of; a fault of the server's is one always."""
    found = ["the server failed"] if answer.status_code == 500 else []
    try:
        case.validate_response(answer, checks=_CHECKS)
    except FailureGroup as group:
        found += [f"{type(one).__name__}: {str(one)[:300]}" for one in group.exceptions]
    return found
