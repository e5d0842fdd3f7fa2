def harden(app):
    app.config["SESSION_COOKIE_SECURE"] = True
