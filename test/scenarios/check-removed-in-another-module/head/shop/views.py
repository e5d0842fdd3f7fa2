from flask import request

from shop.checks import inside, plain

def show():
    return open(inside(request.args["name"])).read()

def page():
    return open("pages/" + plain(request.args["name"])).read()
