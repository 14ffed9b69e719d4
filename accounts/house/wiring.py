"""What the house registers at the start: its brand, its sign, its own steps of the set-up."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.house import brand as house
from accounts.house import desk_hours, import_customers, imports, setup, staff_invitations
from accounts.models import Brand, ConsentText, LegalText, RoleGrant
from accounts.permissions import Role
from common import brand, realtime
from documents import papers, registry
from documents.models import Document
from journal import outbox
from journal.models import Event

# Without these nobody may sign up or order: what the law asks of everybody who sells to consumers.
NEEDED_TEXTS = (LegalText.Kind.PRIVACY, LegalText.Kind.TERMS, LegalText.Kind.ACCESSIBILITY)


def register() -> None:
    brand.register_brand(house.brand_values)
    papers.register_brand(paper_brand)
    registry.register_kind(
        registry.DocumentKind(
            name=house.LOGO_KIND,
            label=_("Logo"),
            may_read=_may_read_logo,
            max_bytes=2 * registry.MEGABYTE,
            longest_side=512,
        )
    )
    registry.register_kind(
        registry.DocumentKind(
            name=imports.DOCUMENT_KIND,
            label=_("Import"),
            may_read=lambda user, document: False,  # read by the worker alone
            accepts=frozenset(),
            keep=imports.KEEP,
        )
    )
    outbox.register_channel(staff_invitations.CHANNEL, staff_invitations.deliver)
    realtime.register_topic(imports.TOPIC, imports.may_watch)
    imports.register_importer(import_customers.IMPORTER)
    for step in STEPS:
        setup.register_step(step)


def paper_brand() -> dict[str, Any]:
    """For papers: the brand as it is now, with the picture of its own sign where it has one."""
    values = {**papers.brand_of_settings(), **brand.current()}
    if "logo_url" in values:
        row = Brand.objects.select_related("logo").filter(logo__state=Document.State.READY).first()
        if row is not None and row.logo is not None:
            with row.logo.file.open("rb") as picture:
                values["logo_picture"] = picture.read()
    return values if "logo_picture" in values else {**values, "logo": papers.brand_of_settings()["logo"]}


def _may_read_logo(user: Any, document: Document) -> bool:
    return Brand.objects.filter(logo=document).exists() or bool(
        user.is_authenticated and user.has_permission("accounts.set_up_house")
    )


def _brand_is_done() -> bool:
    return Brand.objects.exclude(name="").exclude(colour_light="").exists()


def _texts_are_done() -> bool:
    return {kind.value for kind in NEEDED_TEXTS} <= {text.kind for text in house.read_snapshot().published}


def _desk_hours_are_set() -> bool:
    changed = Event.objects.filter(kind="accounts.brand_changed")
    return any(changed.filter(data__fields__contains=[name]).exists() for name in desk_hours.FIELDS)


STEPS = (
    setup.Step(
        name="brand",
        title=_("Brand"),
        text=_("Name, sign and colours: they show on every page, in every mail and on phones."),
        url_name="accounts:setup-brand",
        is_done=_brand_is_done,
        blocks=_("Everything carries the name and the colours of the example brand."),
        order=10,
        icon="sparkles",
    ),
    setup.Step(
        name="imprint",
        title=_("Imprint"),
        text=_("Who runs this site: company, address, representatives, register and contact."),
        url_name="accounts:setup-imprint",
        is_done=lambda: not house.imprint_gaps(),
        blocks=_("The site must not be public without it (section 5 DDG)."),
        order=20,
        icon="building-2",
    ),
    setup.Step(
        name="legal",
        title=_("Legal texts"),
        text=_("Privacy, terms and accessibility are needed; the others as they apply."),
        url_name="accounts:staff-legal",
        is_done=_texts_are_done,
        blocks=_("Nobody is asked to accept terms, and privacy information is missing (GDPR Art. 13)."),
        order=30,
        icon="file-text",
    ),
    setup.Step(
        name="consents",
        title=_("Consent texts"),
        text=_("What customers are asked to allow. Texts came with the portal; say them in your own words."),
        url_name="accounts:staff-consent-texts",
        is_done=lambda: ConsentText.objects.filter(published_by__isnull=False).exists(),
        blocks=_("Customers agree to the texts that came with the portal."),
        order=35,
        icon="shield-check",
        optional=True,
    ),
    setup.Step(
        name="mail",
        title=_("E-mail"),
        text=_("Send yourself a letter and see what the mail server answers."),
        url_name="accounts:setup-mail",
        is_done=lambda: Event.objects.filter(kind="accounts.mail_tested").exists(),
        blocks=_("Without e-mail nobody can confirm an address, and so nobody can sign up."),
        order=40,
        icon="mail",
    ),
    setup.Step(
        name="desk",
        title=_("Opening hours of the desk"),
        text=_("The days and hours in which requests are answered: every promise is counted in them."),
        url_name="accounts:setup-desk",
        is_done=_desk_hours_are_set,
        blocks=_("Promises count Monday to Friday, 8 a.m. to 6 p.m."),
        order=65,
        icon="clock",
        optional=True,
    ),
    setup.Step(
        name="colleagues",
        title=_("Colleagues"),
        text=_("Invite those who work with you, each with a role and, where it counts, a centre."),
        url_name="accounts:staff-invitations",
        is_done=lambda: RoleGrant.objects.in_force().exclude(role=Role.ADMINISTRATOR).exists(),
        blocks=_("Nobody but you can work here."),
        order=70,
        icon="users",
        optional=True,
    ),
    setup.Step(
        name="imports",
        title=_("Existing customers and cars"),
        text=_("Bring them over from a CSV file: checked first, line by line, then written."),
        url_name="accounts:import-list",
        is_done=lambda: Event.objects.filter(kind="accounts.import_written").exists(),
        blocks=_("Customers sign up by themselves; their cars are handed over one by one."),
        order=90,
        icon="upload",
        optional=True,
    ),
)

__all__ = ["NEEDED_TEXTS", "STEPS", "register"]
