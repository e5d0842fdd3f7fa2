from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseForbidden
from django.views.generic import View

from .access import only_owner, staff
from .models import Order


def wipe(request):
    Order.objects.all().delete()
    return HttpResponse()


@login_required
def drop(request, key):
    order = Order.objects.get(pk=key)
    order.delete()
    return HttpResponse()


def turned(request):
    if request.user.is_superuser:
        Order.objects.all().delete()
    return HttpResponse()


def helped(request, key):
    order = Order.objects.get(pk=key)
    only_owner(request, order)
    order.delete()
    return HttpResponse()


def queried(request, key):
    order = Order.objects.get(pk=key, owner=request.user)
    order.delete()
    return HttpResponse()


@staff
def decorated(request):
    Order.objects.all().delete()
    return HttpResponse()


class Orders(View):
    def dispatch(self, request, *args, **kwargs):
        if not request.user.is_staff:
            return HttpResponse(status=403)
        return super().dispatch(request, *args, **kwargs)

    def post(self, request):
        Order.objects.all().delete()
        return HttpResponse()
