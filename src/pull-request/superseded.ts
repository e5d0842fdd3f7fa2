/** Reason given to `signal` when the head under review is no longer the pull request's. */
export class Superseded extends Error {}
