from flask import request

from shop import services

def restart():
    services.restart("web")

def reload():
    services.reload(request.form["unit"])
