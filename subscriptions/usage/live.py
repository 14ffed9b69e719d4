"""Who may watch the meter of a contract: whoever may see the contract."""

from typing import Any

from common import realtime
from subscriptions.models import Contract
from subscriptions.usage.metering import TOPIC


def may_watch_meter(user: Any, topic: str) -> bool:
    number = topic.partition(":")[2]
    if not user.is_authenticated or not number.isascii() or not number.isdigit() or len(number) > 15:
        return False
    return Contract.objects.visible_to(user).filter(pk=int(number)).exists()


realtime.register_topic(TOPIC, may_watch_meter)
