ROOT_URLCONF = "blog.urls"
INSTALLED_APPS = ["django.contrib.auth"]
MIDDLEWARE = ["django.contrib.auth.middleware.AuthenticationMiddleware"]
