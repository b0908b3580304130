from django.apps import AppConfig


class PracticeConfig(AppConfig):
    name = "practice"

    def ready(self) -> None:
        # Whoever posts to the outbox, web or command, rings at this installation's broker.
        import practice.celery
        import practice.checks  # noqa: F401
