import tomllib
from pathlib import Path

ROOT_URLCONF = "shop.urls"
INSTALLED_APPS = ["django.contrib.sessions"]
MIDDLEWARE = ["django.contrib.sessions.middleware.SessionMiddleware"]
OPTIONS = tomllib.loads((Path(__file__).parent / "options.toml").read_text())
SESSION_COOKIE_SECURE = OPTIONS["secure"]
