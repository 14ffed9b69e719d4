"""After ten years names and account numbers may go; what was paid stays."""

from django.db import migrations

FORWARD = """
CREATE OR REPLACE FUNCTION subscriptions_mandate_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.revoked_at < now() - interval '10 years' AND NEW.iban = '–'
       AND (to_jsonb(NEW) - '{iban,debtor,bic}'::text[]) = (to_jsonb(OLD) - '{iban,debtor,bic}'::text[]) THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'mandates are kept' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.iban <> OLD.iban OR NEW.reference <> OLD.reference OR NEW.signed_at <> OLD.signed_at
       OR NEW.debtor <> OLD.debtor OR NEW.scheme <> OLD.scheme
       OR (OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS DISTINCT FROM OLD.revoked_at) THEN
        RAISE EXCEPTION 'a signed mandate is fixed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION subscriptions_bank_line_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.booked_on < now() - interval '10 years' AND NEW.name = '–'
       AND (to_jsonb(NEW) - '{name,iban,text}'::text[]) = (to_jsonb(OLD) - '{name,iban,text}'::text[]) THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' OR NEW.cents <> OLD.cents OR NEW.reference <> OLD.reference
       OR NEW.booked_on <> OLD.booked_on OR OLD.state = 'matched' THEN
        RAISE EXCEPTION 'what the bank wrote is fixed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("subscriptions", "0012_components_sound")]

    operations = [migrations.RunSQL(FORWARD, migrations.RunSQL.noop)]
