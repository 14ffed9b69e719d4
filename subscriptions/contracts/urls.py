from django.urls import path

from subscriptions.contracts import change_views, declaration_views, order_views, staff_views, views

urlpatterns = [
    path("subscriptions/contracts/", views.ContractList.as_view(), name="contract-list"),
    path("subscriptions/contracts/<int:pk>/", views.ContractDetail.as_view(), name="contract-detail"),
    path("subscriptions/contracts/<int:pk>/cancel/", views.ContractCancel.as_view(), name="contract-cancel"),
    path(
        "subscriptions/contracts/<int:pk>/change/",
        change_views.ContractChangePage.as_view(),
        name="contract-change",
    ),
    path(
        "subscriptions/contracts/<int:pk>/changes/<int:change>/take-back/",
        change_views.ChangeTakeBack.as_view(),
        name="change-take-back",
    ),
    path(
        "subscriptions/plans/<slug:code>/order/", order_views.ContractOrder.as_view(), name="contract-order"
    ),
    path("cancel/", declaration_views.CancelPublic.as_view(), name="cancel-public"),
    path("withdraw/", declaration_views.WithdrawPublic.as_view(), name="withdraw-public"),
    path(
        "received/<str:token>/", declaration_views.DeclarationReceived.as_view(), name="declaration-received"
    ),
    path("staff/subscriptions/", staff_views.StaffHome.as_view(), name="staff-home"),
    path("staff/subscriptions/<int:pk>/", staff_views.StaffDeclaration.as_view(), name="staff-declaration"),
]
