"""Yardsticks: how fast could a page be that does less and less?"""

from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def frame(request: HttpRequest) -> HttpResponse:
    """Signed in, the base template, nothing else."""
    return render(request, "frame.html")


def me(request: HttpRequest) -> HttpResponse:
    """Signed in, no template."""
    return HttpResponse(str(request.user.pk))


@login_not_required
def empty(request: HttpRequest) -> HttpResponse:
    """Through every middleware, asking nothing."""
    return HttpResponse("")


@login_not_required
def select_1(request: HttpRequest) -> HttpResponse:
    """One round trip to the database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return HttpResponse(str(cursor.fetchone()))
