ROOT_URLCONF = "shop.urls"
INSTALLED_APPS = ["django.contrib.auth", "orders"]

AUTH_PASSWORD_VALIDATORS = []
