from flask_login import login_required

from .admin import admin


@admin.post("/wipe")
@login_required
def wipe():
    return ""
