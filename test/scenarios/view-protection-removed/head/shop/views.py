from django.contrib.auth.decorators import permission_required
from django.shortcuts import render
from django.views.generic import ListView


def orders(request):
    return render(request, "orders.html", {"title": "Orders"})


@permission_required("shop.view_invoice")
def invoices(request):
    return render(request, "invoices.html")


def imprint(request):
    return render(request, "imprint.html")


def terms(request):
    return render(request, "terms.html")


class Customers(ListView):
    model = "shop.Customer"
