from fastapi import FastAPI

from shop.core import settings

app = FastAPI(debug=settings.debug)
