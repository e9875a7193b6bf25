/** Refuses more topics than a store can have today: one. */
export function checkTopics(topics: number): void {
  if (topics !== 1)
    throw new Error(`--topics ${topics}: the shop has one topic; this size waits until a store can have several`)
}
