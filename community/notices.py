"""What we tell people about the community."""

from django.utils.translation import gettext_lazy as _

from accounts.telling.inbox import register_group, register_notice

register_group(
    "community",
    label=_("Community"),
    text=_("Replies to you, and decisions of the moderation."),
    icon="messages-square",
    mail=False,
    always=_(
        "Decisions on your posts and reports always come by e-mail: the law requires reasons in writing."
    ),
    place=40,
)

register_notice(
    "community.reply",
    title=_("New reply to “%(title)s”"),
    text=_("%(handle)s has replied."),
    group="community",
    mail=True,
)
register_notice(
    "community.post_hidden",
    title=_("Your post in “%(title)s” is hidden"),
    # DSA Art. 17: what, why, by whom (not automated), and how to complain.
    text=_(
        "A moderator has decided this, not a machine. The reason: %(reason)s "
        "If you disagree, answer this notice by e-mail to %(contact)s; another person will look at it."
    ),
    mail=True,
    group="community",
    required=True,
)
register_notice(
    "community.post_edited",
    title=_("Your post in “%(title)s” was changed"),
    # DSA Art. 17, as above: taking words out of a post is a decision about it.
    text=_(
        "A moderator has changed it. The reason: %(reason)s "
        "If you disagree, answer this notice by e-mail to %(contact)s; another person will look at it."
    ),
    mail=True,
    group="community",
    required=True,
)
register_notice(
    "community.post_restored",
    title=_("Your post in “%(title)s” can be read again"),
    text=_("The moderation has lifted its decision."),
    group="community",
)
register_notice(
    "community.report_received",
    title=_("We have received your report %(code)s"),
    text=_("A moderator will look at it and tell you what was decided."),
    group="community",
)
register_notice(
    "community.report_decided",
    title=_("Your report %(code)s is decided"),
    text=_("%(statement)s If you disagree, write to %(contact)s; another person will look at it."),
    mail=True,
    group="community",
    required=True,
)
