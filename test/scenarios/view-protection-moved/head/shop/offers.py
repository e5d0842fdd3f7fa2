from django.views.generic import ListView

from .access import Signed


class Offers(Signed, ListView):
    model = "shop.Offer"
