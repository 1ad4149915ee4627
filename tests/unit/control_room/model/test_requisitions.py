"""Who may sign by which article, and what they need for it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from control_room.model.articles import ARTICLES, Capacity, Confidence, Law, Mandate
from control_room.model.requisitions import Demand, Officer, authority, check
from shared.errors import BadInput
from shared.messages.storage import ExportedCamera

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
OPJ = Officer("A. Martin", Capacity.OPJ, "Commissariat de Lille")
DEMAND = Demand(
    "PV 118",
    "60-1",
    OPJ,
    (ExportedCamera("59350/cam-1/main", "Grand-Place", "", ""),),
    NOW - timedelta(hours=2),
    NOW - timedelta(hours=1),
    "C. Dubois",
    NOW - timedelta(minutes=5),
    "theft",
)
officers = st.builds(
    Officer,
    name=st.just("A. Martin"),
    capacity=st.sampled_from(Capacity),
    service=st.just("Lille"),
    mandate=st.sampled_from(["", " ", "CR 2026/12"]),
)


@given(st.sampled_from(sorted(ARTICLES)), officers, st.integers(1, 90))
def test_nobody_signs_by_an_article_that_does_not_name_them_nor_without_what_it_takes(
    code: str, officer: Officer, age_days: int
) -> None:
    start = NOW - timedelta(days=age_days)
    demand = replace(DEMAND, article=code, officer=officer, start=start, end=start + timedelta(hours=1))
    mandate = ARTICLES[code].signers.get(officer.capacity)
    old = demand.received_at - start > timedelta(days=28)
    named = bool(officer.mandate.strip())
    needed = mandate is not Mandate.NONE and (mandate is not Mandate.DECISION_AFTER_A_MONTH or old)
    if mandate is not None and (named or not needed):
        check(demand, NOW)
    else:
        with pytest.raises(BadInput) as refused:
            check(demand, NOW)
        assert refused.value.field == ("officer.capacity" if mandate is None else "officer.mandate")


@pytest.mark.parametrize(
    ("article", "capacity", "mandate"),
    [
        ("60-1", Capacity.APJ, "under OPJ Petit"),
        ("60-2", Capacity.OPJ, ""),
        ("77-1-1", Capacity.PROSECUTOR, ""),
        ("77-1-1", Capacity.OPJ, "authorisation of 20 November"),
        ("77-1-2", Capacity.APJ, "authorisation of 20 November"),
        ("99-3", Capacity.JUDGE, ""),
        ("99-4", Capacity.OPJ, "CR 12/2026"),
    ],
)
def test_each_article_takes_those_it_names(article: str, capacity: Capacity, mandate: str) -> None:
    check(replace(DEMAND, article=article, officer=replace(OPJ, capacity=capacity, mandate=mandate)), NOW)


@pytest.mark.parametrize("article", ["60-2", "77-1-2", "99-3", "99-4"])
def test_a_prosecutor_does_not_sign_where_the_law_names_others(article: str) -> None:
    signed = replace(DEMAND, article=article, officer=replace(OPJ, capacity=Capacity.PROSECUTOR))
    with pytest.raises(BadInput, match="nobody signs"):
        check(signed, NOW)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"article": "60-9"}, "article"),
        ({"received_at": NOW + timedelta(seconds=1)}, "received_at"),
        ({"end": NOW + timedelta(seconds=1)}, "to"),
    ],
)
def test_what_cannot_be_names_its_field(wrong: dict[str, object], field: str) -> None:
    with pytest.raises(BadInput) as refused:
        check(replace(DEMAND, **wrong), NOW)  # type: ignore[arg-type]  # by name
    assert refused.value.field == field


def test_articles_are_data_with_a_source_and_the_belgian_ones_claim_nothing() -> None:
    assert {"60-1", "60-2", "77-1-1", "77-1-2", "99-3", "99-4"} <= set(ARTICLES)
    assert all(article.source and article.signers for article in ARTICLES.values())
    belgian = [article for article in ARTICLES.values() if article.law is Law.BE]
    assert belgian
    assert all(article.confidence is not Confidence.READ for article in belgian)


def test_the_papers_name_the_officer_in_one_line() -> None:
    assert authority(DEMAND) == "A. Martin, officier de police judiciaire, Commissariat de Lille, 60-1"
