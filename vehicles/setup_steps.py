"""The catalogue's step of the set-up."""

from django.utils.translation import gettext_lazy as _

from accounts.house import setup
from vehicles.models import VehicleModel


def register() -> None:
    setup.register_step(
        setup.Step(
            name="models",
            title=_("Models"),
            text=_("The cars of the brand, with battery, range and price."),
            url_name="admin:vehicles_vehiclemodel_changelist",
            is_done=lambda: VehicleModel.objects.exists(),
            blocks=_("No car can be entered, and none can be brought to a workshop."),
            order=45,
            icon="car",
        )
    )
