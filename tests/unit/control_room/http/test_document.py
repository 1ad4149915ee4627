"""The API's document."""

from control_room.http.app import create_app


def test_the_document_is_the_same_each_time_and_names_each_operation_once() -> None:
    first, second = create_app().openapi(), create_app().openapi()
    assert first == second
    assert first["openapi"].startswith("3.1")
    names = [one["operationId"] for item in first["paths"].values() for one in item.values()]
    assert len(names) == len(set(names))


def test_every_body_of_the_document_has_an_example() -> None:
    schemas = create_app().openapi()["components"]["schemas"]
    bodies = {
        operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
        for path, item in create_app().openapi()["paths"].items()
        for operation in item.values()
        if "requestBody" in operation and "/worker/" not in path and "/recorder/" not in path
    }
    assert [name for name in sorted(bodies) if not schemas[name].get("examples")] == []


def test_every_error_of_the_document_is_a_problem() -> None:
    for item in create_app().openapi()["paths"].values():
        for operation in item.values():
            for status, response in operation["responses"].items():
                if int(status) >= 400:
                    assert list(response["content"]) == ["application/problem+json"]
