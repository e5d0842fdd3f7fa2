from fastapi import FastAPI

from shop.flags import DEBUG

api = FastAPI(debug=DEBUG)
