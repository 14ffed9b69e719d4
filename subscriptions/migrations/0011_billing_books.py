"""What billing starts from, and what no one may change any more: documents, books, allocations."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db import migrations
from django.db.models import F

RATES = (
    ("standard", date(2021, 1, 1), "0.190"),
    ("reduced", date(2021, 1, 1), "0.070"),
    ("none", date(2021, 1, 1), "0.000"),
)
SERIES = (("invoice", "RE-"), ("credit", "GS-"))
# Code, side, name, number in the SKR03 chart of accounts.
ACCOUNTS = (
    ("receivables", "receivable", "Forderungen aus Lieferungen und Leistungen", "1400"),
    ("revenue-battery", "revenue", "Erlöse Akku-Abos", "8401"),
    ("revenue-charging", "revenue", "Erlöse Ladepakete", "8402"),
    ("revenue-mobility", "revenue", "Erlöse Mobilität", "8403"),
    ("revenue-connectivity", "revenue", "Erlöse Konnektivität", "8404"),
    ("revenue-roadside", "revenue", "Erlöse Pannenhilfe", "8405"),
    ("revenue-workshop", "revenue", "Erlöse Werkstatt", "8406"),
    ("revenue-other", "revenue", "Sonstige Erlöse", "8400"),
    ("vat-standard", "tax", "Umsatzsteuer 19 %", "1776"),
    ("vat-reduced", "tax", "Umsatzsteuer 7 %", "1771"),
    ("bank", "bank", "Bank", "1200"),
    ("transit-debit", "transit", "Geldtransit Lastschriften", "1361"),
    ("transit-card", "transit", "Geldtransit Karten", "1362"),
    ("advances", "advance", "Erhaltene Anzahlungen", "1718"),
    ("write-offs", "loss", "Forderungsverluste", "2400"),
    ("dunning-fees", "fees", "Mahngebühren", "2700"),
)

FORWARD = """
CREATE FUNCTION subscriptions_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER subscriptions_append_only BEFORE UPDATE OR DELETE OR TRUNCATE
    ON subscriptions_ledgertransaction
    FOR EACH STATEMENT EXECUTE FUNCTION subscriptions_refuse_change();
CREATE TRIGGER subscriptions_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON subscriptions_ledgerentry
    FOR EACH STATEMENT EXECUTE FUNCTION subscriptions_refuse_change();
CREATE TRIGGER subscriptions_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON subscriptions_allocation
    FOR EACH STATEMENT EXECUTE FUNCTION subscriptions_refuse_change();
CREATE TRIGGER subscriptions_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON subscriptions_monthclose
    FOR EACH STATEMENT EXECUTE FUNCTION subscriptions_refuse_change();

-- A document is fixed from its number on; a correction is another document (UStG paragraph 14(4), AO 146(4)).
CREATE FUNCTION subscriptions_invoice_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.number IS NOT NULL THEN
        RAISE EXCEPTION 'an issued document is fixed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN COALESCE(NEW, OLD);
END $$;
CREATE TRIGGER subscriptions_invoice_fixed BEFORE UPDATE OR DELETE ON subscriptions_invoice
    FOR EACH ROW EXECUTE FUNCTION subscriptions_invoice_fixed();
CREATE TRIGGER subscriptions_never_emptied BEFORE TRUNCATE ON subscriptions_invoice
    FOR EACH STATEMENT EXECUTE FUNCTION subscriptions_never_emptied();

CREATE FUNCTION subscriptions_line_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM subscriptions_invoice WHERE number IS NOT NULL
               AND (id = OLD.invoice_id OR TG_OP = 'UPDATE' AND id = NEW.invoice_id)) THEN
        RAISE EXCEPTION 'lines of an issued document are fixed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN COALESCE(NEW, OLD);
END $$;
CREATE TRIGGER subscriptions_line_fixed BEFORE UPDATE OR DELETE ON subscriptions_invoiceline
    FOR EACH ROW EXECUTE FUNCTION subscriptions_line_fixed();
CREATE TRIGGER subscriptions_never_emptied BEFORE TRUNCATE ON subscriptions_invoiceline
    FOR EACH STATEMENT EXECUTE FUNCTION subscriptions_never_emptied();

-- Lines are written before their document: what comes later would be added to a finished one.
CREATE FUNCTION subscriptions_line_in_time() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM added JOIN subscriptions_invoice document ON document.id = added.invoice_id
               WHERE document.number IS NOT NULL) THEN
        RAISE EXCEPTION 'lines of an issued document are fixed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER subscriptions_line_in_time AFTER INSERT ON subscriptions_invoiceline
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION subscriptions_line_in_time();

-- A number that the series did not give would leave a gap, or fill one twice.
CREATE FUNCTION subscriptions_series_forward() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR NEW.last_number < OLD.last_number
       OR OLD.last_number > 0 AND (NEW.prefix <> OLD.prefix OR NEW.code <> OLD.code) THEN
        RAISE EXCEPTION 'a series of numbers only goes forward' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER subscriptions_series_forward BEFORE UPDATE OR DELETE ON subscriptions_numberseries
    FOR EACH ROW EXECUTE FUNCTION subscriptions_series_forward();
CREATE TRIGGER subscriptions_never_emptied BEFORE TRUNCATE ON subscriptions_numberseries
    FOR EACH STATEMENT EXECUTE FUNCTION subscriptions_never_emptied();

-- Each statement writes whole transactions: every one that it touches sums to zero.
CREATE FUNCTION subscriptions_ledger_even() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM subscriptions_ledgerentry
               WHERE transaction_id IN (SELECT transaction_id FROM added)
               GROUP BY transaction_id HAVING sum(cents) <> 0) THEN
        RAISE EXCEPTION 'a booking does not sum to zero' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER subscriptions_ledger_even AFTER INSERT ON subscriptions_ledgerentry
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION subscriptions_ledger_even();

CREATE FUNCTION subscriptions_month_open() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT min(booked_on) FROM added)
       < (SELECT max(month) + interval '1 month' FROM subscriptions_monthclose) THEN
        RAISE EXCEPTION 'this month is closed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER subscriptions_month_open AFTER INSERT ON subscriptions_ledgertransaction
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION subscriptions_month_open();

-- Bookings under way are waited for; those that come later see that the month is closed.
CREATE FUNCTION subscriptions_month_closing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    LOCK TABLE subscriptions_ledgertransaction IN SHARE ROW EXCLUSIVE MODE;
    RETURN NULL;
END $$;
CREATE TRIGGER subscriptions_month_closing BEFORE INSERT ON subscriptions_monthclose
    FOR EACH STATEMENT EXECUTE FUNCTION subscriptions_month_closing();
"""

BACKWARD = """
DROP TRIGGER subscriptions_month_closing ON subscriptions_monthclose;
DROP TRIGGER subscriptions_month_open ON subscriptions_ledgertransaction;
DROP TRIGGER subscriptions_ledger_even ON subscriptions_ledgerentry;
DROP TRIGGER subscriptions_never_emptied ON subscriptions_numberseries;
DROP TRIGGER subscriptions_series_forward ON subscriptions_numberseries;
DROP TRIGGER subscriptions_line_in_time ON subscriptions_invoiceline;
DROP TRIGGER subscriptions_never_emptied ON subscriptions_invoiceline;
DROP TRIGGER subscriptions_line_fixed ON subscriptions_invoiceline;
DROP TRIGGER subscriptions_never_emptied ON subscriptions_invoice;
DROP TRIGGER subscriptions_invoice_fixed ON subscriptions_invoice;
DROP TRIGGER subscriptions_append_only ON subscriptions_monthclose;
DROP TRIGGER subscriptions_append_only ON subscriptions_allocation;
DROP TRIGGER subscriptions_append_only ON subscriptions_ledgerentry;
DROP TRIGGER subscriptions_append_only ON subscriptions_ledgertransaction;
DROP FUNCTION subscriptions_month_closing();
DROP FUNCTION subscriptions_month_open();
DROP FUNCTION subscriptions_ledger_even();
DROP FUNCTION subscriptions_series_forward();
DROP FUNCTION subscriptions_line_in_time();
DROP FUNCTION subscriptions_line_fixed();
DROP FUNCTION subscriptions_invoice_fixed();
DROP FUNCTION subscriptions_refuse_change();
"""


def seed(apps: Any, schema_editor: Any) -> None:
    models = {name: apps.get_model("subscriptions", name) for name in ("VatRate", "NumberSeries")}
    for code, day, rate in RATES:
        models["VatRate"].objects.create(code=code, valid_from=day, rate=Decimal(rate))
    for code, prefix in SERIES:
        models["NumberSeries"].objects.create(code=code, prefix=prefix)
    LedgerAccount = apps.get_model("subscriptions", "LedgerAccount")
    for code, side, name, number in ACCOUNTS:
        LedgerAccount.objects.create(code=code, side=side, name=name, datev_number=number)
    # Nobody billed them so far: the first run starts where they began.
    Contract = apps.get_model("subscriptions", "Contract")
    Contract.objects.filter(next_bill_on=None).update(next_bill_on=F("starts_on"))


class Migration(migrations.Migration):
    dependencies = [("subscriptions", "0010_changes_fixed")]

    operations = [
        migrations.RunPython(seed, migrations.RunPython.noop),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
