from flask import request

from shop import services

def restart():
    services.restart(request.form["unit"])

def reload():
    services.reload(request.form["unit"])
    return "done"
