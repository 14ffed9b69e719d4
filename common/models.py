"""The one table that common owns: which creating requests were already answered."""

from django.conf import settings
from django.db import models


class IdempotencyKey(models.Model):
    """A creating request's key, claimed in the transaction that does the work.

    Unique per user (none for guests), route and key; holds the hash of the request's body and, once the
    work is done, the answer, for ``settings.IDEMPOTENCY_KEEP``.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+")
    route = models.CharField(max_length=200)
    key = models.CharField(max_length=200)
    body_hash = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    answer = models.TextField(blank=True)  # JSON as it was sent: jsonb would reorder its keys
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            # Guests share one name space: their keys are drawn by our pages, 128 random bits each.
            models.UniqueConstraint(
                fields=["user", "route", "key"], name="idempotency_key_once", nulls_distinct=False
            ),
        ]
        indexes = [models.Index(fields=["created_at"])]

    def __str__(self) -> str:
        return f"{self.route} {self.key}"
