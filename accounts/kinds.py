"""What can happen to an account."""

from django.utils.translation import gettext_lazy as _

from journal.kinds import register_kind

register_kind("accounts.signed_up", label=_("Account created"))
register_kind("accounts.email_changed", label=_("E-mail address changed"))
register_kind("accounts.password_changed", label=_("Password changed"))
register_kind("accounts.second_factor_changed", label=_("Second step of sign-in changed"), data=("change",))
register_kind("accounts.profile_changed", label=_("Profile changed"), data=("fields",))
register_kind("accounts.address_changed", label=_("Address changed"), data=("purpose",))
register_kind("accounts.role_granted", label=_("Role granted"), data=("role", "scope_kind", "scope_id"))
register_kind("accounts.role_ended", label=_("Role ended"), data=("role", "scope_kind", "scope_id"))
register_kind("accounts.sessions_ended", label=_("Signed out everywhere"), data=("count",))

# The house itself.
register_kind("accounts.brand_changed", label=_("Brand changed"), data=("fields",))
register_kind("accounts.mail_tested", label=_("Test mail sent"))
register_kind("accounts.legal_drafted", label=_("Legal text drafted"), data=("kind", "version"))
register_kind(
    "accounts.legal_published", label=_("Legal text published"), data=("kind", "version", "valid_from")
)
register_kind(
    "accounts.legal_discarded", label=_("Draft of a legal text discarded"), data=("kind", "version")
)
register_kind("accounts.terms_accepted", label=_("Terms accepted"), data=("legal_text", "version"))
register_kind("accounts.first_administrator", label=_("First administrator signed up"))
register_kind(
    "accounts.colleague_invited", label=_("Colleague invited"), data=("role", "scope_kind", "scope_id")
)
register_kind("accounts.colleague_joined", label=_("Invitation to the team accepted"), data=("role",))
register_kind("accounts.colleague_uninvited", label=_("Invitation to the team withdrawn"), data=("role",))
register_kind("accounts.import_uploaded", label=_("Import uploaded"), data=("kind",))
register_kind("accounts.import_advanced", label=_("Import went on"), data=("rows",))
register_kind("accounts.import_checked", label=_("Import checked"), data=("rows",))
register_kind("accounts.import_confirmed", label=_("Import started"), data=("rows",))
register_kind("accounts.import_written", label=_("Import written"), data=("rows",))
register_kind("accounts.import_failed", label=_("Import refused"), data=("reason",))

# Cases. ``code`` is the number that customer and staff say; texts stay in the case.
register_kind("accounts.case_opened", label=_("Request opened"), data=("code", "queue", "promised_by"))
register_kind("accounts.case_written", label=_("Customer wrote"), data=("code", "case_message"))
register_kind("accounts.case_answered", label=_("Request answered"), data=("code", "case_message"))
register_kind("accounts.case_noted", label=_("Internal note written"), data=("case_message",))
register_kind("accounts.case_assigned", label=_("Request assigned"), data=("before", "assignee"))
register_kind(
    "accounts.case_handed_over", label=_("Request handed over"), data=("queue_before", "queue", "assignee")
)
register_kind("accounts.case_promised", label=_("Promise changed"), data=("why", "promised_by"))
register_kind("accounts.case_promise_near", label=_("Promise runs out soon"), data=("promised_by",))
register_kind("accounts.case_closed", label=_("Request closed"), data=("code", "case_message"))
register_kind("accounts.case_reopened", label=_("Request opened again"), data=("code",))
register_kind(
    "accounts.case_merged", label=_("Request merged into another"), data=("code", "into", "into_code")
)
register_kind("accounts.case_absorbed", label=_("Another request merged in"), data=("gone",))
register_kind(
    "accounts.case_customer_named", label=_("Request moved into your account"), data=("code", "customer")
)
register_kind("accounts.case_linked", label=_("Request linked"), data=("kind", "object"))
register_kind("accounts.consent_given", label=_("Consent given"), data=("purpose", "version", "code"))
register_kind("accounts.consent_withdrawn", label=_("Consent withdrawn"), data=("purpose", "version", "code"))
register_kind(
    "accounts.consent_text_published",
    label=_("Consent text published"),
    data=("purpose", "version", "asks_again"),
)
register_kind("accounts.mail_blocked", label=_("E-mail address refuses our mail"))
register_kind("accounts.mail_unblocked", label=_("E-mail address tried again"))
register_kind("accounts.push_added", label=_("Push notices switched on for a device"), data=("subscription",))
register_kind(
    "accounts.push_removed", label=_("Push notices switched off for a device"), data=("subscription",)
)

# Partner services and what people allow them; ``scopes`` are codes of accounts/partners/partner_scopes.py.
register_kind("accounts.partner_registered", label=_("Partner service registered"))
register_kind("accounts.partner_changed", label=_("Partner service changed"))
register_kind("accounts.partner_secret_renewed", label=_("Partner service got a new secret"))
register_kind("accounts.partner_closed", label=_("Partner service closed"), data=("count",))
register_kind("accounts.service_connected", label=_("Service connected"), data=("partner", "scopes", "new"))
register_kind("accounts.service_revoked", label=_("Service disconnected"), data=("partner",))
register_kind(
    "accounts.token_reused",
    label=_("Key of a connected service came twice: access ended"),
    data=("partner", "count"),
)
register_kind("accounts.outside_account_changed", label=_("Other sign-in changed"), data=("change",))
register_kind("accounts.session_ended", label=_("Signed out on a device"))

register_kind("accounts.customer_created", label=_("Written down as a customer by our service"))
register_kind("accounts.customer_invited", label=_("Invited to take the data over"))
register_kind("accounts.customer_taken_over", label=_("Data of our customer file taken over"))
register_kind("accounts.customer_viewed", label=_("Our service looked at your file"))
register_kind(
    "accounts.customers_merged", label=_("Two customer files became one"), data=("merge", "gone", "proof")
)
register_kind(
    "accounts.customer_merge_undone", label=_("Customer files parted again"), data=("merge", "gone")
)

# Organisations and who acts for them: ids of invitations and people, codes of roles.
register_kind("accounts.organisation_created", label=_("Organisation created"))
register_kind("accounts.organisation_changed", label=_("Organisation changed"), data=("fields",))
register_kind("accounts.organisation_closed", label=_("Organisation closed"), data=("count",))
register_kind("accounts.organisation_address_changed", label=_("Address of an organisation changed"))
register_kind("accounts.member_invited", label=_("Member invited"), data=("invitation", "role"))
register_kind("accounts.member_joined", label=_("Member joined"), data=("invitation", "member", "role"))
register_kind("accounts.invitation_refused", label=_("Invitation refused"), data=("invitation", "role"))
register_kind("accounts.invitation_withdrawn", label=_("Invitation withdrawn"), data=("invitation", "role"))
register_kind("accounts.member_role_changed", label=_("Role of a member changed"), data=("member", "role"))
register_kind("accounts.member_removed", label=_("Member removed"), data=("member", "role"))
register_kind("accounts.member_left", label=_("Member left"), data=("member", "role"))
register_kind("accounts.address_removed", label=_("Address deleted"), data=("purpose",))

# One's data: copies, leaving, and how long things are kept. ``reason`` and ``why`` are codes.
register_kind("accounts.export_requested", label=_("Copy of your data asked for"))
register_kind("accounts.export_ready", label=_("Copy of your data ready"))
register_kind("accounts.export_failed", label=_("Copy of your data failed"))
register_kind(
    "accounts.erasure_planned", label=_("Deletion of the account planned"), data=("reason", "due_at")
)
register_kind("accounts.erasure_near", label=_("Deletion of the account is near"), data=("due_at",))
register_kind("accounts.erasure_cancelled", label=_("Deletion of the account cancelled"), data=("why",))
register_kind("accounts.erased", label=_("Account deleted"), data=("reason", "parts"))
register_kind("accounts.locked_seen", label=_("Locked record looked at"), data=("record",))
register_kind("accounts.locked_erased", label=_("Locked record erased"), data=("record",))
register_kind("accounts.retention_changed", label=_("Retention period changed"), data=("rule", "days"))
