"""What the OpenAPI documents of services have in common; whole documents: tests/unit/{mux,storage}."""

from dataclasses import dataclass

from shared.openapi import AT_THE_DOOR, Members, completed, headers, json_of, said, schemas


@dataclass(frozen=True, slots=True)
class Asked:
    name: str
    count: int = 0


def test_a_route_s_usual_answer_comes_first_and_each_refusal_is_a_problem() -> None:
    told = said("ask", {201: {"description": "Made."}}, (400, 404), takes=json_of("Asked"), ticket=True)
    assert (told["operation_id"], told["status_code"]) == ("ask", 201)
    assert set(told["responses"]) == {201, 400, 404}
    assert "application/problem+json" in str(told["responses"][404])
    assert told["openapi_extra"]["security"] == [{"ticket": []}]


def test_a_document_has_the_door_s_answers_and_never_a_framework_s_own() -> None:
    responses: Members = {"200": {"description": "ok"}, "422": {"description": "the framework's"}}
    made = completed({"paths": {"/x": {"get": {"responses": responses}}}}, schemas(taken=[Asked]))
    assert set(responses) == {"200", *map(str, AT_THE_DOOR)}
    assert {"Problem", "Asked"} <= set(made["components"]["schemas"])  # type: ignore[index]


def test_headers_are_named_with_hyphens() -> None:
    assert list(headers(Retry_After="Seconds.")) == ["Retry-After"]
