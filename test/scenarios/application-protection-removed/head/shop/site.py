from flask import Flask
from shop.extensions import csrf


app = Flask(__name__)
csrf.init_app(app)
