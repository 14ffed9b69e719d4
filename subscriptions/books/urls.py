from django.urls import path

from subscriptions.books import views

urlpatterns = [
    path("staff/billing/books/", views.Books.as_view(), name="books"),
    path("staff/billing/books/accounts/", views.BooksMapping.as_view(), name="books-mapping"),
    path("staff/billing/books/accounts/<slug:code>/", views.BooksAccount.as_view(), name="books-account"),
    path("staff/billing/books/debtors/", views.BooksDebtors.as_view(), name="books-debtors"),
    path("staff/billing/books/close/", views.MonthCloseDo.as_view(), name="books-close"),
    path("staff/billing/books/datev/", views.DatevExport.as_view(), name="books-datev"),
]
