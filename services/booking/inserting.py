"""Writing a new visit with its jobs and its first promise: one statement."""

from typing import Any

from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import gettext_lazy as _
from psycopg.types.json import Jsonb

from common import codes
from common.errors import Conflict
from services.booking.plans import Plan
from services.errors import VehicleBusy
from services.models import Appointment

CODE_ATTEMPTS = 5
_FIELDS = [field for field in Appointment._meta.concrete_fields if not field.primary_key]
_SYMPTOMS = _FIELDS.index(Appointment._meta.get_field("symptoms"))

# ON CONFLICT DO NOTHING: a plain INSERT would wait for, and deadlock with, its rivals.
_INSERT = "".join(
    [
        "WITH visit AS (INSERT INTO services_appointment (",
        ", ".join(f'"{field.column}"' for field in _FIELDS),
        ") VALUES (",
        ", ".join(["%s"] * len(_FIELDS)),
        ") ON CONFLICT DO NOTHING RETURNING id)",
        """, made AS (
  INSERT INTO services_job (appointment_id, position, service_type_id, span, price_cents, state)
  SELECT visit.id, step.position, step.kind, step.span, step.price, 'planned'
  FROM visit, unnest(%s::bigint[], %s::tstzrange[], %s::int[]) WITH ORDINALITY
    AS step (kind, span, price, position)
  RETURNING id, position
), promised AS (
  INSERT INTO services_promisechange (appointment_id, promised_at, reason, by_id, at)
  SELECT visit.id, %s, '', %s, %s FROM visit
)
SELECT visit.id, made.position, made.id FROM visit, made""",
    ]
)
# The words of the constraint, and the type of its column, so that its index answers.
_BUSY = """SELECT 1 FROM services_appointment
WHERE vehicle_id = %s::bigint AND span && %s AND id <> %s
  AND NOT (status IN ('cancelled', 'no_show')) LIMIT 1"""


def insert_visit(*, appointment: Appointment, plan: Plan) -> dict[int, int]:
    """Write it, with a code of its own; the ids of its jobs by position.

    Raises VehicleBusy when the car would be at two places, Conflict (try_again) without a code.
    """
    start = appointment.starts_at
    for _attempt in range(CODE_ATTEMPTS):
        appointment.code = codes.new_code()
        values: list[Any] = [getattr(appointment, field.attname) for field in _FIELDS]
        values[_SYMPTOMS] = Jsonb(appointment.symptoms)
        values += [
            [step.service_type.pk for step in plan.steps],
            [
                DateTimeTZRange(start + step.offset, start + step.offset + step.length, "[)")
                for step in plan.steps
            ],
            [step.service_type.price_cents for step in plan.steps],
            appointment.promised_at,
            appointment.entered_by_id or appointment.booked_by_id,
            appointment.created_at,
        ]
        with connection.cursor() as cursor:
            cursor.execute(_INSERT, values)
            rows = cursor.fetchall()
        if rows:
            appointment.pk = rows[0][0]
            appointment._state.adding = False
            return {position: job for _visit, position, job in rows}
        # Else the code was drawn before.
        check_vehicle_free(vehicle_id=appointment.vehicle_id, span=appointment.span)
    raise Conflict(_("Please try again."), code="try_again")


def check_vehicle_free(*, vehicle_id: int | None, span: DateTimeTZRange, but: int = 0) -> None:
    """Raises VehicleBusy when a visit of the car, except the one whose id is ``but``, touches ``span``."""
    if vehicle_id is None:
        return
    with connection.cursor() as cursor:
        cursor.execute(_BUSY, [vehicle_id, span, but])
        if cursor.fetchone():
            raise VehicleBusy
