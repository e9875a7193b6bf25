import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import type { TestContext } from 'node:test'
import type { MysqlOptions } from '../mysql/mysql-options.ts'

/**
 * What becomes of a COMMIT: it takes effect and its answer is lost (`unheard`); it is lost with its connection (`lost`);
 * or it is lost and the server does not notice, so that the transaction stays open there until `letGo` (`open`).
 */
export type CommitFate = 'unheard' | 'lost' | 'open'

/** A bad network between a program and its database server. */
export interface MysqlProxy {
  /** The same database, through the proxy. */
  readonly options: MysqlOptions
  /** Decides on the next COMMIT; resolves when it has happened. */
  nextCommit(fate: CommitFate): Promise<void>
  /** Lets the server notice the connections whose program is gone. */
  letGo(): void
  /** Cuts every connection and takes no new one. */
  goDown(): Promise<void>
  comeBack(): Promise<void>
  /** How many messages the clients have sent so far; a short one is a round trip. */
  sent(): number
  /** From now on nothing passes, and nothing says so. */
  fallSilent(): void
}

/** A proxy before the server of `target`, gone when the test ends. */
export async function mysqlProxy(t: Pick<TestContext, 'after'>, target: MysqlOptions): Promise<MysqlProxy> {
  const sockets = new Set<Socket>()
  let pending: { readonly fate: CommitFate; readonly happened: () => void } | undefined
  let isSilent = false
  let sent = 0

  const cross = (client: Socket) => {
    const server = connect(target.port, target.host)
    for (const [socket, other] of [
      [client, server],
      [server, client],
    ] as const) {
      sockets.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => void (sockets.delete(socket), other.destroy()))
    }
    server.on('data', (bytes) => isSilent || client.write(bytes))
    client.on('data', (bytes: Buffer) => {
      sent++
      if (isSilent) return
      const decided = isCommit(bytes) ? pending : undefined
      if (decided === undefined) server.write(bytes)
      else {
        pending = undefined
        meet(decided.fate, { client, server, bytes }, decided.happened)
      }
    })
  }

  let listener = await listen(cross, 0)
  const { port } = listener.address() as AddressInfo
  const goDown = async () => {
    const closed = once(listener, 'close')
    listener.close()
    for (const socket of sockets) socket.destroy()
    await closed
  }
  t.after(() => (listener.listening ? goDown() : undefined))
  return {
    options: { ...target, host: '127.0.0.1', port },
    nextCommit: (fate) => new Promise((happened) => (pending = { fate, happened })),
    letGo: () => sockets.forEach((socket) => socket.destroy()),
    goDown,
    async comeBack() {
      listener = await listen(cross, port)
    },
    sent: () => sent,
    fallSilent: () => void (isSilent = true),
  }
}

interface Crossing {
  readonly client: Socket
  readonly server: Socket
  readonly bytes: Buffer
}

function meet(fate: CommitFate, { client, server, bytes }: Crossing, happened: () => void): void {
  if (fate === 'unheard') {
    server.removeAllListeners('data')
    server.once('data', () => client.destroy())
    client.once('close', happened)
    server.write(bytes)
  } else {
    if (fate === 'open') client.removeAllListeners('close')
    client.once('close', happened)
    client.destroy()
  }
}

/** A packet is a header of four bytes, the number of the command, and the statement. */
function isCommit(bytes: Buffer): boolean {
  return bytes.length < 32 && bytes.toString('latin1').endsWith('commit')
}

async function listen(cross: (client: Socket) => void, port: number): Promise<Server> {
  const listener = createServer(cross).listen(port, '127.0.0.1')
  await once(listener, 'listening')
  return listener
}
