"""The plans' step of the set-up."""

from django.utils.translation import gettext_lazy as _

from accounts.house import setup
from subscriptions.models import PlanVersion


def register() -> None:
    setup.register_step(
        setup.Step(
            name="plans",
            title=_("Plans"),
            text=_("What owners can subscribe to, with price and term."),
            url_name="admin:subscriptions_plan_changelist",
            is_done=lambda: PlanVersion.objects.exclude(published_at=None).exists(),
            blocks=_("Nobody can subscribe."),
            order=80,
            icon="zap",
            optional=True,
        )
    )
