from django.db import migrations

# What somebody agreed to, and that they did, must stay provable (GDPR Art. 7(1)).
FORWARDS = """
CREATE FUNCTION accounts_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER accounts_consententry_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON accounts_consententry
    FOR EACH STATEMENT EXECUTE FUNCTION accounts_refuse_change();
CREATE TRIGGER accounts_consenttext_fixed BEFORE UPDATE OR DELETE ON accounts_consenttext
    FOR EACH ROW EXECUTE FUNCTION accounts_refuse_change();
CREATE TRIGGER accounts_consenttext_kept BEFORE TRUNCATE ON accounts_consenttext
    FOR EACH STATEMENT EXECUTE FUNCTION accounts_refuse_change();
CREATE TRIGGER accounts_legaltext_fixed BEFORE UPDATE OR DELETE ON accounts_legaltext
    FOR EACH ROW WHEN (OLD.published_at IS NOT NULL) EXECUTE FUNCTION accounts_refuse_change();
CREATE TRIGGER accounts_legaltext_kept BEFORE TRUNCATE ON accounts_legaltext
    FOR EACH STATEMENT EXECUTE FUNCTION accounts_refuse_change();
"""
BACKWARDS = """
DROP TRIGGER accounts_legaltext_kept ON accounts_legaltext;
DROP TRIGGER accounts_legaltext_fixed ON accounts_legaltext;
DROP TRIGGER accounts_consenttext_kept ON accounts_consenttext;
DROP TRIGGER accounts_consenttext_fixed ON accounts_consenttext;
DROP TRIGGER accounts_consententry_append_only ON accounts_consententry;
DROP FUNCTION accounts_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_people_and_desk")]

    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
