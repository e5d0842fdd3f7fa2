import os


def flag(name, default=True):
    return os.environ.get(name, str(default)).lower() == "true"
