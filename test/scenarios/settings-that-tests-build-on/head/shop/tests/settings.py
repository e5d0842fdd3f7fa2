from shop.settings import *

DEBUG = True
