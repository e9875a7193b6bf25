import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import type { Engine } from '../../../tools/engines/engine.ts'

/** Sends one command to a Redis, on a connection of its own; the answer as it comes. */
export async function commandRedis({ port }: Engine, command: string): Promise<string> {
  const socket = connect({ host: '127.0.0.1', port })
  try {
    socket.write(`${command}\r\n`)
    const [answer] = (await once(socket, 'data')) as [Buffer]
    const text = answer.toString().trim()
    assert.ok(!text.startsWith('-'), text)
    return text
  } finally {
    socket.destroy()
  }
}
