from rest_framework import viewsets

from .models import Order


class Orders(viewsets.ModelViewSet):
    serializer_class = OrderSerializer

    def get_queryset(self):
        return Order.objects.filter(owner=self.request.user)


class Invoices(viewsets.ModelViewSet):
    def get_queryset(self):
        return Invoice.objects.filter(owner=self.request.user)
