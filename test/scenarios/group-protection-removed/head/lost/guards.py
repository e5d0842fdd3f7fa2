from flask import abort, session


def install(app):
    @app.before_request
    def guard():
        if "user" not in session:
            abort(401)
