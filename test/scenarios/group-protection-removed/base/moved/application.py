from flask import Flask, abort, session

app = Flask(__name__)


@app.before_request
def guard():
    if "user" not in session:
        abort(401)
