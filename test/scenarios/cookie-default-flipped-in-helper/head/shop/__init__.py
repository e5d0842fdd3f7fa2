from flask import Flask

from shop.variables import flag


def create_app():
    app = Flask(__name__)
    app.config["SESSION_COOKIE_SECURE"] = flag("SECURE")
    return app
