from django.urls import path

from subscriptions import staff_views, views

app_name = "subscriptions"
urlpatterns = [
    path("subscriptions/", views.Home.as_view(), name="home"),
    path("subscriptions/contracts/", views.ContractList.as_view(), name="contract-list"),
    path("subscriptions/contracts/<int:pk>/", views.ContractDetail.as_view(), name="contract-detail"),
    path("subscriptions/contracts/<int:pk>/cancel/", views.ContractCancel.as_view(), name="contract-cancel"),
    path("subscriptions/plans/<slug:code>/", views.PlanDetail.as_view(), name="plan-detail"),
    path("subscriptions/plans/<slug:code>/order/", views.ContractOrder.as_view(), name="contract-order"),
    path("cancel/", views.CancelPublic.as_view(), name="cancel-public"),
    path("withdraw/", views.WithdrawPublic.as_view(), name="withdraw-public"),
    path("received/<str:token>/", views.DeclarationReceived.as_view(), name="declaration-received"),
    path("staff/subscriptions/", staff_views.StaffHome.as_view(), name="staff-home"),
    path("staff/subscriptions/<int:pk>/", staff_views.StaffDeclaration.as_view(), name="staff-declaration"),
]
