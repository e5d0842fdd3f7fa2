from .base import *

DEBUG = False
MIDDLEWARE.remove("django.contrib.auth.middleware.LoginRequiredMiddleware")
