import { constants, cp, mkdir } from 'node:fs/promises'
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { createConnection } from 'mysql2/promise'
import { engineHome } from './engine-home.ts'
import type { Engine, EngineOptions, EngineSettings } from './engine.ts'
import { findProgram } from './find-program.ts'
import { makeWhole } from './make-whole.ts'
import { run } from './run.ts'
import { enginesFolder } from './engines-folder.ts'
import { startEngine } from './start-engine.ts'

const debianPackage = 'mariadb-server'
const homebrewPackage = 'mariadb'
const server = { name: 'mariadbd', debianPackage, homebrewPackage }
const installer = { name: 'mariadb-install-db', debianPackage, homebrewPackage }

/** What deploy/compose.yaml sets too. */
export const mariadbSettings: EngineSettings = {
  // A commit is on disk before it is answered.
  innodb_flush_log_at_trx_commit: 1,
  character_set_server: 'utf8mb4',
  skip_name_resolve: 'ON',
  performance_schema: 'OFF',
  innodb_buffer_pool_size: '128M',
}

// Smaller than by default, 96 MB, for it is copied for each new server; smaller still and a load of some thousand commands a second
// waits for the checkpoints.
const redoLog = '--innodb-log-file-size=64M'

/** Starts a MariaDB, in about a second. Its user `root` needs no password. */
export async function startMariadb(options: EngineOptions = {}): Promise<Engine> {
  const program = await findProgram(server)
  const template = await prepareMariadb()
  const home = await engineHome('mariadb', options)
  const { port } = home
  const data = join(home.folder, 'data')
  await makeWhole(data, (draft) => cp(template, draft, { recursive: true, mode: constants.COPYFILE_FICLONE }))
  // Its own: a server that starts deletes the temporary tables of every other one that shares the folder, in the middle of their queries.
  const temporary = join(home.folder, 'tmp')
  await mkdir(temporary, { recursive: true })
  const settings = Object.entries({ ...mariadbSettings, ...options.settings })
  const address = ['--bind-address=127.0.0.1', `--port=${port}`]
  const place = [`--datadir=${data}`, `--tmpdir=${temporary}`, ...address, '--pid-file=../mariadb.pid']
  return startEngine(home, {
    name: 'MariaDB',
    url: `mysql://root@127.0.0.1:${port}`,
    program,
    // The socket relative to the data: the path of one may not be longer than 107 bytes.
    args: ['--no-defaults', ...asRoot, ...place, '--socket=../mariadb.sock', redoLog, ...settings.map(asArgument)],
    greet: () => greet(port),
  })
}

/** Makes the empty database that every new server starts from a copy of, once for each version; answers its folder. */
export async function prepareMariadb(): Promise<string> {
  const version = await run(await findProgram(server), ['--version'])
  const key = createHash('sha256').update(version).update(redoLog).digest('hex').slice(0, 8)
  const template = join(enginesFolder, `mariadb-${key}`)
  const install = await findProgram(installer)
  const rights = ['--auth-root-authentication-method=normal', '--skip-test-db']
  await makeWhole(template, (draft) =>
    run(install, ['--no-defaults', `--datadir=${draft}`, ...asRoot, ...rights, redoLog]),
  )
  return template
}

/** It runs as root only when told to. */
const asRoot = process.getuid?.() === 0 ? ['--user=root'] : []

function asArgument([name, value]: readonly [string, unknown]): string {
  return `--${name}=${String(value)}`
}

async function greet(port: number): Promise<void> {
  const connection = await createConnection({ host: '127.0.0.1', port, user: 'root', connectTimeout: 1000 })
  try {
    await connection.query('SELECT 1')
  } finally {
    connection.destroy()
  }
}
