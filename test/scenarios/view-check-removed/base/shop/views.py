from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseForbidden
from django.views.generic import View

from .access import only_owner, staff
from .models import Order


def wipe(request):
    if not request.user.is_superuser:
        return HttpResponseForbidden()
    Order.objects.all().delete()
    return HttpResponse()

@login_required
def drop(request, key):
    order = Order.objects.get(pk=key)
    if order.owner != request.user:
        raise PermissionDenied
    order.delete()
    return HttpResponse()


def turned(request):
    if not request.user.is_superuser:
        return HttpResponseForbidden()
    Order.objects.all().delete()
    return HttpResponse()


def helped(request, key):
    order = Order.objects.get(pk=key)
    if order.owner != request.user:
        raise PermissionDenied
    order.delete()
    return HttpResponse()


def queried(request, key):
    order = Order.objects.get(pk=key)
    if order.owner != request.user:
        raise PermissionDenied
    order.delete()
    return HttpResponse()


def decorated(request):
    if not request.user.is_staff:
        return HttpResponseForbidden()
    Order.objects.all().delete()
    return HttpResponse()


class Orders(View):
    def post(self, request):
        if not request.user.is_staff:
            return HttpResponse(status=403)
        Order.objects.all().delete()
        return HttpResponse()
