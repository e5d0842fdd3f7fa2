INSTALLED_APPS = ["orders"]
DEBUG = False
