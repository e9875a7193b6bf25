import { coolriel, mailedTypes } from '@magasin/coolriel/part'
import type { Place } from '@magasin/host/open-own-database'
import { hasDatabase, type Part } from '@magasin/host/part'
import type { Listener } from '@magasin/shop-contracts/events-page'
import { openStore } from '@magasin/store-manager/open-store'
import { storeManager } from '@magasin/store-manager/part'
import { shopReadModels } from '@magasin/store-manager/read-models'
import { describeSeeded, seed } from '@magasin/store-manager/seed'
import type { SigningKeys } from '@magasin/store-manager/signing-keys'
import type { Tokens } from '@magasin/store-manager/tokens'
import type { ShopConfig } from './config.ts'

/** The tokens that a service gives, and the keys that sign them. */
export interface GivenTokens {
  readonly tokens: Tokens
  readonly signingKeys: Pick<SigningKeys, 'rotate'>
  close(): Promise<void>
}

/** A service of the shop, with what the command line can do to it. */
export interface ShopPart extends Part {
  /** What `magasin serve` says of it. */
  readonly served: string
  /** Who in it listens to events, by its own declarations: the page of events tells it. */
  readonly listeners: readonly Listener[]
  /** Runs it as the process that calls; loaded only then. */
  readonly main: () => Promise<unknown>
  /** Opens its access tokens, if it gives any. */
  readonly openTokens?: (place: Place) => Promise<GivenTokens>
  /** The groups as which it reads today; those of other settings leave positions in its database that stand still. */
  readonly groups?: (config: Pick<ShopConfig, 'group'>) => readonly string[]
  /** Loads its seed data, if it has any; resolves with what was added, in words, if anything was. Makes the database if it is missing. */
  readonly seed?: (place: Place) => Promise<string | undefined>
}

/** The services of the shop, each after those whose events it reads. A new service has an entry here. */
export const parts: readonly ShopPart[] = [
  {
    ...storeManager,
    served: 'the store: its API, and with Kafka the relay of its events; several may share a database on a server',
    listeners: [{ name: 'the read models of the store-manager', types: [...shopReadModels.projections.keys()] }],
    main: () => import('@magasin/store-manager/main'),
    openTokens: openStore,
    async seed(place) {
      const store = await openStore(place)
      return describeSeeded(await seed(store).finally(() => store.close()))
    },
  },
  {
    ...coolriel,
    served: 'the e-mails: follows the events on Kafka; those of one group share a database on a server, and the work',
    listeners: [{ name: 'Coolriel', types: mailedTypes }],
    groups: ({ group }) => [group],
    main: () => import('@magasin/coolriel/main'),
  },
]

/** Those that have a database of their own. */
export const partsWithDatabase = parts.filter(hasDatabase)
