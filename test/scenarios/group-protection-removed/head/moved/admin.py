from flask import Blueprint, abort, session

admin = Blueprint("admin", __name__)
