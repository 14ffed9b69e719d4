"""A declaration that matches no contract is a request: with a promise, and somebody who asks."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from accounts.cases import cases
from accounts.models import Case
from common.errors import Conflict
from subscriptions.contracts import declarations
from subscriptions.models import Declaration
from tests.factories.accounts import UserFactory
from tests.factories.subscriptions import wording

pytestmark = pytest.mark.django_db


def declared(now: datetime, by: Any = None, **fields: Any) -> Declaration:
    return declarations.declare(
        kind="cancel", wording=wording(**fields), by=by, origin="192.0.2.1", language="de", now=now
    )


def test_what_matches_nothing_opens_one_request(run_reactions: Callable[[], int], now: datetime) -> None:
    declaration = declared(now, reason="Umzug")
    run_reactions()
    run_reactions()
    case = Case.objects.get()
    assert (case.queue, case.contact_email) == ("subscriptions.declarations", "karla@example.org")
    assert declaration.code in case.title
    assert "Umzug" in case.messages.get().text
    # One working day from when it was received.
    assert case.promised_by == now + timedelta(days=1)


def test_the_request_can_t_be_closed_before_the_declaration_is_answered(
    run_reactions: Callable[[], int], now: datetime
) -> None:
    declaration = declared(now)
    run_reactions()
    case, advisor = Case.objects.get(), UserFactory.create(role="advisor")
    with pytest.raises(Conflict) as error:
        cases.close_case(by=advisor, case=case, summary="Erledigt", now=now)
    assert error.value.code == "case_has_open_work"
    declarations.answer_declaration(
        by=advisor, declaration=declaration, carry_out=False, note="Nur für uns", now=now
    )
    run_reactions()
    case.refresh_from_db()
    assert case.state == Case.State.CLOSED
    said = [message.text for message in case.messages.for_customer().in_order()]
    assert declaration.code in said[-1]
    assert not any("Nur für uns" in words for words in said)
