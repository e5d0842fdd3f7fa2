from flask import Flask
from .extensions import csrf

def create_app():
    app = Flask(__name__)
    # csrf.init_app(app)
    return app
