from flask import Flask, request

from shop.users import by_mail

app = Flask(__name__)

@app.get("/users")
def users():
    return {"users": by_mail(request.args["mail"])}
