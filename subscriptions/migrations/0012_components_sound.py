"""What a plan includes and charges by use is data, but not any data: known models, units and numbers.

A component without a model is an allowance. Prices per unit are decimals in text, in cents.
"""

from django.db import migrations

BODY = """
CREATE OR REPLACE FUNCTION subscriptions_allowances_sound(allowances jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
    SELECT jsonb_typeof(allowances) = 'array' AND NOT EXISTS (
        SELECT FROM jsonb_array_elements(
            CASE WHEN jsonb_typeof(allowances) = 'array' THEN allowances ELSE '[]' END
        ) AS each
        WHERE COALESCE(
            jsonb_typeof(each) <> 'object'
            OR %(wrong)s,
            true
        )
    )
$$;
"""
UNITS = "('swap', 'kwh_difference', 'kwh', 'minutes', 'km', 'rescue', 'gb')"
BEFORE = f"""
            each - '{{unit,included,overage_cents}}'::text[] <> '{{}}'
            OR each->>'unit' NOT IN {UNITS}
            OR each->>'included' !~ '^[0-9]{{1,6}}$'
            OR (each ? 'overage_cents' AND each->>'overage_cents' !~ '^[0-9]{{1,6}}$')
            OR (each->>'unit' = 'kwh_difference' AND NOT each ? 'overage_cents')"""
NOW = f"""
            CASE COALESCE(each->>'model', 'allowance')
            WHEN 'allowance' THEN
                each - '{{model,unit,included,overage_cents,rolls_over}}'::text[] <> '{{}}'
                OR each->>'unit' NOT IN {UNITS}
                OR each->>'included' !~ '^[0-9]{{1,6}}$'
                OR (each ? 'overage_cents' AND each->>'overage_cents' !~ '^[0-9]{{1,6}}$')
                OR (each ? 'rolls_over' AND jsonb_typeof(each->'rolls_over') <> 'boolean')
                OR (each->>'unit' = 'kwh_difference' AND NOT each ? 'overage_cents')
            WHEN 'per_unit' THEN
                each - '{{model,unit,unit_cents}}'::text[] <> '{{}}'
                OR each->>'unit' NOT IN {UNITS}
                OR each->>'unit_cents' !~ '^[0-9]{{1,6}}(\\.[0-9]{{1,4}})?$'
            WHEN 'cap' THEN
                each - '{{model,cents}}'::text[] <> '{{}}' OR each->>'cents' !~ '^[0-9]{{1,7}}$'
            ELSE
                each->>'model' NOT IN ('tiered', 'volume')
                OR each - '{{model,unit,tiers}}'::text[] <> '{{}}'
                OR each->>'unit' NOT IN {UNITS}
                OR jsonb_typeof(each->'tiers') <> 'array'
                OR jsonb_array_length(each->'tiers') = 0
                OR jsonb_typeof(each->'tiers'->-1->'up_to') <> 'null'
                OR jsonb_path_exists(each->'tiers', '$[0 to last - 1] ? (!(@.up_to > 0))')
                OR jsonb_path_exists(
                    each->'tiers', '$[*] ? (!(@.unit_cents like_regex "^[0-9]{{1,6}}([.][0-9]{{1,4}})?$"))'
                )
            END"""


class Migration(migrations.Migration):
    dependencies = [("subscriptions", "0011_billing_books")]

    operations = [migrations.RunSQL(BODY % {"wrong": NOW}, BODY % {"wrong": BEFORE})]
