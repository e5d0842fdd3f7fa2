/** Reason given to `signal` when the head under review is no longer the pull request's. */
export class Superseded extends Error {}

/** Another run of the check speaks of the same commit in this one's place. */
export class Overtaken extends Error {}
