from flask import Blueprint, abort
from flask_login import current_user

pages = Blueprint("pages", __name__)


@pages.before_request
def only_members():
    if not current_user.is_authenticated:
        abort(401)


@pages.route("/profile")
def profile():
    return "profile"
