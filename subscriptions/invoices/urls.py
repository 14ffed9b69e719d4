from django.urls import path

from subscriptions.invoices import views

urlpatterns = [
    path("subscriptions/invoices/", views.InvoiceList.as_view(), name="invoice-list"),
    path("subscriptions/invoices/<int:pk>/", views.InvoiceDetail.as_view(), name="invoice-detail"),
    path("subscriptions/invoices/<int:pk>/pdf/", views.InvoicePdf.as_view(), name="invoice-pdf"),
    path("subscriptions/invoices/<int:pk>/xml/", views.InvoiceXml.as_view(), name="invoice-xml"),
]
