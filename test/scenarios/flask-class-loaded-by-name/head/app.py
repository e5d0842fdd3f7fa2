from flask import Flask
from options import Live, Trial


def create_app():
    app = Flask(__name__)
    app.config.from_object(Live())
    return app
