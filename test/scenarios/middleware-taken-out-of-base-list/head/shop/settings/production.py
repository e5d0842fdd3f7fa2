from .base import *

MIDDLEWARE.remove("django.middleware.csrf.CsrfViewMiddleware")
