ROOT_URLCONF = "shop.urls"
INSTALLED_APPS = ["django.contrib.auth", "orders"]
DEBUG = False

FIRST = ["django.middleware.security.SecurityMiddleware"]
SHARED = (
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
)

MIDDLEWARE = [*FIRST, *(one for one in SHARED if "Csrf" not in one)]
MIDDLEWARE += ["django.middleware.clickjacking.XFrameOptionsMiddleware"]
