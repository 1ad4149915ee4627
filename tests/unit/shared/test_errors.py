import json

import pytest

from shared.errors import (
    PROBLEM_MEDIA_TYPE,
    BadInput,
    BeffroiError,
    BusUnavailable,
    Conflict,
    Forbidden,
    NotFound,
    TicketRefused,
    TooLarge,
    TooManyRequests,
    Unauthenticated,
    Unavailable,
    Unsupported,
    problem,
)


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (BeffroiError("x"), 500),
        (BadInput("x"), 400),
        (Unauthenticated("x"), 401),
        (Forbidden("x"), 403),
        (TicketRefused("x"), 403),
        (NotFound("x"), 404),
        (Conflict("x"), 409),
        (TooLarge("x"), 413),
        (Unsupported("x"), 415),
        (TooManyRequests("x", 1), 429),
        (Unavailable("x"), 503),
        (BusUnavailable("x"), 503),
    ],
)
def test_each_error_has_its_http_status(error: BeffroiError, status: int) -> None:
    assert problem(error).status == status


def test_a_problem_has_the_members_of_rfc_9457() -> None:
    rendered = problem(NotFound("no camera cam-x"), "/api/v1/cameras/cam-x")
    assert json.loads(rendered.body) == {
        "type": "urn:beffroi:problem:not-found",
        "title": "Not found",
        "status": 404,
        "detail": "no camera cam-x",
        "instance": "/api/v1/cameras/cam-x",
    }


def test_a_problem_is_sent_as_one() -> None:
    assert problem(Conflict("x")).headers["content-type"] == PROBLEM_MEDIA_TYPE


def test_bad_input_names_its_field() -> None:
    assert json.loads(problem(BadInput("x", "days")).body)["field"] == "days"


def test_whoever_is_slowed_down_is_told_for_how_long() -> None:
    assert problem(TooManyRequests("x", 7)).headers["retry-after"] == "7"


def test_nobody_is_told_to_retry_at_once() -> None:
    assert TooManyRequests("x", 0).retry_after_s == 1


def test_whoever_is_unknown_is_told_how_to_sign_in() -> None:
    assert "Bearer" in problem(Unauthenticated("x")).headers["www-authenticate"]
