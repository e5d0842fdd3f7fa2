from django.contrib.auth.mixins import PermissionRequiredMixin, UserPassesTestMixin
from django.shortcuts import render
from django.views.generic import ListView

from .access import logged, members


class Customers(ListView):
    model = "shop.Customer"


class Staff(ListView):
    model = "shop.Staff"


@logged
def orders(request):
    return render(request, "orders.html")
