from flask import request

from shop.extensions import http

def preview():
    return http.get(request.args["url"]).text
