"""An express wish to begin early; changes and answers to new terms stay as they were agreed."""

from django.db import migrations, models

FORWARD = """
-- A change may be taken back or end earlier; what was agreed to stays.
CREATE FUNCTION subscriptions_change_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.undone_at IS NOT NULL
       OR (to_jsonb(NEW) - '{ends_on,undone_at}'::text[]) <> (to_jsonb(OLD) - '{ends_on,undone_at}'::text[])
       OR (OLD.ends_on IS NOT NULL AND (NEW.ends_on IS NULL OR NEW.ends_on > OLD.ends_on)) THEN
        RAISE EXCEPTION 'what was agreed is fixed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER subscriptions_change_fixed BEFORE UPDATE OR DELETE ON subscriptions_contractchange
    FOR EACH ROW EXECUTE FUNCTION subscriptions_change_fixed();
CREATE TRIGGER subscriptions_never_emptied BEFORE TRUNCATE ON subscriptions_contractchange
    FOR EACH STATEMENT EXECUTE FUNCTION subscriptions_never_emptied();

-- An answer to new terms is given once.
CREATE FUNCTION subscriptions_terms_notice_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.answered_at IS NOT NULL
       OR (to_jsonb(NEW) - '{answered_at,accepted}'::text[])
          <> (to_jsonb(OLD) - '{answered_at,accepted}'::text[]) THEN
        RAISE EXCEPTION 'what was put to a holder is fixed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER subscriptions_terms_notice_fixed BEFORE UPDATE OR DELETE ON subscriptions_termsnotice
    FOR EACH ROW EXECUTE FUNCTION subscriptions_terms_notice_fixed();
CREATE TRIGGER subscriptions_never_emptied BEFORE TRUNCATE ON subscriptions_termsnotice
    FOR EACH STATEMENT EXECUTE FUNCTION subscriptions_never_emptied();
"""

BACKWARD = """
DROP TRIGGER subscriptions_never_emptied ON subscriptions_termsnotice;
DROP TRIGGER subscriptions_terms_notice_fixed ON subscriptions_termsnotice;
DROP FUNCTION subscriptions_terms_notice_fixed();
DROP TRIGGER subscriptions_never_emptied ON subscriptions_contractchange;
DROP TRIGGER subscriptions_change_fixed ON subscriptions_contractchange;
DROP FUNCTION subscriptions_change_fixed();
"""


class Migration(migrations.Migration):
    dependencies = [("subscriptions", "0009_payments_on_their_way")]

    operations = [
        migrations.AddField(
            model_name="contract",
            name="early_wish",
            field=models.BooleanField(
                db_default=False, default=False, verbose_name="express wish to begin early"
            ),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
