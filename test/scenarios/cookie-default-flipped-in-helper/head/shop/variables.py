import os


def flag(name, default=False):
    return os.environ.get(name, str(default)).lower() == "true"
