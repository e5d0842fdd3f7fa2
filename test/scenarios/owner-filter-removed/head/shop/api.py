from rest_framework import viewsets

from .models import Order


class Orders(viewsets.ModelViewSet):
    serializer_class = OrderSerializer
    queryset = Order.objects.all()


class Invoices(OwnedMixin, viewsets.ModelViewSet):
    queryset = Invoice.objects.all()
