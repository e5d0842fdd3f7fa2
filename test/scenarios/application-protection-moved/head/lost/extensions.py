from flask_talisman import Talisman
from flask_wtf import CSRFProtect

csrf = CSRFProtect()
