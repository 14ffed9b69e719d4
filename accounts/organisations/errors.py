"""What can go wrong with organisations and their members, with stable codes."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from common.errors import Conflict, NotFound


class OrganisationNotFound(NotFound):
    code = "organisation_not_found"

    def __init__(self) -> None:
        super().__init__(_("You do not act for such an organisation."), field="organisation")


class MemberNotFound(NotFound):
    code = "member_not_found"

    def __init__(self) -> None:
        super().__init__(_("There is no such member."))


class InvitationClosed(Conflict):
    code = "invitation_closed"

    def __init__(self) -> None:
        super().__init__(
            _("This invitation is no longer open: it was answered or withdrawn, or it has expired.")
        )


class AlreadyMember(Conflict):
    code = "already_member"

    def __init__(self) -> None:
        super().__init__(_("This person is a member or invited already."), field="email")


class LastAdministrator(Conflict):
    code = "last_administrator"

    def __init__(self) -> None:
        super().__init__(_("An organisation needs an administrator. Name another one first."))


class OrganisationInUse(Conflict):
    code = "organisation_in_use"

    def __init__(self, holds: Iterable[str]) -> None:
        """``holds`` says what has to end first, each in words."""
        first = _("The organisation can't be closed yet.")
        super().__init__(" ".join([str(first), *holds]))
