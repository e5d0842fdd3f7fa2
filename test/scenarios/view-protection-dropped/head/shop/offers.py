from django.views.generic import ListView


class Offers(ListView):
    model = "shop.Offer"
