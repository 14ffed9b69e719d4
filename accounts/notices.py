"""What we tell a person about their account."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from accounts.partners.partner_scopes import known_scopes
from accounts.permissions import Role
from accounts.telling.inbox import register_group, register_notice
from common.templatetags.typography import clock, day
from documents.errors import REFUSALS

register_group(
    "account",
    label=_("Account and security"),
    text=_("Sign-in, roles, requests and what you allowed."),
    icon="shield-check",
    always=_("What concerns the security of your account always comes by e-mail too."),
    place=60,
)
register_group(
    "news",
    label=_("News and offers"),
    text=_("Only with your consent, which you can withdraw at any time."),
    icon="sparkles",
    push=False,
    place=70,
)

register_notice(
    "accounts.welcome",
    title=_("Welcome"),
    text=_("Your account is ready. Add your car to see everything about it in one place."),
)
register_notice(
    "accounts.role_granted",
    title=_("You have a new role"),
    text=_("You are now: %(role)s."),
    mail=True,
    required=True,
    shape=lambda params: {"role": Role(params["role"]).label},
)


def _with_promise(params: dict[str, Any]) -> dict[str, Any]:
    """The promised instant in the reader's words and zone."""
    moment = datetime.fromisoformat(params["promised_by"])
    return {**params, "promised_by": f"{day(moment)}, {clock(moment)}"}


# To the customer of a request.
register_notice(
    "accounts.case_opened",
    title=_("Your request %(code)s"),
    text=_("We have opened a request for you. There you see by when you hear from us."),
    mail=True,
)
register_notice(
    "accounts.case_answered",
    title=_("Answer to your request %(code)s"),
    text=_("Read it, and answer right there."),
    mail=True,
)
register_notice(
    "accounts.case_closed",
    title=_("Your request %(code)s is closed"),
    text=_("Not settled? Write within 30 days, and it is open again."),
    mail=True,
)
register_notice(
    "accounts.case_reopened",
    title=_("Your request %(code)s is open again"),
    text=_("There you see by when you hear from us."),
)
register_notice(
    "accounts.case_merged",
    title=_("Your request %(code)s goes on in %(into)s"),
    text=_("Both are about the same: you find everything in one place."),
)
register_notice(
    "accounts.case_promised",
    title=_("New time for your request %(code)s"),
    text=_("You hear from us by %(promised_by)s."),
    mail=True,
    shape=_with_promise,
)

# To colleagues.
register_notice("accounts.case_written", title=_("The customer wrote: %(code)s"))
register_notice(
    "accounts.case_assigned",
    title=_("You now look after %(code)s"),
    text=_("A colleague gave it to you."),
)
register_notice(
    "accounts.case_handed_over",
    title=_("You now look after %(code)s"),
    text=_("A colleague handed it over; the reason is written inside."),
)
register_notice(
    "accounts.case_promise_near",
    title=_("%(code)s needs an answer soon"),
    text=_("It is promised by %(promised_by)s."),
    shape=_with_promise,
)
register_notice(
    "accounts.service_connected",
    title=_("Connected: %(service)s"),
    text=_(
        "This service may now use: %(scopes)s. If that was not you, disconnect it under "
        "“Connected services” and change your password."
    ),
    mail=True,
    required=True,
    shape=lambda params: {
        "service": params["service"],
        "scopes": ", ".join(str(scope.label) for scope in known_scopes(params["scopes"])),
    },
)
register_notice(
    "accounts.service_closed",
    title=_("%(service)s is no longer our partner"),
    text=_(
        "We have disconnected it from your account: it sees and does nothing there any more. What it "
        "already knows about you it keeps as its own privacy notice says."
    ),
    mail=True,
)
register_notice(
    "accounts.token_reused",
    title=_("%(service)s was signed out"),
    text=_(
        "A key of this service came to us twice, so somebody may have copied it. We made it useless. "
        "To use the service again, sign in there once more."
    ),
    mail=True,
    required=True,
)

register_notice(
    "accounts.mail_blocked",
    title=_("We cannot reach you by e-mail"),
    text=_(
        "Your mailbox refuses our messages, so you find them only here. "
        "Change your address, or let us try again."
    ),
    urgent=True,
)
register_notice(
    "accounts.mail_tried",
    title=_("We reach you again"),
    text=_("This message went to your e-mail address as well. If it arrived there, all is well."),
    mail=True,
    required=True,
    urgent=True,
)
register_notice(
    "accounts.consent_asked_again",
    title=_("A text that you agreed to has changed"),
    text=_("Your consent has ended with it. Nothing happens unless you allow it again."),
)


def _role_in_words(params: dict[str, Any]) -> dict[str, Any]:
    return {**params, "role": Membership.Role(params["role"]).label if params.get("role") else ""}


# The letter to the invited address goes out with or without an account; no second mail.
register_notice(
    "accounts.member_invited",
    title=_("%(organisation)s invites you"),
    text=_("You are to act for this organisation as %(role)s. Accept or refuse; it is open for 7 days."),
    shape=_role_in_words,
)
register_notice("accounts.member_joined", title=_("%(who)s now acts for %(organisation)s"))
register_notice("accounts.member_left", title=_("%(who)s no longer acts for %(organisation)s"))
register_notice(
    "accounts.invitation_refused",
    title=_("An invitation to %(organisation)s was refused"),
    text=_("You can invite somebody else."),
)
register_notice(
    "accounts.member_removed",
    title=_("You no longer act for %(organisation)s"),
    text=_("Its cars and contracts are no longer yours to use. Your own are not affected."),
    mail=True,
    required=True,
)
register_notice(
    "accounts.organisation_closed",
    title=_("%(organisation)s is closed"),
    text=_("Nobody acts for it any more. Your own cars and contracts are not affected."),
    mail=True,
    required=True,
)
register_notice(
    "accounts.member_role_changed",
    title=_("Your role at %(organisation)s has changed"),
    text=_("You are now: %(role)s."),
    mail=True,
    shape=_role_in_words,
)


def _with_due_day(params: dict[str, Any]) -> dict[str, Any]:
    return {**params, "due": day(datetime.fromisoformat(params["due_at"]))}


# One's data.
register_notice(
    "accounts.export_ready",
    title=_("The copy of your data is ready"),
    text=_("You can download it for a few days under “Privacy”."),
    mail=True,
    required=True,
)
register_notice(
    "accounts.export_failed",
    title=_("The copy of your data could not be made"),
    text=_("Please ask for it once more. If it fails again, write to us: we look into it."),
    mail=True,
    required=True,
)
register_notice(
    "accounts.erasure_planned",
    title=_("Your account will be deleted on %(due)s"),
    text=_("Until then you can change your mind under “Privacy”. If that was not you, cancel it there now."),
    mail=True,
    required=True,
    shape=_with_due_day,
)
register_notice(
    "accounts.erasure_planned_inactive",
    title=_("Your account will be deleted on %(due)s"),
    text=_("You have not used it for long. To keep it, simply sign in once before that day."),
    mail=True,
    required=True,
    shape=_with_due_day,
)
register_notice(
    "accounts.erasure_near",
    title=_("Your account will soon be deleted: on %(due)s"),
    text=_("You have not used it for long. To keep it, simply sign in once before that day."),
    mail=True,
    required=True,
    shape=_with_due_day,
)
register_notice(
    "accounts.erasure_cancelled",
    title=_("Your account stays"),
    text=_("Its deletion was cancelled. Nothing was deleted."),
    mail=True,
    required=True,
)
register_notice(
    "accounts.erasure_held",
    title=_("Your account was not deleted"),
    text=_("A contract or a car came in the way. Under “Privacy” you see what has to end first."),
    mail=True,
    required=True,
)

register_notice(
    "accounts.file_refused",
    title=_("A file of yours could not be taken"),
    text=_("“%(name)s”: %(reason)s"),
    shape=lambda params: {**params, "reason": str(REFUSALS.get(params["reason"], ""))},
)
