from fastapi import FastAPI
from shop.setup import add_middlewares

app = FastAPI()
add_middlewares(app)
