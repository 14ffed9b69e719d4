"""What we ask about a kind of work when it is booked, and what was answered."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from common.errors import Invalid
from services.models import ServiceType, SymptomQuestion

LONGEST_ANSWER = 300  # characters


class Answer(NamedTuple):
    question: SymptomQuestion
    text: str


def questions_for(service_types: Iterable[ServiceType]) -> list[SymptomQuestion]:
    """The questions about these kinds of work, in order. One query."""
    ids = [kind.pk for kind in service_types]
    return list(SymptomQuestion.objects.filter(service_type__in=ids))


def answers_of(service_types: Iterable[ServiceType], given: Mapping[str, str]) -> list[Answer]:
    """What was answered, beside its question. One query, none without answers."""
    if not given:
        return []
    asked = questions_for(service_types)
    return [Answer(each, given[str(each.pk)]) for each in asked if given.get(str(each.pk))]


def check_answers(service_types: Iterable[ServiceType], given: Mapping[str, str]) -> dict[str, str]:
    """Question id → answer, as a visit keeps them; what nobody answered is left out.

    Raises Invalid (unknown_question, wrong_answer, answer_too_long).
    """
    said = {key: text.strip() for key, text in given.items() if text.strip()}
    if not said:
        return {}
    asked = {str(each.pk): each for each in questions_for(service_types)}
    for key, text in said.items():
        question = asked.get(key)
        if question is None:
            raise Invalid(
                _("This question does not belong to the work."), code="unknown_question", field="symptoms"
            )
        if question.answers_de and text not in (*question.answers_de, *question.answers_en):
            raise Invalid(
                _("Please choose one of the answers: %(question)s") % {"question": question.text},
                code="wrong_answer",
                field="symptoms",
            )
        if len(text) > LONGEST_ANSWER:
            raise Invalid(_("This answer is too long."), code="answer_too_long", field="symptoms")
    return said
