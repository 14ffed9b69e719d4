from django.apps import AppConfig


class CommunityConfig(AppConfig):
    name = "community"

    def ready(self) -> None:
        from common.realtime import register_topic
        from community import customers, letters, reading, reporting, setup_steps
        from journal.outbox import register_channel

        setup_steps.register()
        register_topic("topic", reading.may_watch_topic)
        register_topic("category", reading.may_watch_category)
        register_channel(reporting.MAIL_CHANNEL, letters.deliver)
        customers.register()
