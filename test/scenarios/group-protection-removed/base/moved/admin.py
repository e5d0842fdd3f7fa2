from flask import Blueprint, abort, session

admin = Blueprint("admin", __name__)


@admin.before_request
def guard():
    if not session.get("admin"):
        abort(403)
