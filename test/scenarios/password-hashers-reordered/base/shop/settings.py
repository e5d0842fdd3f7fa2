ROOT_URLCONF = "shop.urls"
INSTALLED_APPS = ["django.contrib.auth", "orders"]

PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
    "django.contrib.auth.hashers.MD5PasswordHasher",
]
