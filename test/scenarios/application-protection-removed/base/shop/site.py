from flask import Flask
from flask_talisman import Talisman
from shop.extensions import csrf

app = Flask(__name__)
Talisman(app)
csrf.init_app(app)
