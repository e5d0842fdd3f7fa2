class Base:
    DEBUG = False
