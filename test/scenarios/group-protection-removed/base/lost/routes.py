from .admin import admin


@admin.post("/wipe")
def wipe():
    return ""
