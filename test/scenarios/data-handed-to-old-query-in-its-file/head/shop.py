import sqlite3

from flask import Flask, request

app = Flask(__name__)
connection = sqlite3.connect("shop.db")

def by_mail(mail):
    return connection.execute("SELECT * FROM users WHERE mail = '" + mail + "'").fetchall()

@app.get("/users")
def users():
    return {"users": by_mail(request.args["mail"])}
