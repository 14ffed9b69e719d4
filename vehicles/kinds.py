"""What can happen to a car, its owners and those who share it."""

from django.utils.translation import gettext_lazy as _

from journal.kinds import register_kind

register_kind("vehicles.handed_over", label=_("Car prepared for handover"), data=("model",))
register_kind("vehicles.claim_code_issued", label=_("Claim code issued"), data=("claim_code",))
# The three ways to begin or end an ownership; ids of users.
register_kind("vehicles.claimed", label=_("Car added"), data=("owner_after", "organisation_after"))
register_kind("vehicles.released", label=_("Car given up"), data=("owner_before", "organisation_before"))
register_kind(
    "vehicles.transferred",
    label=_("Car transferred"),
    data=(
        "transfer",
        "claim",
        "owner_before",
        "owner_after",
        "organisation_before",
        "organisation_after",
    ),
)
register_kind("vehicles.transfer_offered", label=_("Transfer offered"), data=("transfer",))
register_kind("vehicles.transfer_refused", label=_("Transfer refused"), data=("transfer",))
register_kind("vehicles.transfer_withdrawn", label=_("Transfer withdrawn"), data=("transfer",))
register_kind("vehicles.transfer_expired", label=_("Transfer expired"), data=("transfer",))
register_kind("vehicles.share_invited", label=_("Access offered"), data=("share",))
register_kind("vehicles.share_accepted", label=_("Access accepted"), data=("share",))
register_kind("vehicles.share_changed", label=_("Access changed"), data=("share",))
register_kind("vehicles.share_given", label=_("Access given to a member"), data=("share",))
register_kind("vehicles.share_refused", label=_("Access refused"), data=("share",))
register_kind("vehicles.share_withdrawn", label=_("Invitation withdrawn"), data=("share",))
register_kind("vehicles.share_expired", label=_("Invitation expired"), data=("share",))
register_kind("vehicles.share_revoked", label=_("Access revoked"), data=("share",))
register_kind("vehicles.share_left", label=_("Access given back"), data=("share",))
register_kind("vehicles.share_ended", label=_("Access ended by time"), data=("share",))
register_kind(
    "vehicles.share_with_garage", label=_("Access given with the whole garage"), data=("share", "later")
)
# The whole garage of a person, shared with one answer; the subject is that access.
for _what, _label in {
    "invited": _("Access to the whole garage offered"),
    "accepted": _("Access to the whole garage accepted"),
    "refused": _("Access to the whole garage refused"),
    "withdrawn": _("Invitation to the whole garage withdrawn"),
    "expired": _("Invitation to the whole garage expired"),
    "revoked": _("Access to the whole garage revoked"),
    "left": _("Access to the whole garage given back"),
    "ended": _("Access to the whole garage ended by time"),
}.items():
    register_kind(f"vehicles.garage_{_what}", label=_label, data=("garage",))
register_kind("vehicles.details_changed", label=_("Details of the car changed"), data=("fields",))
# A car claimed with its registration document; what happens to the claim.
register_kind("vehicles.claim_filed", label=_("Car claimed with its registration"), data=("claim",))
register_kind("vehicles.claim_agreed", label=_("Recorded owner agrees to a claim"), data=("claim",))
register_kind("vehicles.claim_objected", label=_("Recorded owner objects to a claim"), data=("claim",))
register_kind("vehicles.claim_withdrawn", label=_("Claim withdrawn"), data=("claim",))
register_kind("vehicles.claim_verdict", label=_("Verdict on a claim"), data=("claim", "grants"))
register_kind("vehicles.claim_granted", label=_("Claim granted"), data=("claim",))
register_kind("vehicles.claim_refused", label=_("Claim refused"), data=("claim",))
