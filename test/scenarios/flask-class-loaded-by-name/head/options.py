class Common:
    SESSION_COOKIE_SECURE = False


class Live(Common):
    MAX_CONTENT_LENGTH = 1_000_000


class Trial(Common):
    DEBUG = True
