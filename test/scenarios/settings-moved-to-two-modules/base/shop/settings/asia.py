from .base import *

SITE_ID = 2
