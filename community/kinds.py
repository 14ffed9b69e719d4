"""What can happen in the community."""

from django.utils.translation import gettext_lazy as _

from journal.kinds import register_kind

register_kind("community.topic_opened", label=_("Topic opened"), data=("topic", "category", "post"))
register_kind("community.post_written", label=_("Post written"), data=("topic", "post", "post_no"))
register_kind("community.post_edited", label=_("Post edited"), data=("topic", "post", "version"))
register_kind(
    "community.versions_erased", label=_("Earlier versions of a post erased"), data=("topic", "post")
)
register_kind("community.answer_accepted", label=_("Answer accepted"), data=("topic", "post"))
register_kind("community.answer_withdrawn", label=_("Accepted answer withdrawn"), data=("topic", "post"))
register_kind("community.post_hidden", label=_("Post hidden by the moderation"), data=("topic", "post"))
register_kind("community.post_restored", label=_("Post shown again"), data=("topic", "post"))
register_kind("community.topic_locked", label=_("Topic locked"), data=("topic",))
register_kind("community.topic_unlocked", label=_("Topic unlocked"), data=("topic",))
register_kind("community.report_received", label=_("Report received"), data=("report", "post", "reason"))
register_kind("community.report_decided", label=_("Report decided"), data=("report", "post", "outcome"))
register_kind("community.name_chosen", label=_("Name in the forum chosen"))
