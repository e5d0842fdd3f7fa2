from shop.addresses import (
    PUBLIC,
)

ROOT_URLCONF = "shop.urls"
INSTALLED_APPS = []
ALLOWED_HOSTS = [*PUBLIC, "shop.internal"]
