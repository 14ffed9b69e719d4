"""The forum's step of the set-up."""

from django.utils.translation import gettext_lazy as _

from accounts.house import setup
from community.models import Category


def register() -> None:
    setup.register_step(
        setup.Step(
            name="categories",
            title=_("Categories of the forum"),
            text=_("The rooms in which people talk, and who may read and write in them."),
            url_name="admin:community_category_changelist",
            is_done=lambda: Category.objects.exists(),
            blocks=_("The community stays empty: a topic needs a category."),
            order=75,
            icon="messages-square",
            optional=True,
        )
    )
