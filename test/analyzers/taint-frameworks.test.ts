// What frameworks hand to functions: which of it is data of a request, and of which its type says that it does no harm. The lines
// marked with `# expect`, and no others, are reported.
import { describe, expect, it } from "vitest";
import { follow } from "../support/taint.ts";

const cases: Readonly<Record<string, string>> = {
  "parameters of a FastAPI route, by their annotations": `
import uuid
from enum import Enum
from typing import Annotated, Literal, Optional
import sink
from fastapi import FastAPI, Query, UploadFile
app = FastAPI()
class Kind(str, Enum):
    A = "a"
    B = "b"
Names = Annotated[list[str], Query()]
@app.get("/a/{name}")
def a(name: str, plain, names: Names, number: int, maybe: Optional[int] = None, either: int | None = None,
      kind: Kind = Kind.A, word: Literal["a", "b"] = "a", key: uuid.UUID = None, ids: list[int] = Query([])):
    sink.sql(name)  # expect
    sink.sql(plain)  # expect
    sink.sql(names[0])  # expect
    sink.sql(f"{number}{maybe}{either}")
    sink.sql(kind)
    sink.sql(kind.value)
    sink.sql(word)
    sink.sql(f"{key}")
    sink.sql(",".join(str(one) for one in ids))
`,
  "fields of a class that FastAPI fills": `
import sink
from typing import Optional
from fastapi import FastAPI
from pydantic import BaseModel
app = FastAPI()
class Base(BaseModel):
    number: int
class Part(Base):
    name: str
    tags: list[str] = []
    sizes: list[int] = []
class Whole(BaseModel):
    part: Part
    parts: list[Part]
    maybe: Optional[Part]
@app.post("/a")
def a(whole: Whole, several: list[Part]):
    sink.sql(whole.part.name)  # expect
    sink.sql(whole.part.number)
    sink.sql(whole.part.tags[0])  # expect
    sink.sql(whole.part.sizes[0])
    sink.sql(whole.maybe.name)  # expect
    sink.sql(whole.maybe.number)
    sink.sql(whole.unheard_of)  # expect
    for one in whole.parts + several:
        sink.sql(one.name)  # expect
    for one in several:
        sink.sql(one.number)
    sink.sql([one.number for one in several])
`,
  "what a dependency of a FastAPI route gives": `
import sink
from typing import Annotated
from fastapi import Depends, FastAPI, Header
app = FastAPI()
def name_of(name: str, number: int, token: str = Header()):
    return {"name": name, "number": number, "token": token, "word": "a"}
class Page:
    def __init__(self, order: str = "", size: int = 10):
        self.order = order
        self.size = size
def connect():
    connection = sink.connect()
    try:
        yield connection
    finally:
        connection.close()
Paged = Annotated[Page, Depends()]
def nested(found=Depends(name_of)):
    return found["name"]
@app.get("/a")
def a(named: dict = Depends(name_of), page: Page = Depends(Page), paged: Paged = None, inner=Depends(nested),
      connection=Depends(connect)):
    sink.sql(named["name"])  # expect
    sink.sql(named["token"])  # expect
    sink.sql(named["number"])
    sink.sql(named["word"])
    sink.sql(page.order)  # expect
    sink.sql(page.size)
    sink.sql(paged.order)  # expect
    sink.sql(inner)  # expect
    sink.sql(connection)
`,
  "parts of a path that a converter makes numbers": `
import sink
from flask import Flask
app = Flask(__name__)
@app.route("/a/<int:number>/<name>/<uuid:key>")
def a(number, name, key):
    sink.sql(number)
    sink.sql(name)  # expect
    sink.sql(key)
@app.get("/b/<float:number>/<path:name>")
def b(number, name):
    sink.sql(number)
    sink.sql(name)  # expect
`,
};

/** The numbers of the lines that a comment marks, from 1. */
function expected(text: string): number[] {
  return text.split("\n").flatMap((line, at) => (line.endsWith("# expect") ? [at + 1] : []));
}

describe("data that a framework hands over", () => {
  it.each(Object.entries(cases))("%s", async (_, text) => {
    const found = await follow({ "app/views.py": text });
    const lines = [...new Set(found.map((one) => one.region.startLine))].sort((a, b) => a - b);
    expect(lines).toEqual(expected(text));
  });

  it("fields of a class of another module", async () => {
    const found = await follow({
      "app/__init__.py": "",
      "app/items.py":
        "from pydantic import BaseModel\nclass Item(BaseModel):\n    name: str\n    number: int\n",
      "app/views.py": `
import sink
from fastapi import FastAPI
from app.items import Item
app = FastAPI()
@app.post("/a")
def a(item: Item):
    sink.sql(item.number)
    sink.sql(item.name)
`,
    });
    expect(found.map((one) => one.region.startLine)).toEqual([9]);
  });
});
