import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import type { TestContext } from 'node:test'

/** A broker's address that takes connections and answers nothing until it is let go on to the broker behind it. */
export async function hangingBroker(t: TestContext, broker?: string) {
  const sockets = new Set<Socket>()
  let isHanging = true
  let held: (() => void)[] = []
  const pass = (socket: Socket) => {
    const [host = '', port = ''] = broker!.split(':')
    const upstream = connect(Number(port), host)
    sockets.add(upstream)
    upstream.on('error', () => socket.destroy())
    socket.on('close', () => upstream.destroy())
    upstream.on('close', () => socket.destroy())
    socket.pipe(upstream).pipe(socket)
  }
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    if (isHanging) held.push(() => pass(socket))
    else pass(socket)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.close()
    for (const socket of sockets) socket.destroy()
  })
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    letGo() {
      isHanging = false
      for (const go of held) go()
      held = []
    },
  }
}
