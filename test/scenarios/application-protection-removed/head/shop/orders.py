import os

from fastapi import FastAPI
from fastapi.middleware.httpsredirect import HTTPSRedirectMiddleware

app = FastAPI()
if os.getenv("FORCE_HTTPS") == "1":
    app.add_middleware(HTTPSRedirectMiddleware)
