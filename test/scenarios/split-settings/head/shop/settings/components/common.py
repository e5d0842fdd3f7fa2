INSTALLED_APPS = ["orders"]
DEBUG = True
