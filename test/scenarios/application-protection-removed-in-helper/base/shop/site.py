from flask import Flask

from shop.hardening import harden


def create_app():
    app = Flask(__name__)
    harden(app)
    return app
