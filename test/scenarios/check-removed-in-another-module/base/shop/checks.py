import os

ROOT = "/srv/shop"

def inside(name):
    path = os.path.realpath(os.path.join(ROOT, name))
    if not path.startswith(ROOT + os.sep):
        raise ValueError(name)
    return path

def plain(name):
    if not name.isalnum():
        raise ValueError(name)
    return name
