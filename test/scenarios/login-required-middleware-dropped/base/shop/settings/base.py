ROOT_URLCONF = "shop.urls"
INSTALLED_APPS = ["django.contrib.auth"]
MIDDLEWARE = [
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
]
