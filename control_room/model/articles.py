"""On which articles recordings are required, and who may sign by each: data with its source, no legal advice.

What is not sure says so in `confidence`. A centre under another law adds its articles here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Capacity(StrEnum):
    """In which capacity somebody signs a requisition."""

    PROSECUTOR = "prosecutor"
    JUDGE = "judge"
    OPJ = "opj"
    APJ = "apj"
    BE_PROSECUTOR = "be-prosecutor"
    BE_JUDGE = "be-judge"
    BE_OFFICER = "be-officer"


TITLES: Mapping[Capacity, str] = {
    Capacity.PROSECUTOR: "procureur de la République",
    Capacity.JUDGE: "juge d'instruction",
    Capacity.OPJ: "officier de police judiciaire",
    Capacity.APJ: "agent de police judiciaire",
    Capacity.BE_PROSECUTOR: "procureur du Roi",
    Capacity.BE_JUDGE: "juge d'instruction (BE)",
    Capacity.BE_OFFICER: "officier de police judiciaire (BE)",
}
"""As the papers of an export name them, which are French."""


class Mandate(StrEnum):
    """What somebody who signs needs from another one, which the requisition has to name."""

    NONE = "none"
    CONTROL = "control"
    AUTHORISATION = "authorisation"
    COMMISSION = "commission"
    DECISION_AFTER_A_MONTH = "decision-after-a-month"


class Law(StrEnum):
    """Whose law an article is of."""

    FR = "fr"
    BE = "be"


class Confidence(StrEnum):
    """How sure an entry is: its text was read, it was told by others, or it is remembered only."""

    READ = "read"
    TOLD = "told"
    UNVERIFIED = "unverified"


@dataclass(frozen=True, slots=True)
class Article:
    """An article, the capacities that may sign by it and what each needs for it, and where that is from."""

    code: str
    law: Law
    signers: Mapping[Capacity, Mandate]
    source: str
    confidence: Confidence


_FLAGRANT = {
    Capacity.PROSECUTOR: Mandate.NONE,
    Capacity.OPJ: Mandate.NONE,
    Capacity.APJ: Mandate.CONTROL,
}
_PRELIMINARY = {Capacity.OPJ: Mandate.AUTHORISATION, Capacity.APJ: Mandate.AUTHORISATION}
_INFORMATION = {
    Capacity.JUDGE: Mandate.NONE,
    Capacity.OPJ: Mandate.COMMISSION,
    Capacity.APJ: Mandate.COMMISSION,
}
_ALL = (
    Article("60-1", Law.FR, _FLAGRANT, "CPP, art. 60-1", Confidence.READ),
    Article(
        "60-2",
        Law.FR,
        {Capacity.OPJ: Mandate.NONE, Capacity.APJ: Mandate.CONTROL},
        "CPP, art. 60-2",
        Confidence.TOLD,
    ),
    Article(
        "77-1-1",
        Law.FR,
        {Capacity.PROSECUTOR: Mandate.NONE, **_PRELIMINARY},
        "CPP, art. 77-1-1",
        Confidence.READ,
    ),
    Article("77-1-2", Law.FR, _PRELIMINARY, "CPP, art. 77-1-2", Confidence.TOLD),
    Article("99-3", Law.FR, _INFORMATION, "CPP, art. 99-3", Confidence.READ),
    Article(
        "99-4",
        Law.FR,
        {Capacity.OPJ: Mandate.COMMISSION, Capacity.APJ: Mandate.COMMISSION},
        "CPP, art. 99-4",
        Confidence.TOLD,
    ),
    Article(
        "be-lfp-25",
        Law.BE,
        {
            Capacity.BE_OFFICER: Mandate.DECISION_AFTER_A_MONTH,
            Capacity.BE_PROSECUTOR: Mandate.NONE,
            Capacity.BE_JUDGE: Mandate.NONE,
        },
        "LFP, art. 25/1 sq. (besafe.be)",
        Confidence.TOLD,
    ),
    Article(
        "be-cic-35",
        Law.BE,
        {
            Capacity.BE_OFFICER: Mandate.NONE,
            Capacity.BE_PROSECUTOR: Mandate.NONE,
            Capacity.BE_JUDGE: Mandate.NONE,
        },
        "CIC, art. 35 sq.",
        Confidence.UNVERIFIED,
    ),
)
ARTICLES: Mapping[str, Article] = {article.code: article for article in _ALL}
