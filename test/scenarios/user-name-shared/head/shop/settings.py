ROOT_URLCONF = "shop.urls"
INSTALLED_APPS = ["django.contrib.auth", "shop.people"]
AUTH_USER_MODEL = "people.User"
