"""Background work of accounts: each task makes one call and may run at any time, many times."""

from datetime import timedelta

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from accounts.cases import clock
from accounts.organisations import memberships
from accounts.partners import connections
from accounts.privacy import erasing, exports, inactive, retention
from accounts.telling import notice_digest


@shared_task
def remind_of_promises() -> None:
    clock.remind_of_promises(now=timezone.now())


@shared_task
def collect_mails() -> None:
    notice_digest.collect_due(now=timezone.now())


@shared_task
def forget_invited_addresses() -> None:
    memberships.forget_addresses(now=timezone.now())


@shared_task
def carry_out_erasures() -> None:
    erasing.carry_out_due(now=timezone.now())


@shared_task
def remind_inactive() -> None:
    inactive.remind_again(now=timezone.now())


@shared_task
def give_up_exports() -> None:
    exports.give_up_exports(now=timezone.now())


@shared_task
def sweep_retention() -> None:
    """One task per rule: a slow or failing one holds up no other."""
    for rule in retention.all_rules():
        sweep_rule.delay(rule.name)


@shared_task
def sweep_rule(name: str) -> None:
    retention.sweep(name=name, now=timezone.now())


@shared_task
def clear_tokens() -> None:
    """Used ones are remembered as long as a refresh token of theirs could still be about."""
    now = timezone.now()
    before = now - timedelta(seconds=settings.IDP_OIDC_REFRESH_TOKEN_EXPIRES_IN)
    connections.clear_tokens(before=before, now=now)
