from django.urls import path

from subscriptions.invoices import staff_views, views

urlpatterns = [
    path("subscriptions/invoices/", views.InvoiceList.as_view(), name="invoice-list"),
    path("subscriptions/invoices/<int:pk>/", views.InvoiceDetail.as_view(), name="invoice-detail"),
    path("subscriptions/invoices/<int:pk>/pdf/", views.InvoicePdf.as_view(), name="invoice-pdf"),
    path("subscriptions/invoices/<int:pk>/xml/", views.InvoiceXml.as_view(), name="invoice-xml"),
    path("staff/billing/invoices/", staff_views.StaffInvoices.as_view(), name="staff-invoices"),
    path("staff/billing/invoices/<int:pk>/", staff_views.StaffInvoice.as_view(), name="staff-invoice"),
    path(
        "staff/billing/invoices/<int:pk>/credit/",
        staff_views.InvoiceCredit.as_view(),
        name="staff-invoice-credit",
    ),
]
