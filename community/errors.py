"""What can go wrong in the forum, beyond the common errors."""

from common.errors import Conflict, DomainError


class TooMany(DomainError):
    """More of this than the rate limit lets through; ``extra["retry_after"]`` is in seconds."""

    code = "rate_limited"
    status = 429


class TopicLocked(Conflict):
    """The moderation has closed the topic: it can be read, not answered."""

    code = "topic_locked"
