from django.urls import path

from subscriptions.packs import staff_views, views

urlpatterns = [
    path("batteries/<str:passport>/", views.Passport.as_view(), name="pack-passport"),
    path("subscriptions/contracts/<int:pk>/battery/buy/", views.PackBuy.as_view(), name="pack-buy"),
    path("subscriptions/contracts/<int:pk>/battery/return/", views.PackReturn.as_view(), name="pack-return"),
    path("staff/batteries/", staff_views.StaffPacks.as_view(), name="staff-packs"),
    path("staff/batteries/new/", staff_views.StaffPackCreate.as_view(), name="staff-pack-create"),
    path("staff/batteries/<int:pk>/", staff_views.StaffPack.as_view(), name="staff-pack"),
    path("staff/batteries/<int:pk>/fit/", staff_views.StaffPackFit.as_view(), name="staff-pack-fit"),
    path("staff/batteries/<int:pk>/remove/", staff_views.StaffPackRemove.as_view(), name="staff-pack-remove"),
    path(
        "staff/batteries/<int:pk>/measure/", staff_views.StaffPackMeasure.as_view(), name="staff-pack-measure"
    ),
    path("staff/billing/settlements/", staff_views.StaffSettlements.as_view(), name="staff-settlements"),
    path("staff/billing/settlements/<int:pk>/", staff_views.StaffSettle.as_view(), name="staff-settle"),
]
