import os

ROOT = "/srv/shop"

def inside(name):
    path = os.path.realpath(os.path.join(ROOT, name))
    return path

def plain(name):
    if not name.isalnum():
        raise ValueError("no plain name", name)
    return name
