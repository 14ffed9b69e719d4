"""Below /staff/: the counter."""

from django.urls import URLPattern, URLResolver, path

from services.desk import entry_views, loan_views, order_views, tyre_views

urlpatterns: list[URLPattern | URLResolver] = [
    path("visits/new/", entry_views.EntryCustomer.as_view(), name="entry-customer"),
    path("visits/new/<int:customer>/", entry_views.EntryVisit.as_view(), name="entry-visit"),
    path("visits/<int:pk>/car/", entry_views.CarRecognise.as_view(), name="car-recognise"),
    path("visits/<int:pk>/check-in/", order_views.CheckIn.as_view(), name="check-in"),
    path("visits/<int:pk>/order/change/", order_views.OrderChange.as_view(), name="order-change"),
    path("visits/<int:pk>/order/sign/", order_views.OrderSign.as_view(), name="order-sign"),
    path("visits/<int:pk>/hand-back/", order_views.HandBack.as_view(), name="hand-back"),
    path("visits/<int:pk>/invoice/", order_views.VisitInvoice.as_view(), name="visit-invoice"),
    path("visits/<int:pk>/loan/", loan_views.LoanHandOut.as_view(), name="loan-hand-out"),
    path("loans/", loan_views.LoanList.as_view(), name="loan-list"),
    path("loans/<int:pk>/return/", loan_views.LoanReturn.as_view(), name="loan-return"),
    path("loans/<int:pk>/sign/", loan_views.LoanSign.as_view(), name="loan-sign"),
    path("wheels/", tyre_views.TyreList.as_view(), name="tyre-list"),
    path("wheels/new/", tyre_views.TyreStore.as_view(), name="tyre-store"),
    path("wheels/<int:pk>/take-out/", tyre_views.TyreTakeOut.as_view(), name="tyre-take-out"),
]
