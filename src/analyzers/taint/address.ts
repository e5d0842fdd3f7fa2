/** `https://host/`, `/path`, `?query`; or a slash, a query or a fragment behind whatever the host is. */
const HOST_FIXED =
  /^(?:[a-z][a-z0-9+.-]*:)?\/\/[^/?#@\\]+[/?#]|^\/[^/\\]|^[?#]|^\.{1,2}\/|[^/:\\]\/|[?#]/i;

/** True when an address that begins so leads to a host that nothing after it can change. */
export function fixesHost(start: string): boolean {
  return HOST_FIXED.test(start);
}

/** What may still become `http://` or `https://`. */
const MAY_NAME_HOST = /^(?:h|ht|htt|https?)?$/i;

/** True when an address that begins so belongs to this site, however it goes on: `page.`, but not `https` or `//`. */
export function staysOnSite(start: string): boolean {
  return /^\w[\w.-]*$/.test(start) && !MAY_NAME_HOST.test(start);
}
