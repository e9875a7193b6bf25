import type { Catalogue } from '@magasin/contracts/catalogue'

/** As a call says which history it wants. */
export interface Choice {
  readonly topic?: string
  readonly all?: true
  readonly service?: string
}

/** Topics of one store: those that have a common order. */
export interface ChosenTopics {
  readonly topics: readonly string[]
  /** Whether these are all topics of the store: then every command has to be there. */
  readonly isWholeStore: boolean
}

/**
 * The topics that a call means, or what is wrong with the call. One store is never mixed with another: each numbers its own commands, so
 * as soon as the topics have two owners the call has to say whose history it wants.
 */
export function chooseTopics(
  { topics }: Pick<Catalogue, 'topics'>,
  { topic, all, service }: Choice,
): ChosenTopics | { readonly wrong: string } {
  const names = [...topics.keys()].join(', ')
  const owners = [...new Set([...topics.values()].map((one) => one.owner))]
  if ((topic === undefined) === (all === undefined))
    return {
      wrong: `say which history: --topic <topic> for one of ${names}, or --all for that of the whole store; not both`,
    }
  if (topic !== undefined)
    return service === undefined
      ? { topics: [topic], isWholeStore: false }
      : { wrong: '--service goes with --all: a topic is recorded by one service' }
  if (service !== undefined && !owners.includes(service))
    return { wrong: `no events are recorded by ${service}: the services are ${owners.join(', ')}` }
  const [owner = '', ...others] = service === undefined ? owners : [service]
  if (others.length > 0)
    return {
      wrong: `--all is the history of one store, and there are ${owners.length}, without a common order: say whose with --service <service>, one of ${owners.join(', ')}`,
    }
  const ofOwner = [...topics.values()].filter((one) => one.owner === owner)
  return { topics: ofOwner.map(({ name }) => name), isWholeStore: true }
}
