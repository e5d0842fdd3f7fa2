from split_settings.tools import include, optional

ROOT_URLCONF = "shop.urls"
include("components/common.py", optional("local.py"))
