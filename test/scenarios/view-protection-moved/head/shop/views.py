from django.shortcuts import render
from django.views.generic import ListView

from .access import Cautious, members


@members
def orders(request):
    return render(request, "orders.html")


def invoices(request):
    return render(request, "invoices.html")


class Customers(Cautious, ListView):
    model = "shop.Customer"
