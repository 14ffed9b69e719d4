"""What we tell people about their cars. ``%(car)s`` is a model's name, ``%(who)s`` a person's."""

from django.utils.translation import gettext_lazy as _

from accounts.inbox import register_notice

register_notice(
    "vehicles.claimed",
    title=_("Your %(car)s is in your garage"),
    text=_("You can now choose a battery plan, book service and share access."),
)
register_notice(
    "vehicles.released",
    title=_("You gave up your %(car)s"),
    text=_("You no longer see this car. All access that you gave has ended."),
    mail=True,
)
# The letter to the invited address goes out with or without an account; no second mail.
register_notice(
    "vehicles.transfer_received",
    title=_("%(who)s wants to transfer the %(car)s to you"),
    text=_("Accept and the car is yours at once, or refuse. The offer ends by itself after 14 days."),
)
register_notice(
    "vehicles.transfer_given",
    title=_("Your %(car)s has a new owner"),
    text=_("The transfer was accepted. You no longer see this car, and all access that you gave has ended."),
    mail=True,
)
register_notice(
    "vehicles.transfer_taken",
    title=_("The %(car)s is yours"),
    text=_("Add its number plate, and share access again with those who need it."),
    mail=True,
)
register_notice(
    "vehicles.transfer_refused",
    title=_("The transfer of your %(car)s was refused"),
    text=_("You still own the car. You can offer it to somebody else."),
    mail=True,
)
register_notice(
    "vehicles.transfer_withdrawn",
    title=_("The offer of the %(car)s was withdrawn"),
    text=_("There is nothing for you to do."),
)
register_notice(
    "vehicles.transfer_expired",
    title=_("The transfer of your %(car)s has expired"),
    text=_("Nobody answered within 14 days. You still own the car."),
    mail=True,
)
register_notice(
    "vehicles.share_received",
    title=_("%(who)s shares the %(car)s with you"),
    text=_("Accept to use the car, or refuse."),
)
register_notice("vehicles.share_accepted", title=_("%(who)s now has access to your %(car)s"))
register_notice("vehicles.share_refused", title=_("Your invitation to the %(car)s was refused"))
register_notice(
    "vehicles.share_revoked",
    title=_("Your access to the %(car)s has ended"),
    text=_("The owner ended it. You no longer see this car."),
    mail=True,
)
register_notice("vehicles.share_left", title=_("%(who)s gave back access to your %(car)s"))
register_notice("vehicles.share_ended", title=_("Your access to the %(car)s has ended as agreed"))
