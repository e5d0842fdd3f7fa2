const BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/**
 * The last six characters of a GitHub or npm token, from the characters between prefix and checksum: their CRC-32 in base62.
 * Source: https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/
 */
export function githubChecksum(body: string): string {
  return inBase62(crc32(body)).padStart(6, "0");
}

/**
 * The last seven characters of a routable GitLab token, from everything before them: their CRC-32 in base36.
 * Source: https://docs.gitlab.com/security/tokens/#token-prefixes and the design document on routable tokens
 */
export function gitlabChecksum(token: string): string {
  return crc32(token).toString(36).padStart(7, "0");
}

function inBase62(sum: number): string {
  let digits = "";
  for (let rest = sum; rest > 0; rest = Math.floor(rest / 62))
    digits = (BASE62[rest % 62] ?? "") + digits;
  return digits;
}

/** CRC-32 as in ISO 3309, of ASCII text. */
function crc32(text: string): number {
  let crc = 0xffffffff;
  for (let at = 0; at < text.length; at++) {
    crc ^= text.charCodeAt(at);
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}
