from fastapi import FastAPI
from fastapi.middleware.httpsredirect import HTTPSRedirectMiddleware
app = FastAPI(title="shop")
app.add_middleware(HTTPSRedirectMiddleware)
