from typing import Any

from django.apps import AppConfig
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class VehiclesConfig(AppConfig):
    name = "vehicles"

    def ready(self) -> None:
        from accounts.house import imports
        from accounts.organisations import closing
        from accounts.partners import partner_claims as told_to_partners
        from common import realtime
        from documents import registry
        from journal import outbox
        from vehicles import (
            claims,
            concerns,
            customers,
            garage,
            import_cars,
            letters,
            live,
            ownership,
            partner_claims,
            setup_steps,
        )

        def may_watch(user: Any, topic: str) -> bool:
            return live.may_watch(user, topic, now=timezone.now())

        concerns.register()
        realtime.register_topic("vehicle", may_watch)
        imports.register_importer(import_cars.IMPORTER)
        setup_steps.register()
        outbox.register_channel(letters.CHANNEL, letters.deliver)
        registry.register_kind(
            registry.DocumentKind(
                ownership.PHOTO_KIND,
                _("Photo of a car"),
                lambda user, document: garage.may_see_photo(user=user, document=document, now=timezone.now()),
                longest_side=1600,
                may_upload=lambda user: bool(user.is_authenticated),
            )
        )
        registry.register_kind(
            registry.DocumentKind(
                claims.DOCUMENT_KIND,
                _("Registration document"),
                claims.may_read_document,
                accepts=registry.PAPERS,
                longest_side=2600,  # small print must stay readable
                may_upload=lambda user: bool(user.is_authenticated),
            )
        )
        customers.register()
        told_to_partners.register_claims(partner_claims.cars_of)
        closing.register_hold("vehicles", ownership.holds_of)
