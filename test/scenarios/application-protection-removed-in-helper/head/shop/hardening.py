def harden(app):
    app.config.update(
        SESSION_COOKIE_HTTPONLY=True,
    )
