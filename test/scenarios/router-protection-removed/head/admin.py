from flask import Blueprint, abort, session
admin = Blueprint("admin", __name__)

@admin.get("/people")
def people():
    return []

