from flask import Flask

from .guards import install

app = Flask(__name__)
install(app)
