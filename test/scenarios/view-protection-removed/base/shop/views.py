from django.contrib.auth.decorators import login_required, permission_required
from django.contrib.auth.mixins import LoginRequiredMixin
from django.shortcuts import render
from django.views.generic import ListView


@login_required
def orders(request):
    return render(request, "orders.html")


@login_required
def invoices(request):
    return render(request, "invoices.html")


def imprint(request):
    return render(request, "imprint.html")


class Customers(LoginRequiredMixin, ListView):
    model = "shop.Customer"
