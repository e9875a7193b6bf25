import { MagasinError } from '@magasin/contracts/magasin-error'

/**
 * Takes a group for one subscription; returns how to give it back. Throws CONFIG_INVALID if it is taken: two subscriptions of one
 * group in one process would move the same positions.
 */
export function takeGroup(taken: Set<string>, group: string): () => void {
  if (taken.has(group))
    throw new MagasinError(
      'CONFIG_INVALID',
      `the group ${group} subscribes twice in this process: name all its topics in one subscription, or give the other a group of its own`,
    )
  taken.add(group)
  return () => void taken.delete(group)
}
