"""What the workshops offer: kinds of work and the skills they need."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.errors import Conflict
from journal import log
from services.centres.rights import require_right
from services.demo_catalogue import SERVICE_TYPES, SKILLS
from services.models import ServiceType, Skill


def adopt_usual(*, by: User, now: datetime) -> int:
    """The usual skills and kinds of work, with prices to check; how many kinds were new.

    What is there already stays as it is. Raises NotAllowed.
    """
    require_right(by)
    with transaction.atomic():
        skills = {
            code: Skill.objects.get_or_create(code=code, defaults={"name_de": de, "name_en": en})[0]
            for code, de, en in SKILLS
        }
        new = 0
        for fields in SERVICE_TYPES:
            values = {**fields, "skill": skills[fields["skill"]]}
            code = values.pop("code")
            row, created = ServiceType.objects.get_or_create(code=code, defaults=values)
            if created:
                new += 1
                log.record("services.service_changed", by=by, subject=row, at=now)
    return new


def add_skill(*, by: User, name_de: str, name_en: str) -> Skill:
    """Raises NotAllowed, Conflict for a name that is there already."""
    require_right(by)
    code = slugify(name_en)[:40] or "skill"
    with transaction.atomic():
        skill, new = Skill.objects.get_or_create(code=code, defaults={"name_de": name_de, "name_en": name_en})
        if not new:
            raise Conflict(_("There is such a skill already."), code="skill_known", field="name_en")
    return skill


def save_service(
    *, by: User, service: ServiceType | None, values: dict[str, Any], now: datetime
) -> ServiceType:
    """Create or change a kind of work; booked visits keep what was agreed.

    Raises NotAllowed, Conflict for a name that is there already.
    """
    require_right(by)
    fields = dict(values)
    models = fields.pop("car_models", None)
    with transaction.atomic():
        if service is None:
            code = slugify(fields["name_en"])[:40] or "service"
            if ServiceType.objects.filter(code=code).exists():
                raise Conflict(_("There is such a service already."), code="service_known", field="name_en")
            service = ServiceType(code=code)
        for name, value in fields.items():
            setattr(service, name, value)
        service.save()
        if models is not None:
            service.car_models.set(models)
        log.record("services.service_changed", by=by, subject=service, at=now)
    return service
