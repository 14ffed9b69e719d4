"""A merge of two rows of one person takes their contracts along; all else that was agreed stays fixed."""

from django.db import migrations

FUNCTION = """
CREATE OR REPLACE FUNCTION subscriptions_contract_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'contracts are kept' USING ERRCODE = 'restrict_violation';
    END IF;
    IF (to_jsonb(NEW) - '{%(free)s}'::text[]) <> (to_jsonb(OLD) - '{%(free)s}'::text[])%(holder)s THEN
        RAISE EXCEPTION 'what was agreed is fixed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
"""
HOLDER = """
       OR (NEW.holder_id IS DISTINCT FROM OLD.holder_id
           AND NOT accounts_same_person(OLD.holder_id, NEW.holder_id))"""
FORWARD = FUNCTION % {"free": "ends_on,cancelled_at,withdrawn_at,holder_id", "holder": HOLDER}
BACKWARD = FUNCTION % {"free": "ends_on,cancelled_at,withdrawn_at", "holder": ""}


class Migration(migrations.Migration):
    dependencies = [("subscriptions", "0004_held_by_organisations"), ("accounts", "0007_finding_people")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
