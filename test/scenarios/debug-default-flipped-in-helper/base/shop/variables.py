import os


def flag(name, default=False):
    return bool(int(os.environ.get(name, default)))
