"""How long the workshop keeps what it needs only for a while."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.privacy.retention import register_rule
from documents import erasing as documents_erasing
from documents.models import Document
from services.models import Absence, Appointment, Hold, LoanHandover, VisitMessage, WaitlistEntry
from services.privacy.counter import NO_WORDS

OVER = [*Appointment.Status.gone(), Appointment.Status.DONE]


def register() -> None:
    _register_people()
    _register_visits()


def _register_people() -> None:
    register_rule(
        "services.sick_leave",
        default_days=30,
        least_days=1,
        most_days=180,
        label=_("That a colleague was ill, after they are back: then only that they were away"),
        basis=_("GDPR Art. 9, BDSG § 26(3): needed to plan the day, not afterwards."),
        sweep=_forget_sick_leave,
        count=_count_sick_leave,
    )
    register_rule(
        "services.licences",
        default_days=184,
        least_days=92,
        most_days=3 * 366,
        label=_("Drivers of loan cars and their licences, after the car came back"),
        basis=_("BGB § 548: damage is claimed within six months; StVG § 26(3): fines within three."),
        sweep=_forget_licences,
        count=_count_licences,
    )


def _register_visits() -> None:
    register_rule(
        "services.holds",
        default_days=7,
        least_days=1,
        most_days=90,
        label=_("Times that were kept for somebody, after they ended"),
        basis=_("GDPR Art. 5(1)(e): long enough to explain why a time was gone."),
        sweep=_forget_holds,
        count=_count_holds,
    )
    register_rule(
        "services.waitlist",
        default_days=90,
        least_days=7,
        most_days=365,
        label=_("Places on the waitlist, after they ended"),
        basis=_("GDPR Art. 5(1)(e)"),
        sweep=_forget_waitlist,
        count=_count_waitlist,
    )
    register_rule(
        "services.addresses",
        default_days=90,
        least_days=30,
        most_days=365,
        label=_("Where we fetched a car or came to, after the visit"),
        basis=_("GDPR Art. 5(1)(e): long enough to settle what went wrong on the way."),
        sweep=_forget_addresses,
        count=_count_addresses,
    )
    register_rule(
        "services.messages",
        default_days=4 * 366,
        least_days=3 * 366,
        most_days=10 * 366,
        label=_("Messages and their pictures, after the visit"),
        basis=_("BGB §§ 195, 199, 634a: claims are barred after three years from the end of the year."),
        sweep=_forget_messages,
        count=_count_messages,
    )


def _some(rows: QuerySet[Any], limit: int) -> list[int]:
    return list(rows.order_by("pk").values_list("pk", flat=True)[:limit])


def _sick(days: int, now: datetime) -> QuerySet[Absence]:
    back = {"span__endswith__lt": now - timedelta(days=days)}
    return Absence.objects.filter(reason=Absence.Reason.SICK, **back)


def _forget_sick_leave(*, days: int, now: datetime, limit: int) -> int:
    some = Absence.objects.filter(pk__in=_some(_sick(days, now), limit))
    return some.update(reason=Absence.Reason.OTHER)


def _count_sick_leave(*, days: int, now: datetime) -> int:
    return _sick(days, now).count()


def _driven(days: int, now: datetime) -> QuerySet[LoanHandover]:
    back = LoanHandover.objects.filter(returned_at__lt=now - timedelta(days=days))
    return back.exclude(driver_name=NO_WORDS, licence_class="", licence_expires__isnull=True)


def _forget_licences(*, days: int, now: datetime, limit: int) -> int:
    some = LoanHandover.objects.filter(pk__in=_some(_driven(days, now), limit))
    return some.update(driver_name=NO_WORDS, licence_class="", licence_expires=None)


def _count_licences(*, days: int, now: datetime) -> int:
    return _driven(days, now).count()


def _ended_holds(days: int, now: datetime) -> QuerySet[Hold]:
    """An open one that nobody gave back is over with its last moment."""
    return Hold.objects.filter(expires_at__lt=now - timedelta(days=days))


def _forget_holds(*, days: int, now: datetime, limit: int) -> int:
    some = _some(_ended_holds(days, now), limit)
    Hold.objects.filter(pk__in=some).delete()
    return len(some)


def _count_holds(*, days: int, now: datetime) -> int:
    return _ended_holds(days, now).count()


def _ended_waiting(days: int, now: datetime) -> QuerySet[WaitlistEntry]:
    return WaitlistEntry.objects.filter(ended_at__lt=now - timedelta(days=days))


def _forget_waitlist(*, days: int, now: datetime, limit: int) -> int:
    some = _some(_ended_waiting(days, now), limit)
    WaitlistEntry.objects.filter(pk__in=some).delete()
    return len(some)


def _count_waitlist(*, days: int, now: datetime) -> int:
    return _ended_waiting(days, now).count()


def _over(days: int, now: datetime) -> QuerySet[Appointment]:
    return Appointment.objects.filter(status__in=OVER, span__endswith__lt=now - timedelta(days=days))


def _with_address(days: int, now: datetime) -> QuerySet[Appointment]:
    return _over(days, now).filter(~Q(street="") | ~Q(postcode="") | ~Q(town=""))


def _forget_addresses(*, days: int, now: datetime, limit: int) -> int:
    some = Appointment.objects.filter(pk__in=_some(_with_address(days, now), limit))
    return some.update(street="", postcode="", town="")


def _count_addresses(*, days: int, now: datetime) -> int:
    return _with_address(days, now).count()


def _old_messages(days: int, now: datetime) -> QuerySet[VisitMessage]:
    return VisitMessage.objects.filter(appointment__in=_over(days, now).values("pk"))


def _forget_messages(*, days: int, now: datetime, limit: int) -> int:
    some = _some(_old_messages(days, now), limit)
    kind = VisitMessage._meta.label_lower
    pictures = Document.objects.not_erased().filter(about_kind=kind, about_id__in=some)
    documents_erasing.erase_all(documents=pictures.order_by("pk"), now=now)
    VisitMessage.objects.filter(pk__in=some).delete()
    return len(some)


def _count_messages(*, days: int, now: datetime) -> int:
    return _old_messages(days, now).count()


__all__ = ["register"]
