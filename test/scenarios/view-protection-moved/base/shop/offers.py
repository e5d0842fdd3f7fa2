from django.contrib.auth.mixins import LoginRequiredMixin
from django.views.generic import ListView


class Offers(LoginRequiredMixin, ListView):
    model = "shop.Offer"
