from flask import Flask

from config import Config
from safe import harden


def create_app():
    app = Flask(__name__)
    app.config.from_object(Config)
    harden(app)
    return app
