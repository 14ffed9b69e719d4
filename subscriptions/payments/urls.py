from django.urls import path

from subscriptions.payments import setup_views, staff_views, views

urlpatterns = [
    path("subscriptions/payment/", views.PaymentMethods.as_view(), name="payment-methods"),
    path("subscriptions/payment/payments/", views.PaymentList.as_view(), name="payment-list"),
    path("subscriptions/payment/mandate/", views.MandateSign.as_view(), name="mandate-sign"),
    path(
        "subscriptions/payment/accounts/<int:pk>/mandate/",
        views.MandateSign.as_view(),
        name="account-mandate-sign",
    ),
    path("subscriptions/payment/accounts/<int:pk>/method/", views.PayBy.as_view(), name="pay-by"),
    path(
        "subscriptions/payment/mandates/<int:pk>/revoke/",
        views.MandateRevoke.as_view(),
        name="mandate-revoke",
    ),
    path("staff/setup/bank/", setup_views.CreditorPage.as_view(), name="setup-creditor"),
    path("subscriptions/payment/invoices/<int:pk>/", views.InvoicePay.as_view(), name="invoice-pay"),
    path("subscriptions/payment/invoices/<int:pk>/collect/", views.DebitRetry.as_view(), name="debit-retry"),
    path("staff/billing/payments/", staff_views.StaffPayments.as_view(), name="staff-payments"),
    path("staff/billing/payments/<int:pk>/refund/", staff_views.RefundAsk.as_view(), name="staff-refund-ask"),
    path("staff/billing/debits/", staff_views.DebitFiles.as_view(), name="staff-debit-files"),
    path("staff/billing/debits/make/", staff_views.DebitFilesMake.as_view(), name="staff-debit-files-make"),
    path(
        "staff/billing/debits/<int:pk>/hand-in/",
        staff_views.DebitFileHandIn.as_view(),
        name="staff-debit-file-hand-in",
    ),
    path("staff/billing/bank/", staff_views.BankLines.as_view(), name="staff-bank-lines"),
    path("staff/billing/bank/<int:pk>/", staff_views.BankLineDetail.as_view(), name="staff-bank-line"),
    path(
        "staff/billing/bank/<int:pk>/ignore/",
        staff_views.BankLineIgnore.as_view(),
        name="staff-bank-line-ignore",
    ),
    path("staff/billing/bank/import/", staff_views.StatementUpload.as_view(), name="staff-statement-upload"),
    path(
        "staff/billing/bank/import/<int:pk>/", staff_views.StatementPreview.as_view(), name="staff-statement"
    ),
    path("staff/billing/overdue/", staff_views.Overdue.as_view(), name="staff-overdue"),
    path("staff/billing/overdue/<int:pk>/", staff_views.OverdueItem.as_view(), name="staff-overdue-item"),
    path(
        "staff/billing/overdue/<int:pk>/go-on/", staff_views.OverdueGoOn.as_view(), name="staff-overdue-go-on"
    ),
    path(
        "staff/billing/overdue/<int:pk>/write-off/",
        staff_views.OverdueWriteOff.as_view(),
        name="staff-overdue-write-off",
    ),
    path("staff/billing/refunds/", staff_views.Refunds.as_view(), name="staff-refunds"),
    path(
        "staff/billing/refunds/<int:pk>/release/", staff_views.RefundRelease.as_view(), name="refund-release"
    ),
    path("staff/billing/refunds/<int:pk>/refuse/", staff_views.RefundRefuse.as_view(), name="refund-refuse"),
    path("staff/billing/refunds/<int:pk>/paid/", staff_views.RefundPaid.as_view(), name="refund-paid"),
]
