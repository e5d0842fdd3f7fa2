from .base import *

ALLOWED_HOSTS = ["*"]
DEBUG = True
