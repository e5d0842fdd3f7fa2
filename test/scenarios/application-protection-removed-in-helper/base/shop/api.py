from fastapi import FastAPI

from shop.middleware import install

api = FastAPI()
install(api)
