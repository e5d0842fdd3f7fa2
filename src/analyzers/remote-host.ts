/**
 * Whether a host is far away: what is sent to it crosses networks where others may listen. This machine, a container or a
 * service beside it and a private network are near, and a name that cannot be a public one is taken for such a service.
 */

/** True for a text that names a far host: alone or with a port, in an address, or one of several between commas or semicolons. */
export function namesRemoteHost(text: string): boolean {
  return text.split(/[,;\s]/).some((one) => isRemote(hostOf(one)));
}

/** `cache.example.org` of `redis://:word@cache.example.org:6379/1`, or of the host with or without its port. */
function hostOf(address: string): string {
  const [authority = ""] = address.replace(/^[a-z][a-z0-9+.-]*:\/\//i, "").split(/[/?#]/);
  return authority
    .slice(authority.lastIndexOf("@") + 1)
    .replace(/:\d*$/, "")
    .toLowerCase();
}

/** Loopback, private, link-local and shared addresses (RFC 1122, 1918, 3927, 6598). */
const NEAR_ADDRESS =
  /^(?:0|10|127)\.|^192\.168\.|^172\.(?:1[6-9]|2\d|3[01])\.|^169\.254\.|^100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\./;
/** Names that no public server has (RFC 2606, 6762, 8375), or that clusters and home networks give. */
const NEAR_NAME =
  /\.(?:localhost|local|localdomain|internal|intranet|private|corp|lan|home|arpa|test|invalid|svc|consul|docker)$/;
/** Of a name with two parts the second is as often a cluster's namespace. */
const PUBLIC_PAIR = /^[^.]+\.(?:[a-z]{2}|com|net|org|info|biz|cloud|app|dev)$/;

function isRemote(host: string): boolean {
  if (/^\d{1,3}(?:\.\d{1,3}){3}$/.test(host)) return !NEAR_ADDRESS.test(host);
  if (!/^[a-z0-9_](?:[a-z0-9_-]*\.)+[a-z][a-z0-9-]+$/.test(host) || NEAR_NAME.test(host))
    return false;
  return host.split(".").length > 2 || PUBLIC_PAIR.test(host);
}
