from fastapi import FastAPI
from items import items

app = FastAPI()
app.include_router(items)
