from flask import Flask

from .extensions import protect

def create_app():
    app = Flask(__name__)
    protect(app)
    return app
