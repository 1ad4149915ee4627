"""Fields at fault, each told by a code."""

import httpx
import pytest

LILLE = "59350"


def person(login: str) -> dict[str, object]:
    return {
        "login": login,
        "name": "N",
        "kind": "operator",
        "communes": [LILLE],
        "password": "a long pass phrase",
    }


@pytest.mark.parametrize(
    ("wrong", "field", "code"),
    [
        ({"login": "É"}, "login", "form-login"),
        ({"password": ""}, "password", "form-short"),
        ({"name": "x" * 121}, "name", "form-long"),
        ({"kind": "mayor"}, "kind", "form-choice"),
        ({"communes": ["x"]}, "communes.0", "form-commune"),
        ({"enabled": "perhaps"}, "enabled", "form"),
        ({"age": 7}, "age", "form-unknown"),
    ],
)
async def test_each_field_at_fault_has_its_code(
    admin: httpx.AsyncClient, wrong: dict[str, object], field: str, code: str
) -> None:
    told = (await admin.post("/people", json=person("c.dubois") | wrong)).json()
    assert [(one["field"], one["why"]["code"]) for one in told["errors"]] == [(field, code)]
