/**
 * The family of queues: one interface, and an engine for each way to run the App.
 *
 * Why keyed by pull request: of several pushes only the newest matters, and two reviews of one pull request at once could post the
 * same comment twice.
 */
export { MemoryQueue, type MemoryQueueOptions } from "./memory.ts";
export type { Added, Job, OnFailure, Position, Queue, Turn, Work } from "./queue.ts";
