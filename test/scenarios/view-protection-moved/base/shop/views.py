from django.contrib.auth.decorators import login_required
from django.contrib.auth.mixins import LoginRequiredMixin
from django.shortcuts import render
from django.views.generic import ListView

from .access import Cautious, members


@login_required
def orders(request):
    return render(request, "orders.html")


@login_required
def invoices(request):
    return render(request, "invoices.html")


class Customers(LoginRequiredMixin, ListView):
    model = "shop.Customer"
