from django.contrib.auth.decorators import login_required
from django.urls import path

from . import views
from .access import known
from .views import Customers

urlpatterns = [
    path("orders", views.orders),
    path("customers", Customers.as_view()),
    path("invoices", views.invoices),
    path("refunds", views.refunds),
    path("letters", known(views.letters)),
    path("account", login_required(views.account)),
    path("imprint", views.imprint),
]
