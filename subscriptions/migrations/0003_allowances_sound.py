"""Allowances are data, but not any data: known units, whole numbers, no other keys."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION subscriptions_allowances_sound(allowances jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
    SELECT jsonb_typeof(allowances) = 'array' AND NOT EXISTS (
        SELECT FROM jsonb_array_elements(
            CASE WHEN jsonb_typeof(allowances) = 'array' THEN allowances ELSE '[]' END
        ) AS each
        WHERE COALESCE(
            jsonb_typeof(each) <> 'object'
            OR each - '{unit,included,overage_cents}'::text[] <> '{}'
            OR each->>'unit' NOT IN ('swap', 'kwh_difference', 'kwh', 'minutes', 'km', 'rescue', 'gb')
            OR each->>'included' !~ '^[0-9]{1,6}$'
            OR (each ? 'overage_cents' AND each->>'overage_cents' !~ '^[0-9]{1,6}$')
            OR (each->>'unit' = 'kwh_difference' AND NOT each ? 'overage_cents'),
            true
        )
    )
$$;
ALTER TABLE subscriptions_planversion ADD CONSTRAINT plan_version_allowances_sound
    CHECK (subscriptions_allowances_sound(allowances));
"""

BACKWARD = """
ALTER TABLE subscriptions_planversion DROP CONSTRAINT plan_version_allowances_sound;
DROP FUNCTION subscriptions_allowances_sound(jsonb);
"""


class Migration(migrations.Migration):
    dependencies = [("subscriptions", "0002_fixed_words")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
