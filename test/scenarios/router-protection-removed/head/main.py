from fastapi import Depends, FastAPI
from items import items
from people import member

app = FastAPI()
app.include_router(items, dependencies=[Depends(member)])
