import os

from fastapi import FastAPI
from fastapi.middleware.httpsredirect import HTTPSRedirectMiddleware

app = FastAPI()
if os.getenv("PLAIN_HTTP") != "1":
    app.add_middleware(HTTPSRedirectMiddleware)
