"""The way in to billing for staff."""

from typing import Any

from common.pages import Page
from subscriptions import desk


class StaffBilling(Page):
    """All places of billing, with what waits at each."""

    permission = desk.ENTER
    template_name = "subscriptions/staff_billing.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(tiles=desk.tiles_for(self.request.user), **kwargs)
