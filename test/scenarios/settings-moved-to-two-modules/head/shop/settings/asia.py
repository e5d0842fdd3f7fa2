from .base import *

CSRF_COOKIE_SECURE = False
SITE_ID = 2
