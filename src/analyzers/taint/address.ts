/** `https://host/`, `/path`, `?query`; or a slash, a query or a fragment behind whatever the host is. */
const HOST_FIXED =
  /^(?:[a-z][a-z0-9+.-]*:)?\/\/[^/?#@\\]+[/?#]|^\/[^/\\]|^[?#]|^\.{1,2}\/|[^/:\\]\/|[?#]/i;

/** True when an address that begins so leads to a host that nothing after it can change. */
export function fixesHost(start: string): boolean {
  return HOST_FIXED.test(start);
}
