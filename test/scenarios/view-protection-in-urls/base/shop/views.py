from django.contrib.auth.decorators import login_required
from django.http import HttpResponseForbidden
from django.shortcuts import render
from django.views.generic import ListView


def orders(request):
    return render(request, "orders.html")


class Customers(ListView):
    model = "shop.Customer"


def invoices(request):
    return render(request, "invoices.html")


def refunds(request):
    if not request.user.is_staff:
        return HttpResponseForbidden()
    return render(request, "refunds.html")


def letters(request):
    return render(request, "letters.html")


@login_required
def account(request):
    return render(request, "account.html")


def imprint(request):
    return render(request, "imprint.html")
