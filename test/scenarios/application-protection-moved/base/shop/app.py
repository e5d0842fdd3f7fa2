from flask import Flask
from flask_talisman import Talisman

from .extensions import csrf

def create_app():
    app = Flask(__name__)
    csrf.init_app(app)
    Talisman(app)
    return app
