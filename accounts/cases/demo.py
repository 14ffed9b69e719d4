"""Requests of the demo: one that waits for us, one for the customer, and a late call-back."""

from collections.abc import Callable
from datetime import datetime, timedelta

from accounts.cases import clock, house_queues
from accounts.models import Case, CaseMessage, User
from common.codes import distinct_codes

CABLE = "Ladekabel mit 7,5 m"
TALK = [
    (True, False, "Guten Tag, ich suche ein Ladekabel Typ 2 mit 7,5 m Länge. Haben Sie eines im Haus?"),
    (False, False, "Guten Tag, es liegt ab Donnerstag in Hamburg-Altona für Sie bereit. Holen Sie es ab?"),
    (False, True, "Hat schon zweimal gefragt: bitte zurücklegen, Name steht am Regal."),
    (True, False, "Sehr gern, am Freitag gegen 16 Uhr."),
]


def seed_cases(*, owner: User, advisor: User, choice: Callable[[str], str], now: datetime) -> None:
    """Three requests, written as they would be found after some days of work."""
    codes = distinct_codes(choice)
    general, call_back = house_queues.GENERAL, house_queues.CALL_BACK
    _write(
        Case(code=next(codes), queue=general, title=CABLE, customer=owner, assignee=advisor),
        TALK,
        advisor=advisor,
        opened_at=now - timedelta(days=3),
        now=now,
    )
    _write(
        Case(
            code=next(codes),
            queue=call_back,
            title="Probefahrt mit dem N7",
            contact_name="Gerda Hansen",
            contact_email="gerda.hansen@demo.example",
            contact_phone="+49 171 3920042",
            call_time=Case.CallTime.MORNING,
            language="de",
        ),
        [(True, False, "Geht das auch an einem Samstag?")],
        advisor=advisor,
        opened_at=now - timedelta(days=4),
        now=now,
    )
    _write(
        Case(code=next(codes), queue=general, title="Zweiter Schlüssel", customer=owner, assignee=advisor),
        [
            (True, False, "Was kostet ein zweiter Schlüssel?"),
            (False, False, "Das hängt vom Modell ab. Für welches Ihrer Fahrzeuge?"),
        ],
        advisor=advisor,
        opened_at=now - timedelta(days=1),
        now=now,
    )


def _write(
    case: Case,
    said: list[tuple[bool, bool, str]],
    *,
    advisor: User,
    opened_at: datetime,
    now: datetime,
) -> None:
    pause = (now - opened_at) / (len(said) + 1)
    last_from_customer = said[-1][0]
    case.opened_at, case.opened_by = opened_at, case.customer
    answers = [
        number for number, (customer, internal, _text) in enumerate(said) if not customer and not internal
    ]
    case.answered_at = opened_at + pause * answers[0] if answers else None
    case.promised_by = clock.first_promise(case.queue, opened_at + pause * (len(said) - 1))
    case.has_news = last_from_customer
    if not last_from_customer:
        case.state, case.left_seconds = Case.State.WAITING, 4 * 3600
    case.save()
    CaseMessage.objects.bulk_create(
        CaseMessage(
            case=case,
            author=case.customer if customer else advisor,
            from_customer=customer,
            internal=internal,
            text=text,
            at=opened_at + pause * number,
        )
        for number, (customer, internal, text) in enumerate(said)
    )
