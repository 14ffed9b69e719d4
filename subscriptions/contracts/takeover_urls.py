from django.urls import path

from subscriptions.contracts import takeover_views as views

urlpatterns = [
    path(
        "subscriptions/contracts/<int:pk>/takeover/offer/",
        views.TakeoverOffer.as_view(),
        name="takeover-offer",
    ),
    path(
        "subscriptions/contracts/<int:pk>/takeover/withdraw/",
        views.TakeoverWithdraw.as_view(),
        name="takeover-withdraw",
    ),
    path("subscriptions/takeovers/<int:transfer>/", views.TakeoverAccept.as_view(), name="takeover-accept"),
    path("staff/billing/takeovers/", views.StaffTakeovers.as_view(), name="staff-takeovers"),
    path(
        "staff/billing/takeovers/<int:pk>/approve/",
        views.StaffTakeoverApprove.as_view(),
        name="staff-takeover-approve",
    ),
    path(
        "staff/billing/takeovers/<int:pk>/refuse/",
        views.StaffTakeoverRefuse.as_view(),
        name="staff-takeover-refuse",
    ),
]
