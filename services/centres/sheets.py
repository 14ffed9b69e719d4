"""What is asked when a kind of work is booked, and what is checked when it is done: lists in order."""

from datetime import datetime
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.errors import Conflict, Invalid
from journal import log
from services.centres.rights import require_right
from services.models import Appointment, CheckItem, ServiceType, SymptomQuestion

Entry = SymptomQuestion | CheckItem
E = TypeVar("E", SymptomQuestion, CheckItem)
MOST = 40  # of one list


def add_question(*, by: User, service: ServiceType, values: dict[str, Any], now: datetime) -> SymptomQuestion:
    """Ask one more thing, last. Raises NotAllowed, Invalid (answers_differ, too_many)."""
    if len(values["answers_de"]) != len(values["answers_en"]):
        raise Invalid(
            _("As many answers in each language, please."), code="answers_differ", field="answers_en"
        )
    return _append(by, service, SymptomQuestion(service_type=service, **values), now)


def add_check_item(*, by: User, service: ServiceType, values: dict[str, Any], now: datetime) -> CheckItem:
    """One more point, last. Raises NotAllowed, Invalid (no_unit, backward, too_many)."""
    lowest, highest = values["lowest"], values["highest"]
    if not values["unit"] and (lowest is not None or highest is not None):
        raise Invalid(_("Limits need a unit."), code="no_unit", field="unit")
    if lowest is not None and highest is not None and highest < lowest:
        raise Invalid(_("The upper limit lies below the lower one."), code="backward", field="highest")
    return _append(by, service, CheckItem(service_type=service, **values), now)


def remove_question(*, by: User, question: SymptomQuestion, now: datetime) -> None:
    """Ask it no more. Raises NotAllowed, Conflict (answered) while a visit to come has answered it."""
    require_right(by)
    with transaction.atomic():
        open_visits = Appointment.objects.standing().exclude(status=Appointment.Status.DONE)
        if open_visits.filter(symptoms__has_key=str(question.pk)).exists():
            raise Conflict(
                _("A visit to come has answered this question. Please remove it after that."), code="answered"
            )
        question.delete()
        _note(by, question.service_type, now)


def switch_check_item(*, by: User, item: CheckItem, active: bool, now: datetime) -> None:
    """Whether new check sheets have it; what was measured stays. Raises NotAllowed."""
    require_right(by)
    with transaction.atomic():
        CheckItem.objects.filter(pk=item.pk).update(is_active=active)
        _note(by, item.service_type, now)


def move_up(*, by: User, entry: Entry, now: datetime) -> None:
    """Before the one above it; the first stays first. Raises NotAllowed."""
    require_right(by)
    rows: Any = type(entry)._default_manager
    with transaction.atomic():
        _lock(entry.service_type)
        held = rows.get(pk=entry.pk)
        above = rows.filter(service_type=held.service_type_id, position__lt=held.position).last()
        if above is None:
            return
        # Aside first: no two have one position, not even for a moment.
        rows.filter(pk=above.pk).update(position=_next(held))
        rows.filter(pk=held.pk).update(position=above.position)
        rows.filter(pk=above.pk).update(position=held.position)
        _note(by, held.service_type, now)


def _append(by: User, service: ServiceType, entry: E, now: datetime) -> E:
    require_right(by)
    with transaction.atomic():
        _lock(service)
        entry.position = _next(entry)
        rows: Any = type(entry)._default_manager
        if rows.filter(service_type=service).count() >= MOST:
            raise Invalid(_("That is enough for one list."), code="too_many")
        entry.save()
        _note(by, service, now)
    return entry


def _lock(service: ServiceType) -> None:
    ServiceType.objects.select_for_update(of=("self",), no_key=True).get(pk=service.pk)


def _next(entry: Entry) -> int:
    rows: Any = type(entry)._default_manager.filter(service_type=entry.service_type_id)
    return int(rows.aggregate(last=Max("position"))["last"] or 0) + 1


def _note(by: User, service: ServiceType, now: datetime) -> None:
    log.record("services.service_changed", by=by, subject=service, at=now)
