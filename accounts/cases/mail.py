"""Mail from customers into their cases: what a mail server of the house will call."""

from datetime import datetime

from django.db import transaction

from accounts.cases.cases import write_to_case
from accounts.cases.locking import locked_for_customer
from accounts.models import Case, CaseMessage
from common.codes import parse_code


def receive_mail(*, code: str, sender: str, text: str, mail_id: str, now: datetime) -> CaseMessage | None:
    """An incoming mail about the case whose number its subject names; None if it is not taken.

    Taken only from the address that the case is answered to. Delivered twice, it is one message.
    """
    number = parse_code(code)
    case = Case.objects.select_related("customer").filter(code=number).first() if number else None
    if case is None or not sender or sender.strip().lower() != case.reach_email:
        return None
    with transaction.atomic():
        locked_for_customer(by=case.customer, case=case)  # the second delivery waits for the first
        known = CaseMessage.objects.filter(mail_id=mail_id).first()
        if known is not None:
            return known
        return write_to_case(by=case.customer, case=case, text=text, mail_id=mail_id, now=now)
