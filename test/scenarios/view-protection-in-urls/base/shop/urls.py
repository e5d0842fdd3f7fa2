from django.contrib.auth.decorators import login_required, permission_required
from django.urls import path

from . import views
from .views import Customers

urlpatterns = [
    path("orders", login_required(views.orders)),
    path("customers", permission_required("shop.view_customer")(Customers.as_view())),
    path("invoices", login_required(views.invoices)),
    path("refunds", login_required(views.refunds)),
    path("letters", login_required(views.letters)),
    path("account", views.account),
    path("imprint", views.imprint),
]
