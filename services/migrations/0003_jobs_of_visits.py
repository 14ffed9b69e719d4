"""Visits so far had one job each, and held a bay and a technician for it."""

from django.db import migrations

JOBS = """
INSERT INTO services_job (appointment_id, position, service_type_id, span, price_cents, state)
SELECT id, 1, service_type_id, span, price_cents,
       CASE status WHEN 'done' THEN 'finished' WHEN 'ready' THEN 'finished' WHEN 'in_work' THEN 'started'
                   WHEN 'cancelled' THEN 'dropped' WHEN 'no_show' THEN 'dropped' ELSE 'planned' END
FROM services_appointment;

UPDATE services_allocation held
SET job_id = job.id, part = CASE r.kind WHEN 'technician' THEN 'technician' ELSE 'place' END
FROM services_job job, services_resource r
WHERE held.appointment_id = job.appointment_id AND r.id = held.resource_id AND held.kind = 'visit';

UPDATE services_appointment SET promised_at = upper(span);

INSERT INTO services_promisechange (appointment_id, promised_at, reason, at)
SELECT id, upper(span), '', created_at FROM services_appointment;
"""

# An absence without a row of its own gets one, to hang on to.
ABSENCES = """
WITH made AS (
  INSERT INTO services_absence (resource_id, span, reason, entered_at)
  SELECT resource_id, span, 'other', lower(span) FROM services_allocation WHERE kind = 'absence'
  RETURNING id, resource_id, span
)
UPDATE services_allocation held SET absence_id = made.id
FROM made WHERE held.kind = 'absence' AND held.resource_id = made.resource_id AND held.span = made.span;
"""


class Migration(migrations.Migration):
    dependencies = [("services", "0002_workshop")]

    operations = [
        migrations.RunSQL(JOBS, migrations.RunSQL.noop),
        migrations.RunSQL(ABSENCES, migrations.RunSQL.noop),
    ]
