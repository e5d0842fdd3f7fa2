from flask import Flask, session

from .db import find, remove
from .people import members_only

app = Flask(__name__)


@app.post("/wipe")
def wipe():
    remove()
    return ""


@app.get("/orders")
@members_only
def orders():
    return find()


@app.get("/items/<key>")
def items(key):
    item = find(key)
    return item
