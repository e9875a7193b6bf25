import { registerAccess } from '@magasin/service-kit/access'
import { describeCommands } from '@magasin/host/describe-commands'
import type { Place } from '@magasin/host/open-own-database'
import { createHttpServer } from '@magasin/service-kit/create-http-server'
import { createHealth } from '@magasin/service-kit/health'
import { listen } from '@magasin/service-kit/listen'
import { createLogger } from '@magasin/service-kit/logger'
import { createMetrics } from '@magasin/service-kit/metrics'
import { registerOperationRoutes } from '@magasin/service-kit/operation-routes'
import { temporaryFolder } from '../../../../tools/testing/temporary-folder.ts'
import { projectStore } from './project-store.ts'
import { authenticationBy } from '../access/shop-caller.ts'
import { countForLab } from '../http/lab-counters.ts'
import { registerRoutes } from '../http/routes.ts'
import { registerSlowRoute } from '../http/slow-route.ts'
import { openStore, type Store } from '../open-store.ts'
import { about } from '../part.ts'

/** A store-manager that listens, over a store of its own. */
export interface RunningStore {
  readonly url: string
  readonly store: Store
  readonly routes: readonly string[]
  /** A token of the shop's own manager. */
  readonly manager: string
  /** Sends a request, as the manager unless told otherwise. */
  send(request: string, options?: SendOptions): Promise<Answer>
  /** Creates a user as the manager; the id. */
  createUser(fields?: NewUser): Promise<number>
  /** Creates a product, of which a thousand can be sold unless told; the id. */
  createProduct(fields?: NewProduct): Promise<number>
  /** Places an order of this user for one unit of a new product unless told; the id. */
  placeOrder(
    userId: number,
    items?: readonly { readonly product_id: number; readonly quantity: number }[],
  ): Promise<number>
  /** A new token of this user. */
  tokenOf(userId: number): Promise<string>
  countEvents(): Promise<number>
  /** Resolves when the read models have seen all that is recorded now. */
  caughtUp(): Promise<void>
  /** From now on the read models stay as they are. */
  stopProjecting(): Promise<void>
  /** Before the test ends. */
  stop(): Promise<void>
}

export interface SendOptions {
  /** null sends none. */
  readonly token?: string | null
  /** Sent as JSON. */
  readonly body?: unknown
  /** Sent as it is, as JSON unless the headers say otherwise. */
  readonly text?: string
  readonly headers?: Readonly<Record<string, string>>
}

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The text as JSON, where it is that. */
  readonly body: Readonly<Record<string, unknown>>
}

interface NewUser {
  readonly name?: string
  readonly email?: string
  readonly user_type_id?: number
}

interface NewProduct {
  readonly name?: string
  readonly sku?: string
  readonly price?: number
  readonly quantity?: number
}

interface StartOptions {
  readonly access?: 'token' | 'open'
  readonly testRoutes?: 'on' | 'off'
  readonly deadlineMs?: number
}

/** Starts a store-manager, in a folder of the test's own unless another place is given; it is gone when the test ends. */
export async function startStore(
  t: { after(done: () => unknown): void },
  options: StartOptions & Partial<Place> = {},
): Promise<RunningStore> {
  const { access = 'token', testRoutes = 'off', dataDir = temporaryFolder(t), database = 'sqlite' } = options
  const store = await openStore({ dataDir, database })
  const observed = {
    logger: createLogger({ service: 'store-manager', level: 'silent' }),
    metrics: createMetrics(),
    health: createHealth(),
  }
  const server = await createHttpServer({ about, ...observed, deadlineMs: options.deadlineMs ?? 10_000 })
  describeCommands(server)
  registerAccess(server, authenticationBy(store.tokens, access))
  countForLab(server, observed.metrics)
  if (testRoutes === 'on') registerSlowRoute(server)
  const readModels = await projectStore({ store, dataDir, observed })
  registerRoutes(server, { store, readSide: readModels.readSide, page: { access, parts: [] } })
  registerOperationRoutes(server, observed)
  const { url } = await listen(server, { host: '127.0.0.1', port: 0 })
  const routes = server.declaredRoutes.map((route) => `${String(route.method)} ${route.url}`)
  let stopped: Promise<void> | undefined
  const stop = () =>
    (stopped ??= Promise.resolve(server.close())
      .finally(() => readModels.stop())
      .finally(() => store.close()))
  t.after(stop)
  const { token: manager } = await store.tokens.create('manager')
  const send: RunningStore['send'] = (request, more = {}) => sendTo(url, request, { token: manager, ...more })
  let created = 0
  const createProduct: RunningStore['createProduct'] = async ({ quantity = 1000, ...fields } = {}) => {
    const body = { name: 'Gadget XYZ', sku: `GG${++created}`, price: 5.75, ...fields }
    const product_id = Number((await send('POST /products', { body })).body['product_id'])
    await send('POST /stocks', { body: { product_id, quantity } })
    return product_id
  }
  return {
    url,
    store,
    routes,
    manager,
    send,
    async createUser(fields = {}) {
      const body = { name: 'Ada Lovelace', email: `ada.${++created}@example.com`, ...fields }
      return Number((await send('POST /users', { body })).body['user_id'])
    },
    createProduct,
    async placeOrder(user_id, given) {
      const items = given ?? [{ product_id: await createProduct(), quantity: 1 }]
      return Number((await send('POST /orders', { body: { user_id, items } })).body['order_id'])
    },
    stop,
    caughtUp: () => readModels.caughtUp(),
    stopProjecting: () => readModels.stopProjecting(),
    tokenOf: async (userId) => (await store.tokens.create({ userId })).token,
    async countEvents() {
      const query = store.database.reader.selectFrom('events').select((eb) => eb.fn.countAll<number>().as('count'))
      return (await query.executeTakeFirstOrThrow()).count
    },
  }
}

async function sendTo(url: string, request: string, options: SendOptions): Promise<Answer> {
  const [method = '', path = ''] = request.split(' ')
  const text = options.text ?? (options.body === undefined ? undefined : JSON.stringify(options.body))
  const response = await fetch(url + path, {
    method,
    headers: {
      ...(options.token == null ? {} : { authorization: `Bearer ${options.token}` }),
      ...(text === undefined ? {} : { 'content-type': 'application/json' }),
      ...options.headers,
    },
    ...(text === undefined ? {} : { body: text }),
  })
  const answered = await response.text()
  const isJson = /json/.test(response.headers.get('content-type') ?? '') && answered !== ''
  const body = isJson ? (JSON.parse(answered) as Record<string, unknown>) : {}
  return { status: response.status, headers: response.headers, text: answered, body }
}
