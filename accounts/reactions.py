"""What accounts do when something happened to them."""

from django.urls import reverse
from django.utils import timezone

from accounts import photos
from accounts.cases import telling
from accounts.consents import texts
from accounts.house import brand, imports
from accounts.models import User
from accounts.organisations import member_telling
from accounts.partners import connections_telling
from accounts.telling import inbox
from documents.models import Document
from journal.models import Event
from journal.reacting import reacts_to


@reacts_to("accounts.signed_up")
def welcome(event: Event) -> None:
    """The first notice in an empty inbox."""
    inbox.notify(user=_person(event), kind="accounts.welcome", url="/garage/", event=event)
    member_telling.tell_newcomer(event, _person(event))


@reacts_to("documents.ready")
def show_new_logo(event: Event) -> None:
    if event.data["kind"] == brand.LOGO_KIND:
        brand.show_logo(document=Document.objects.get(pk=event.subject.object_id), now=event.at)


@reacts_to("documents.ready")
def show_new_photo(event: Event) -> None:
    if event.data["kind"] == photos.KIND:
        photos.show_photo(document=Document.objects.get(pk=event.subject.object_id), now=event.at)


@reacts_to("documents.refused")
def tell_of_refused_file(event: Event) -> None:
    """Whoever sent it may have left the page by now."""
    document = Document.objects.select_related("uploaded_by").get(pk=event.subject.object_id)
    if document.uploaded_by is not None and document.state == Document.State.REFUSED:
        inbox.notify(
            user=document.uploaded_by,
            kind="accounts.file_refused",
            params={"name": document.name, "reason": event.data["reason"]},
            event=event,
        )


@reacts_to("accounts.import_uploaded", "accounts.import_confirmed", "accounts.import_advanced")
def go_on_with_import(event: Event) -> None:
    imports.advance(run_id=event.subject.object_id, now=timezone.now())


@reacts_to("accounts.role_granted")
def tell_of_role(event: Event) -> None:
    """A role is told to its holder, by mail too: nobody should hold one without knowing."""
    inbox.notify(
        user=_person(event), kind="accounts.role_granted", params={"role": event.data["role"]}, event=event
    )


@reacts_to(
    "accounts.case_opened",
    "accounts.case_answered",
    "accounts.case_closed",
    "accounts.case_reopened",
    "accounts.case_merged",
)
def tell_customer_of_case(event: Event) -> None:
    telling.tell_customer(event)


@reacts_to("accounts.case_promised")
def tell_customer_of_promise(event: Event) -> None:
    """Only what was agreed: that the clock stood still, or goes on, the customer did themselves."""
    if event.data["why"] == "agreed":
        telling.tell_customer(event)


@reacts_to("accounts.case_written", "accounts.case_assigned", "accounts.case_handed_over")
def tell_assignee_of_case(event: Event) -> None:
    telling.tell_assignee(event)


@reacts_to("accounts.case_promise_near")
def remind_queue(event: Event) -> None:
    telling.tell_queue(event)


@reacts_to("accounts.service_connected")
def tell_of_connection(event: Event) -> None:
    connections_telling.tell_of_connection(event)


@reacts_to("accounts.service_revoked")
def tell_of_closed_partner(event: Event) -> None:
    connections_telling.tell_of_closing(event)


@reacts_to("accounts.token_reused")
def tell_of_reuse(event: Event) -> None:
    connections_telling.tell_of_reuse(event)


@reacts_to("accounts.mail_blocked")
def tell_of_block(event: Event) -> None:
    """In the inbox and by push: mail is just what does not work."""
    inbox.notify(
        user=_person(event), kind="accounts.mail_blocked", url=reverse("accounts:notice-wishes"), event=event
    )


@reacts_to("accounts.consent_text_published")
def ask_again(event: Event) -> None:
    """Those whose consent ended with the new text learn of it once, in their inbox."""
    texts.tell_of_lapse(event)


@reacts_to("accounts.member_invited")
def tell_invited_member(event: Event) -> None:
    member_telling.tell_invited(event)


@reacts_to("accounts.member_joined", "accounts.member_left")
def tell_administrators_of_member(event: Event) -> None:
    member_telling.tell_administrators(event)


@reacts_to("accounts.invitation_refused")
def tell_inviter_of_refusal(event: Event) -> None:
    member_telling.tell_inviter(event)


@reacts_to("accounts.member_removed", "accounts.member_role_changed")
def tell_member_of_change(event: Event) -> None:
    member_telling.tell_member(event)


@reacts_to("accounts.organisation_closed")
def tell_members_of_closing(event: Event) -> None:
    member_telling.tell_of_closing(event)


@reacts_to("accounts.export_ready", "accounts.export_failed")
def tell_of_copy(event: Event) -> None:
    person = User.objects.filter(exports__pk=event.subject.object_id).first()
    if person is not None:  # erased with its person meanwhile
        inbox.notify(user=person, kind=event.kind, url="/account/privacy/", event=event)


@reacts_to("accounts.erasure_planned", "accounts.erasure_near", "accounts.erasure_cancelled")
def tell_of_erasure(event: Event) -> None:
    kind = event.kind
    if event.data.get("reason") == "inactive":
        kind = "accounts.erasure_planned_inactive"
    if event.data.get("why") == "held":
        kind = "accounts.erasure_held"
    params = {"due_at": event.data["due_at"]} if "due_at" in event.data else {}
    person = _person(event)
    if person.standing != User.Standing.ERASED:
        inbox.notify(user=person, kind=kind, params=params, url="/account/privacy/", event=event)


def _person(event: Event) -> User:
    return User.objects.get(pk=event.subject.object_id)
