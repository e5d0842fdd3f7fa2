import os


def flag(name, default=True):
    return bool(int(os.environ.get(name, default)))
