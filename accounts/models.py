"""The brand account: a person, what they may do, and what they were told."""

from typing import Any

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts import permissions
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
    """One person's account. Deleting turns the row into an anonymous shell."""

    class Language(models.TextChoices):
        GERMAN = "de", _("German")
        ENGLISH = "en", _("English")

    email = models.EmailField(_("e-mail"), unique=True)
    first_name = models.CharField(_("first name"), max_length=80, blank=True)
    last_name = models.CharField(_("last name"), max_length=80, blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    language = models.CharField(_("language"), max_length=2, choices=Language, default=Language.GERMAN)
    time_zone = models.CharField(_("time zone"), max_length=64, default="Europe/Berlin")
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(_("may enter the back office"), default=False)
    date_joined = models.DateTimeField(_("since"), default=timezone.now)

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
        ]

    def __str__(self) -> str:
        return self.display_name or self.email

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


class RoleGrantQuerySet(models.QuerySet["RoleGrant"]):
    def in_force(self) -> "RoleGrantQuerySet":
        return self.filter(ended_at__isnull=True)


class RoleGrant(models.Model):
    """A role of a person, everywhere or within one scope (a centre). Ended, never deleted."""

    user = models.ForeignKey(User, models.CASCADE, verbose_name=_("person"), related_name="role_grants")
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    scope_kind = models.CharField(
        _("kind of place"), max_length=60, blank=True
    )  # "services.centre"; "" is everywhere
    scope_id = models.BigIntegerField(_("place"), null=True)
    granted_by = models.ForeignKey(
        User, models.SET_NULL, verbose_name=_("granted by"), null=True, related_name="+"
    )
    granted_at = models.DateTimeField(_("granted"), default=timezone.now)
    ended_at = models.DateTimeField(_("ended"), null=True)

    objects = RoleGrantQuerySet.as_manager()

    class Meta:
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role", "scope_kind", "scope_id"],
                condition=models.Q(ended_at__isnull=True),
                nulls_distinct=False,
                name="role_grant_once",
            ),
            models.CheckConstraint(
                condition=models.Q(scope_kind="", scope_id__isnull=True)
                | (~models.Q(scope_kind="") & models.Q(scope_id__isnull=False)),
                name="role_grant_scope_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role}"


class Address(models.Model):
    """A postal address of a person."""

    class Purpose(models.TextChoices):
        HOME = "home", _("home")
        INVOICE = "invoice", _("invoice")
        DELIVERY = "delivery", _("delivery")

    user = models.ForeignKey(User, models.CASCADE, verbose_name=_("person"), related_name="addresses")
    purpose = models.CharField(_("purpose"), max_length=10, choices=Purpose, default=Purpose.HOME)
    street = models.CharField(_("street and number"), max_length=120)
    postcode = models.CharField(_("postcode"), max_length=12)
    town = models.CharField(_("town"), max_length=80)
    country = models.CharField(_("country"), max_length=2, default="DE")

    class Meta:
        verbose_name = _("address")
        verbose_name_plural = _("addresses")
        constraints = [
            models.UniqueConstraint(fields=["user", "purpose"], name="address_once_per_purpose"),
            models.CheckConstraint(
                condition=~models.Q(country="DE") | models.Q(postcode__regex=r"^[0-9]{5}$"),
                name="address_german_postcode",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.street}, {self.postcode} {self.town}"


class NoticeQuerySet(models.QuerySet["Notice"]):
    def visible_to(self, user: Any) -> "NoticeQuerySet":
        return self.filter(user=user) if user.is_authenticated else self.none()


class Notice(models.Model):
    """Something a person was told, in their inbox. Words come from the kind at reading time."""

    user = models.ForeignKey(User, models.CASCADE, verbose_name=_("person"), related_name="notices")
    kind = models.CharField(_("kind"), max_length=80)
    params = models.JSONField(default=dict)
    url = models.CharField(max_length=300, blank=True)
    event_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField(_("told"), default=timezone.now)
    read_at = models.DateTimeField(_("read"), null=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        constraints = [
            models.UniqueConstraint(fields=["user", "kind", "event_id"], name="notice_once_per_event"),
        ]
        indexes = [
            models.Index(fields=["user", "-created_at"], name="notice_inbox"),
            models.Index(fields=["user"], condition=models.Q(read_at__isnull=True), name="notice_unread"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.kind}"
