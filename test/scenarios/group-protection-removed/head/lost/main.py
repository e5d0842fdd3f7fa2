from fastapi import Depends, FastAPI
from . import api
from .users import signed_in

app = FastAPI()
app.include_router(api.router, prefix="/api")
