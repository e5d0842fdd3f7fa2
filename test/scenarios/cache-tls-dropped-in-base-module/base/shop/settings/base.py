import os

ROOT_URLCONF = "shop.urls"
INSTALLED_APPS = ["django.contrib.auth"]
CACHE_HOST = "cache.example.org"
CACHES = {
    "default": {
        "BACKEND": "django_redis.cache.RedisCache",
        "LOCATION": f"rediss://{CACHE_HOST}:6379/1",
    },
    "local": {"BACKEND": "django_redis.cache.RedisCache", "LOCATION": "redis://redis:6379/1"},
}
CELERY_BROKER_URL = os.environ.get("BROKER", "amqps://mq.shop.internal//")
