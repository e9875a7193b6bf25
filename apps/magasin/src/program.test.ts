import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { CommanderError, type Command } from 'commander'
import { createProgram } from './program.ts'

/** Calls the program, and answers what it said and how it would exit. */
async function call(...args: readonly string[]) {
  const said = { out: '', err: '' }
  const program = createProgram()
  for (const { command } of commandsOf(program))
    command.configureOutput({ writeOut: (text) => (said.out += text), writeErr: (text) => (said.err += text) })
  const exit = await program.parseAsync(args, { from: 'user' }).then(
    () => undefined,
    (error: unknown) => error,
  )
  assert.ok(exit instanceof CommanderError, 'nothing was carried out')
  return { ...said, exitCode: exit.exitCode }
}

function commandsOf(command: Command, path: readonly string[] = []): { command: Command; path: readonly string[] }[] {
  return [{ command, path }, ...command.commands.flatMap((child) => commandsOf(child, [...path, child.name()]))]
}

describe('help', () => {
  for (const { command, path } of commandsOf(createProgram()))
    test(`of \`${['magasin', ...path].join(' ')}\` says what it does, and names its commands, arguments and options`, async () => {
      const { out, err, exitCode } = await call(...path, '--help')
      assert.deepEqual([exitCode, err], [0, ''])
      const flat = out.replaceAll(/\s+/g, ' ')
      assert.notEqual(command.description(), '')
      assert.ok(flat.includes(command.description()), out)
      const parts = [
        ...command.commands.map((one) => [one.name(), one.description()]),
        ...command.registeredArguments.map((one) => [one.name(), one.description]),
        ...command.options.map((one) => [one.flags, one.description]),
      ]
      for (const [name = '', says = ''] of parts) {
        assert.ok(flat.includes(name), `${name} is not in\n${out}`)
        assert.ok(says !== '' && flat.includes(says), `what ${name} means is not in\n${out}`)
      }
    })

  test('exists for every command that the design names', () => {
    const names = commandsOf(createProgram()).map(({ path }) => path.join(' '))
    for (const name of [
      'start',
      'seed',
      'token create',
      'token list',
      'token revoke',
      'serve store-manager',
      'serve coolriel',
      'history export',
      'log describe',
      'log republish',
      'parked list',
      'parked show',
      'parked redrive',
      'backup',
      'doctor',
    ])
      assert.ok(names.includes(name), name)
  })
})

describe('a wrong call', () => {
  const calls: readonly [call: string, says: RegExp][] = [
    ['strat', /unknown command 'strat'.*start/s],
    ['start --port 80', /unknown option '--port'/],
    ['start now', /too many arguments/],
    ['history', /Usage: .*history/],
    ['history import', /unknown command 'import'/],
    ['history export --topic no-such-events', /no-such-events.*The topics are: user-events/],
    ['history export', /--topic <topic> for one of user-events.* or --all/],
    ['history export --topic user-events --all', /--topic <topic> .* or --all .*; not both/],
    ['history export --all --service coolriel', /recorded by coolriel: the services are store-manager/],
    ['history export --topic user-events --service store-manager', /--service goes with --all/],
    ['history export --out', /argument missing/],
    ['history export --from paper', /Allowed choices are table, log/],
    ['serve', /Usage: .*serve/],
    ['serve nobody', /unknown command 'nobody'/],
    ['log describe --topic no-such-events', /The topics are: user-events/],
    ['log republish --topic user-events', /'--from <seq>' not specified/],
    ['log republish --from 1', /'--topic <topic>' not specified/],
    ['log republish --topic user-events --from 0', /whole number/],
    ['log republish --topic user-events --from 1 --partition 8', /partitions 0 to 7/],
    ['log republish --topic user-events --from 1 --partition -1', /whole number/],
    ['token create', /--user <id>, --manager or --supplier <name>/],
    ['token create --user 1 --manager', /--user <id>, --manager or --supplier <name>/],
    ['token create --supplier acme-toys --manager', /--user <id>, --manager or --supplier <name>/],
    ['token create --user 0', /whole number/],
    ['token create --user 1e3', /whole number/],
    ['token create --user -1', /whole number/],
    ['token revoke', /missing required argument 'id'/],
    ['parked show', /missing required argument 'event-id'/],
    ['parked redrive', /--stream <stream> or --all/],
    ['parked redrive --stream user-1 --all', /--stream <stream> or --all/],
    ['backup', /'--out <folder>' not specified/],
  ]
  for (const [line, says] of calls)
    test(`is told on stderr, and is no success: magasin ${line}`, async () => {
      const { out, err, exitCode } = await call(...line.split(' '))
      assert.match(err, says)
      assert.deepEqual([exitCode === 0, out], [false, ''])
    })
})
