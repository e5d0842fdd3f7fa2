from hvac import Client
from flask import Flask

app = Flask(__name__)
app.config.update(Client().secrets.kv.read_secret("shop")["data"])
