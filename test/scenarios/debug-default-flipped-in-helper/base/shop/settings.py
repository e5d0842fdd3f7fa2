from shop.variables import flag

INSTALLED_APPS = ["django.contrib.auth"]
ROOT_URLCONF = "shop.urls"
DEBUG = flag("SHOP_DEBUG")
