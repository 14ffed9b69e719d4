"""What the account itself adds to the customer file."""

from datetime import datetime
from typing import Any

from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts import security
from accounts.cases import queues
from accounts.consents import consents
from accounts.customers.file import Entry, Reading, Section, register_section
from accounts.models import Case, ConsentEntry, Membership, Notice, User
from accounts.telling import inbox, notice_kinds
from common.templatetags.typography import short_day
from documents import registry, rights
from documents.models import Document

FORUM = "community"  # a group of notices, and the app
RECENT_DOCUMENTS = 100  # how far back the file looks
TONES = {Case.State.OPEN: "wait", Case.State.CLOSED: "good"}


def register() -> None:
    """From apps.py."""
    register_section(
        Section("cases", gettext_lazy("Requests"), "accounts.enter_desk", _cases, 40, "message-circle")
    )
    register_section(
        Section(
            "documents", gettext_lazy("Documents"), "accounts.edit_customers", _documents, 50, "file-text"
        )
    )
    register_section(
        Section(
            "organisations",
            gettext_lazy("Organisations"),
            "accounts.view_customers",
            _organisations,
            60,
            "users",
        )
    )
    register_section(
        Section(
            "consents", gettext_lazy("Consents"), "accounts.edit_customers", _consents, 70, "shield-check"
        )
    )
    register_section(
        Section("notices", gettext_lazy("What we told them"), "accounts.edit_customers", _notices, 80, "bell")
    )
    register_section(
        Section("account", gettext_lazy("Sign-in"), "accounts.edit_customers", _account, 90, "key-round")
    )


def day(moment: datetime) -> str:
    """A day as staff read it, in their own zone."""
    return short_day(moment)


def _cases(customer: User, by: User, now: datetime) -> Reading:
    rows = Case.objects.filter(queues.handled_by(by), customer=customer).unmerged().order_by("-opened_at")

    def shape(case: Case) -> Entry:
        return Entry(
            title=case.title,
            text=f"{case.code} · {day(case.opened_at)}",
            state=case.get_state_display(),
            tone=TONES.get(Case.State(case.state), ""),
            url=reverse("accounts:staff-case", args=[case.pk]),
            kind="accounts.case",
            id=case.pk,
        )

    return Reading(rows, shape)


def _documents(customer: User, by: User, now: datetime) -> Reading:
    """Only what this colleague may open: each kind says who reads it."""
    latest = Document.objects.filter(owner=customer).ready().order_by("-pk")[:RECENT_DOCUMENTS]
    labels = {kind.name: kind.label for kind in registry.all_kinds()}

    def shape(document: Document) -> Entry:
        return Entry(
            title=document.name or labels.get(document.kind, document.kind),
            text=f"{labels.get(document.kind, document.kind)} · {day(document.created_at)}",
            url=reverse("documents:document-detail", args=[document.pk]),
            kind="documents.document",
            id=document.pk,
        )

    return Reading([each for each in latest if rights.may_read(user=by, document=each)], shape)


def _organisations(customer: User, by: User, now: datetime) -> Reading:
    rows = Membership.objects.in_force().filter(user=customer).select_related("organisation")

    def shape(membership: Membership) -> Entry:
        return Entry(
            title=membership.organisation.name,
            text=_("since %(day)s") % {"day": day(membership.since)},
            state=membership.get_role_display(),
            kind="accounts.organisation",
            id=membership.organisation_id,
        )

    return Reading(rows.order_by("organisation__name"), shape)


def _consents(customer: User, by: User, now: datetime) -> Reading:
    """How it stands now with what they were asked."""

    def shape(standing: consents.Standing) -> Entry:
        entry = standing.entry
        return Entry(
            title=standing.text.title,
            text=_said(entry),
            state=_("allowed") if standing.given else _("not allowed"),
            tone="good" if standing.given else "",
            kind=standing.purpose.name,
        )

    answered = [standing for standing in consents.standings_of(customer) if standing.entry is not None]
    return Reading(answered, shape)


def _said(entry: ConsentEntry | None) -> str:
    if entry is None:
        return ""
    words = _("given on %(day)s") if entry.given else _("withdrawn on %(day)s")
    return words % {"day": day(entry.at)}


def _notices(customer: User, by: User, now: datetime) -> Reading:
    """Titles only: what a notice says in detail is between us and its reader. Nothing of the forum,
    where they are somebody else."""

    def shape(notice: Notice) -> Entry:
        return Entry(
            title=inbox.words_of(notice).title,
            text=day(notice.created_at),
            state="" if notice.read_at is None else _("read"),
            kind="accounts.notice",
            id=notice.pk,
        )

    rows = Notice.objects.filter(user=customer).exclude(kind__in=notice_kinds.kinds_of(FORUM))
    return Reading(rows.exclude(kind__startswith=f"{FORUM}.").order_by("-pk"), shape)


def _account(customer: User, by: User, now: datetime) -> Reading:
    """How they sign in, without anything secret."""
    if customer.standing == User.Standing.CUSTOMER:
        return Reading([], _same)
    guards = security.protection_of(customer)
    proved = EmailAddress.objects.filter(user=customer, email=customer.email, verified=True).exists()
    entries = [Entry(_("E-mail address"), state=_("confirmed") if proved else _("not confirmed"))]
    if guards.password:
        entries.append(Entry(_("Password")))
    if guards.passkeys:
        entries.append(Entry(ngettext("%d passkey", "%d passkeys", guards.passkeys) % guards.passkeys))
    if guards.authenticator_app:
        entries.append(Entry(_("Authenticator app")))
    providers = SocialAccount.objects.filter(user=customer).order_by("provider")
    entries += [Entry(name) for name in providers.values_list("provider", flat=True)]
    entries.append(
        Entry(
            ngettext("Signed in on %d device", "Signed in on %d devices", guards.sessions) % guards.sessions
        )
    )
    return Reading(entries, _same)


def _same(entry: Any) -> Entry:
    return Entry(*entry)


__all__ = ["day", "register"]
