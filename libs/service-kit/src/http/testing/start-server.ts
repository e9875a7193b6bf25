import type { TestContext } from 'node:test'
import { createHttpServer, type HttpServerOptions } from '../create-http-server.ts'
import type { HttpServer } from '../http-server.ts'
import { listen } from '../listen.ts'
import { createLogger } from '../../log/logger.ts'
import { logLines, type LogLines } from '../../log/testing/log-lines.ts'

/** A real server on a free port, with its log at debug level kept; closed at the end of the test. */
export interface StartedServer {
  readonly server: HttpServer
  readonly url: string
  readonly port: number
  readonly log: LogLines
}

export async function startServer(
  t: TestContext,
  declare: (server: HttpServer) => void,
  options: Pick<HttpServerOptions, 'deadlineMs' | 'metrics'> = {},
): Promise<StartedServer> {
  const log = logLines()
  const server = await createHttpServer({
    about: { title: 'Test', description: 'A service of the tests', version: '1.0.0' },
    logger: createLogger({ service: 'test', level: 'debug', destination: log }),
    ...options,
  })
  t.after(() => server.close())
  declare(server)
  return { server, log, ...(await listen(server, { host: '127.0.0.1', port: 0 })) }
}
