// What tools/run-tests.js starts: `node tools/engines/for-tests.ts mysql kafka`. It writes a line of JSON, the environment variables
// for the tests, and ends with its input, the engines with it. One that cannot be had has no variable; why is said on stderr.
import { engines, isEngineName, type EngineName } from './engines.ts'

const env: Record<string, string> = {}
const prepared: EngineName[] = []

// One after the other, and before any test: two that install or fetch at the same time would do it twice.
for (const name of process.argv.slice(2).filter(isEngineName))
  await attempt(name, async () => {
    await engines[name].prepare()
    prepared.push(name)
  })
await Promise.all(
  prepared.map((name) =>
    attempt(name, async () => {
      const engine = await engines[name].start()
      env[engines[name].testVariable] = engine.url
    }),
  ),
)
console.log(JSON.stringify(env))
process.stdin.resume().once('close', () => process.exit())

async function attempt(name: EngineName, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    console.error(
      `the tests on ${name} skip: ${why}\n(or set ${engines[name].testVariable} to the address of a server)`,
    )
  }
}
