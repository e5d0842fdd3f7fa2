from flask import Flask, abort, redirect, session, url_for

from .db import find, remove
from .people import members_only

app = Flask(__name__)


@app.post("/wipe")
def wipe():
    if session.get("role") != "admin":
        abort(403)
    remove()
    return ""


@app.get("/orders")
def orders():
    if "user" not in session:
        return redirect(url_for("login"))
    return find()


@app.get("/items/<key>")
def items(key):
    item = find(key)
    if item is None:
        abort(403)
    return item
