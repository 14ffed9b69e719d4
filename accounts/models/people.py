"""A person, with or without an account, and where they can be reached."""

from typing import Any

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts import permissions
from accounts.models.roles import RoleGrant
from accounts.permissions import Role


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """The first administrator of a new house (manage.py createsuperuser)."""
        user = self.create_user(email, password, is_staff=True, is_superuser=True, **fields)
        RoleGrant.objects.create(user=user, role=Role.ADMINISTRATOR)
        return user


class User(AbstractBaseUser, PermissionsMixin):
    """One person. Erasing or merging turns the row into an anonymous shell; history stays whole.

    A customer who came by phone or on foot has a row too, without e-mail or sign-in, until they
    are invited and take it over: cars, visits and contracts need not care.
    """

    class Standing(models.TextChoices):
        ACCOUNT = "account", _("with an account")
        CUSTOMER = "customer", _("customer without an account")
        MERGED = "merged", _("merged into another")
        ERASED = "erased", _("erased")

    class Formats(models.TextChoices):
        """How dates and numbers are written; "" follows the language."""

        GERMAN = "de", "31.12.2026 · 1.234,5"
        BRITISH = "gb", "31/12/2026 · 1,234.5"
        ISO = "iso", "2026-12-31 · 1 234.5"

    class Language(models.TextChoices):
        GERMAN = "de", _("German")
        ENGLISH = "en", _("English")

    standing = models.CharField(_("standing"), max_length=10, choices=Standing, default=Standing.ACCOUNT)
    # Empty (null) for customers who gave none and for shells.
    email = models.EmailField(_("e-mail"), unique=True, null=True)  # noqa: DJ001 (unique)
    first_name = models.CharField(_("first name"), max_length=80, blank=True)
    last_name = models.CharField(_("last name"), max_length=80, blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    language = models.CharField(_("language"), max_length=2, choices=Language, default=Language.GERMAN)
    time_zone = models.CharField(_("time zone"), max_length=64, default="Europe/Berlin")
    formats = models.CharField(_("dates and numbers"), max_length=3, choices=Formats, blank=True)
    photo = models.ForeignKey(
        "documents.Document",
        models.SET_NULL,
        verbose_name=_("photo"),
        null=True,
        blank=True,
        related_name="+",
    )
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(_("may enter the back office"), default=False)
    date_joined = models.DateTimeField(_("since"), default=timezone.now)
    # The day of the last request in Berlin; what counts as an inactive account is a retention rule.
    last_seen_on = models.DateField(_("last seen"), null=True, blank=True)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(email=models.functions.Lower("email")), name="user_email_lower"
            ),
            models.CheckConstraint(
                condition=~models.Q(standing="account") | models.Q(email__isnull=False),
                name="user_account_has_email",
            ),
            models.CheckConstraint(
                condition=~models.Q(standing__in=["merged", "erased"])
                | models.Q(email__isnull=True, is_active=False, first_name="", last_name="", phone=""),
                name="user_shell_is_empty",
            ),
        ]

    def __str__(self) -> str:
        return self.display_name or self.email or str(_("unknown person"))

    @property
    def display_name(self) -> str:
        """First and last name, or nothing: the e-mail address is never shown to others."""
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def initials(self) -> str:
        return "".join(part[:1] for part in (self.first_name, self.last_name)).upper() or "•"

    @cached_property
    def grants(self) -> list["RoleGrant"]:
        """All role grants in force, read once per request."""
        return list(self.role_grants.in_force())

    @property
    def roles(self) -> set[Role]:
        return {Role(grant.role) for grant in self.grants} | {Role.OWNER}

    def has_permission(self, name: str, scope: models.Model | None = None) -> bool:
        """Whether the table of permissions lets this person do ``name`` (in ``scope``, if given).

        Raises KeyError for a name that the table does not have.
        """
        return self.is_active and permissions.allows(name, self.grants, scope)

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Django's own permissions guard only the back office, whose models say so if they differ."""
        return self.has_permission("accounts.see_back_office")

    def has_module_perms(self, app_label: str) -> bool:
        return self.has_permission("accounts.see_back_office")


class Address(models.Model):
    """A postal address of a person or an organisation: one of each purpose."""

    class Purpose(models.TextChoices):
        HOME = "home", _("home")
        INVOICE = "invoice", _("invoice")
        DELIVERY = "delivery", _("delivery")

    user = models.ForeignKey(
        User, models.CASCADE, verbose_name=_("person"), related_name="addresses", null=True, blank=True
    )
    organisation = models.ForeignKey(
        "accounts.Organisation",
        models.CASCADE,
        verbose_name=_("organisation"),
        related_name="addresses",
        null=True,
        blank=True,
    )
    purpose = models.CharField(_("purpose"), max_length=10, choices=Purpose, default=Purpose.HOME)
    recipient = models.CharField(_("recipient, if different"), max_length=120, blank=True)
    extra = models.CharField(_("c/o, building, floor"), max_length=120, blank=True)
    street = models.CharField(_("street and number"), max_length=120)
    postcode = models.CharField(_("postcode"), max_length=12)
    town = models.CharField(_("town"), max_length=80)
    country = models.CharField(_("country"), max_length=2, default="DE")

    class Meta:
        verbose_name = _("address")
        verbose_name_plural = _("addresses")
        constraints = [
            models.UniqueConstraint(fields=["user", "purpose"], name="address_once_per_purpose"),
            models.UniqueConstraint(
                fields=["organisation", "purpose"], name="address_once_per_organisation_purpose"
            ),
            models.CheckConstraint(
                condition=models.Q(user__isnull=True, organisation__isnull=False)
                | models.Q(user__isnull=False, organisation__isnull=True),
                name="address_of_one_holder",
            ),
            models.CheckConstraint(
                condition=~models.Q(country="DE") | models.Q(postcode__regex=r"^[0-9]{5}$"),
                name="address_german_postcode",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.street}, {self.postcode} {self.town}"
