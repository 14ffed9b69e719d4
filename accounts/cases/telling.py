"""Who hears what about a case: the customer in their inbox or by mail, colleagues in theirs."""

from django.urls import reverse

from accounts.cases import letters, queues
from accounts.cases.guests import is_guest
from accounts.models import Case, User
from accounts.telling import inbox
from journal.models import Event


def case_of(event: Event) -> Case:
    """The case that an event is about."""
    cases = Case.objects.select_related("customer", "assignee")
    return cases.get(pk=event.subject.object_id)


def tell_customer(event: Event) -> None:
    """Answers, closings, merges, new promises; and the opening, where somebody else did it."""
    case = case_of(event)
    if is_guest(case):
        _write_to_guest(case, event)
    elif case.customer is not None and event.by_id != case.customer_id:
        shown = Case.objects.get(pk=event.data["into"]) if "into" in event.data else case
        params = {"code": event.data.get("code", case.code)}
        if "into_code" in event.data:
            params["into"] = event.data["into_code"]
        if event.kind == "accounts.case_promised":
            params["promised_by"] = event.data["promised_by"]
        inbox.notify(
            user=case.customer,
            kind=event.kind,
            params=params,
            url=reverse("accounts:case-detail", args=[shown.pk]),
            event=event,
        )


def _write_to_guest(case: Case, event: Event) -> None:
    about = {
        "accounts.case_opened": "opened",
        "accounts.case_answered": "answered",
        "accounts.case_closed": "closed",
    }.get(event.kind)
    if about:
        letters.queue_letter(case=case, about=about, message=event.data.get("case_message"))


def tell_assignee(event: Event) -> None:
    """The customer wrote, or a colleague gave the case to somebody else."""
    case = case_of(event)
    if case.assignee is None or case.assignee_id == event.by_id:
        return
    _tell_colleague(case, case.assignee, event)


def tell_queue(event: Event) -> None:
    """A promise runs out soon: whoever looks after the case, or all who could."""
    case = case_of(event)
    if case.state != Case.State.OPEN:
        return
    people = [case.assignee] if case.assignee else _people(case)
    for person in people:
        _tell_colleague(case, person, event)


def _people(case: Case) -> list[User]:
    return queues.people_of(queues.queue_named(case.queue), case)


def _tell_colleague(case: Case, person: User, event: Event) -> None:
    # Rights may have changed since: who no longer works here hears nothing.
    if not queues.may_handle(person, case):
        return
    inbox.notify(
        user=person,
        kind=event.kind,
        params={"code": case.code, "promised_by": case.promised_by.isoformat()},
        url=reverse("accounts:staff-case", args=[case.pk]),
        event=event,
    )
