import * as z from "zod";

/** A qualified name as the evaluator writes it: `os.environ.get`, `sqlite3.connect()`, `flask.request.args[]`. */
export const name = z
  .string()
  .regex(/^[\w.()[\]*|-]+$/, "must be a qualified name such as flask.request.args");

/** A parameter of a call, by its place or its keyword; of a method also `receiver`, what it is called on. */
export const input = z.union([z.number().int().min(0), z.string().min(1)]);
