"""What we tell people about their cars. ``%(car)s`` is a model's name, ``%(who)s`` a person's."""

from django.utils.translation import gettext_lazy as _

from accounts.telling.inbox import register_group, register_notice

register_group(
    "car",
    label=_("My cars"),
    text=_("Who has access to your cars, transfers, and what your cars report."),
    icon="car",
    always=_(
        "When a car leaves or enters your garage, you always get an e-mail: it is a matter of ownership."
    ),
    place=10,
)

register_notice(
    "vehicles.claimed",
    title=_("Your %(car)s is in your garage"),
    text=_("You can now choose a battery plan, book service and share access."),
    group="car",
)
register_notice(
    "vehicles.released",
    title=_("You gave up your %(car)s"),
    text=_("You no longer see this car. All access that you gave has ended."),
    mail=True,
    group="car",
    required=True,
)
# The letter to the invited address goes out with or without an account; no second mail.
register_notice(
    "vehicles.transfer_received",
    title=_("%(who)s wants to transfer the %(car)s to you"),
    text=_("Accept and the car is yours at once, or refuse. The offer ends by itself after 14 days."),
    group="car",
)
register_notice(
    "vehicles.transfer_given",
    title=_("Your %(car)s has a new owner"),
    text=_("The transfer was accepted. You no longer see this car, and all access that you gave has ended."),
    mail=True,
    group="car",
    required=True,
)
register_notice(
    "vehicles.transfer_taken",
    title=_("The %(car)s is yours"),
    text=_("Add its number plate, and share access again with those who need it."),
    mail=True,
    group="car",
    required=True,
)
register_notice(
    "vehicles.transfer_refused",
    title=_("The transfer of your %(car)s was refused"),
    text=_("You still own the car. You can offer it to somebody else."),
    mail=True,
    group="car",
)
register_notice(
    "vehicles.transfer_withdrawn",
    title=_("The offer of the %(car)s was withdrawn"),
    text=_("There is nothing for you to do."),
    group="car",
)
register_notice(
    "vehicles.transfer_expired",
    title=_("The transfer of your %(car)s has expired"),
    text=_("Nobody answered within 14 days. You still own the car."),
    mail=True,
    group="car",
)
register_notice(
    "vehicles.share_received",
    title=_("%(who)s shares the %(car)s with you"),
    text=_("Accept to use the car, or refuse."),
    group="car",
)
register_notice("vehicles.share_accepted", title=_("%(who)s now has access to your %(car)s"), group="car")
register_notice("vehicles.share_refused", title=_("Your invitation to the %(car)s was refused"), group="car")
register_notice(
    "vehicles.share_revoked",
    title=_("Your access to the %(car)s has ended"),
    text=_("The owner ended it. You no longer see this car."),
    mail=True,
    group="car",
)
register_notice("vehicles.share_left", title=_("%(who)s gave back access to your %(car)s"), group="car")
register_notice(
    "vehicles.share_ended", title=_("Your access to the %(car)s has ended as agreed"), group="car"
)
register_notice(
    "vehicles.claim_filed_claimant",
    group="car",
    title=_("We are examining your claim %(code)s"),
    text=_("If somebody is recorded as the owner, they have until %(day)s to object. Then two of us decide."),
    mail=True,
)
register_notice(
    "vehicles.claim_filed_owner",
    group="car",
    required=True,
    urgent=True,
    title=_("Somebody claims your %(car)s"),
    text=_(
        "They showed us its registration document. If the car is still yours, please object by %(day)s. "
        "If you sold it, please agree."
    ),
    mail=True,
)
register_notice(
    "vehicles.claim_agreed",
    group="car",
    title=_("The recorded owner agrees to your claim %(code)s"),
    text=_("Two of us look at your papers now."),
)
register_notice(
    "vehicles.claim_objected",
    group="car",
    title=_("The recorded owner objects to your claim %(code)s"),
    text=_("Two of us decide with what both of you told us."),
    mail=True,
)
register_notice(
    "vehicles.claim_withdrawn",
    group="car",
    title=_("The claim to your %(car)s is closed"),
    text=_("There is nothing for you to do; you still own the car."),
    mail=True,
)
register_notice(
    "vehicles.claim_granted_claimant",
    group="car",
    required=True,
    title=_("The car is yours: claim %(code)s is granted"),
    text=_("The picture of the registration document is erased. Add the number plate of your car."),
    mail=True,
)
register_notice(
    "vehicles.claim_granted_owner",
    group="car",
    required=True,
    title=_("Your %(car)s has a new owner"),
    text=_(
        "Two of us examined the registration document and granted the claim. You no longer see this car. "
        "If this is wrong, write to us at once."
    ),
    mail=True,
)
register_notice(
    "vehicles.claim_refused_claimant",
    group="car",
    required=True,
    title=_("Your claim %(code)s is refused"),
    text=_("Reason: %(reason)s The picture of the registration document is erased."),
    mail=True,
)
register_notice(
    "vehicles.claim_refused_owner",
    group="car",
    required=True,
    title=_("The claim to your %(car)s is refused"),
    text=_("You still own the car; nothing has changed."),
    mail=True,
)
register_notice(
    "vehicles.share_given",
    title=_("%(who)s gives you access to the %(car)s"),
    text=_("You can use the car from now on, as long as you act for this organisation."),
    group="car",
)
register_notice(
    "vehicles.share_changed",
    title=_("Your access to the %(car)s has changed"),
    text=_("Look at the car's page to see what you may do now, and until when."),
    group="car",
)
register_notice(
    "vehicles.garage_received",
    title=_("%(who)s shares a garage with you"),
    text=_("Accept to use all cars in it, also later ones, or refuse."),
    group="car",
)
register_notice(
    "vehicles.garage_accepted",
    title=_("%(who)s now has access to your garage"),
    text=_("Cars that you add later are shared, too, until you end it."),
    group="car",
)
register_notice("vehicles.garage_refused", title=_("Your invitation to your garage was refused"), group="car")
register_notice("vehicles.garage_left", title=_("%(who)s gave back access to your garage"), group="car")
register_notice(
    "vehicles.garage_revoked",
    title=_("Your access to the garage of %(who)s has ended"),
    text=_("The owner ended it. You no longer see these cars, except those shared with you one by one."),
    mail=True,
    group="car",
)
register_notice(
    "vehicles.garage_ended",
    title=_("Your access to the garage of %(who)s has ended as agreed"),
    group="car",
)
register_notice(
    "vehicles.garage_car_held",
    title=_("%(who)s has a further car for you: the %(car)s"),
    text=_("It came to the garage that is shared with you. You can use it from now on."),
    group="car",
)
register_notice(
    "vehicles.garage_car_given",
    title=_("%(who)s now has access to your %(car)s, too"),
    text=_("You share your whole garage. End it for this car alone, or for all, at any time."),
    group="car",
)
