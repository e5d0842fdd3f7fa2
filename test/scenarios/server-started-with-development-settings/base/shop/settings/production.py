ROOT_URLCONF = "shop.urls"
INSTALLED_APPS = ["orders"]
DEBUG = False
