class Production:
    DEBUG = False
    SESSION_COOKIE_SECURE = False
