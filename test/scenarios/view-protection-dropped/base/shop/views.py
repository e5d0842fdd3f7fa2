from django.contrib.auth.mixins import PermissionRequiredMixin, UserPassesTestMixin
from django.shortcuts import render
from django.views.generic import ListView

from .access import logged, members


class Customers(PermissionRequiredMixin, ListView):
    permission_required = "shop.view_customer"


class Staff(UserPassesTestMixin, ListView):
    model = "shop.Staff"


@members
def orders(request):
    return render(request, "orders.html")
