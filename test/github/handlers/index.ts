/** Every REST operation that the stand-in answers, by the description's operation id. */

import type { Handlers } from "../call.ts";
import { apps } from "./apps.ts";
import { checks } from "./checks.ts";
import { comments } from "./comments.ts";
import { contents } from "./contents.ts";
import { pulls } from "./pulls.ts";
import { reviews } from "./reviews.ts";
import { security } from "./security.ts";

export const handlers: Handlers = {
  ...apps,
  ...checks,
  ...comments,
  ...contents,
  ...pulls,
  ...reviews,
  ...security,
};
