/** `https://host/`, `/path`, `?query`. */
const HOST_FIXED = /^(?:[a-z][a-z0-9+.-]*:)?\/\/[^/?#@\\]+[/?#]|^\/[^/\\]|^[?#]|^\.{1,2}\//i;

/** True when an address that begins so leads to a host that nothing after it can change. */
export function fixesHost(start: string): boolean {
  return HOST_FIXED.test(start);
}
