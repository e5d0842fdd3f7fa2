from flask_talisman import Talisman
from flask_wtf import CSRFProtect

csrf = CSRFProtect()


def protect(app):
    csrf.init_app(app)
    Talisman(app)
