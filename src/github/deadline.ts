import { setMaxListeners } from "node:events";

/**
 * A signal that is aborted after `milliseconds`, with an error named `TimeoutError`, or as soon as one of the others is, for
 * its reason. In place of `AbortSignal.any([AbortSignal.timeout(…)])`, which Node.js 20 may collect as garbage before
 * its time is up, so that it never fires (https://github.com/nodejs/node/issues/57736). Keeps no process alive.
 */
export function deadline(milliseconds: number, ...others: readonly AbortSignal[]): AbortSignal {
  const controller = new AbortController();
  const timer = setTimeout(
    () => controller.abort(new DOMException("The time for it is over.", "TimeoutError")),
    milliseconds,
  );
  timer.unref();
  for (const other of others) {
    const end = () => {
      clearTimeout(timer);
      controller.abort(other.reason);
    };
    if (other.aborted) end();
    // One review waits for many requests, each with a deadline of its own.
    setMaxListeners(0, other);
    other.addEventListener("abort", end, { once: true });
  }
  return controller.signal;
}
