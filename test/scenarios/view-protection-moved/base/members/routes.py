from flask import Blueprint, abort
from flask_login import current_user, login_required

pages = Blueprint("pages", __name__)


@pages.route("/profile")
@login_required
def profile():
    return "profile"
