from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, render

from .models import Invoice, Order


@login_required
def invoice(request, pk):
    found = get_object_or_404(Invoice, pk=pk, owner=request.user)
    return render(request, "invoice.html", {"invoice": found, "user": request.user})


@login_required
def order(request, pk):
    found = get_object_or_404(Order, pk=pk, owner=request.user)
    return render(request, "order.html", {"order": found})


@login_required
def orders(request):
    return render(request, "orders.html", {"orders": Order.objects.filter(owner=request.user)})
