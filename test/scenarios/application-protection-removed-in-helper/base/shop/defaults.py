class Base:
    DEBUG = False
    SESSION_COOKIE_SECURE = True
