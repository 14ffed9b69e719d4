"""What was published, agreed or declared stays as it was, whoever asks."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION subscriptions_version_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.published_at IS NOT NULL THEN
        RAISE EXCEPTION 'a published plan version is fixed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN COALESCE(NEW, OLD);
END $$;
CREATE TRIGGER subscriptions_version_fixed BEFORE UPDATE OR DELETE ON subscriptions_planversion
    FOR EACH ROW EXECUTE FUNCTION subscriptions_version_fixed();

-- Of a contract only its end may be set: what was agreed, by whom and when stays.
CREATE FUNCTION subscriptions_contract_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'contracts are kept' USING ERRCODE = 'restrict_violation';
    END IF;
    IF (to_jsonb(NEW) - '{ends_on,cancelled_at,withdrawn_at}'::text[])
       <> (to_jsonb(OLD) - '{ends_on,cancelled_at,withdrawn_at}'::text[]) THEN
        RAISE EXCEPTION 'what was agreed is fixed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER subscriptions_contract_fixed BEFORE UPDATE OR DELETE ON subscriptions_contract
    FOR EACH ROW EXECUTE FUNCTION subscriptions_contract_fixed();

-- Declarations are evidence for ten years (HGB paragraph 257); after that they may be erased.
CREATE FUNCTION subscriptions_declaration_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND OLD.received_at < now() - interval '10 years' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'declarations are kept as received' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER subscriptions_declaration_fixed BEFORE UPDATE OR DELETE ON subscriptions_declaration
    FOR EACH ROW EXECUTE FUNCTION subscriptions_declaration_fixed();

CREATE FUNCTION subscriptions_never_emptied() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'this table is never emptied' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER subscriptions_never_emptied BEFORE TRUNCATE ON subscriptions_planversion
    FOR EACH STATEMENT EXECUTE FUNCTION subscriptions_never_emptied();
CREATE TRIGGER subscriptions_never_emptied BEFORE TRUNCATE ON subscriptions_contract
    FOR EACH STATEMENT EXECUTE FUNCTION subscriptions_never_emptied();
CREATE TRIGGER subscriptions_never_emptied BEFORE TRUNCATE ON subscriptions_declaration
    FOR EACH STATEMENT EXECUTE FUNCTION subscriptions_never_emptied();
"""

BACKWARD = """
DROP TRIGGER subscriptions_never_emptied ON subscriptions_declaration;
DROP TRIGGER subscriptions_never_emptied ON subscriptions_contract;
DROP TRIGGER subscriptions_never_emptied ON subscriptions_planversion;
DROP FUNCTION subscriptions_never_emptied();
DROP TRIGGER subscriptions_declaration_fixed ON subscriptions_declaration;
DROP FUNCTION subscriptions_declaration_fixed();
DROP TRIGGER subscriptions_contract_fixed ON subscriptions_contract;
DROP FUNCTION subscriptions_contract_fixed();
DROP TRIGGER subscriptions_version_fixed ON subscriptions_planversion;
DROP FUNCTION subscriptions_version_fixed();
"""


class Migration(migrations.Migration):
    dependencies = [("subscriptions", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
