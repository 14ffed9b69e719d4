"""A visit that was moved or that ended needs no other time any more, whoever did it."""

from journal.models import Event
from journal.reacting import reacts_to
from services.centres import replans
from services.models import Appointment, Displacement


@reacts_to("services.appointment_moved", "services.appointment_cancelled")
def settle_what_was_lost(event: Event) -> None:
    moved = event.kind == "services.appointment_moved"
    replans.settle_after(
        appointment_id=int(event.subject.object_id),
        state=Displacement.State.MOVED if moved else Displacement.State.ENDED,
        by=event.by,
        at=event.at,
    )


@reacts_to("services.appointment_progressed")
def settle_what_is_over(event: Event) -> None:
    if event.data["status"] in (Appointment.Status.DONE, *Appointment.Status.gone()):
        replans.settle_after(
            appointment_id=int(event.subject.object_id),
            state=Displacement.State.ENDED,
            by=event.by,
            at=event.at,
        )
