import { parseArgs } from 'node:util'

/** A size of a benchmark; every option is a whole number. */
export interface SizeOption {
  readonly default: number
  readonly meaning: string
}

/** Reads `--name 123` for each declared size and `--name` for each flag; prints the usage and ends the process at `--help` or at a wrong call. */
export function readOptions<Size extends string, Flag extends string = never>(
  about: string,
  sizes: Readonly<Record<Size, SizeOption>>,
  flags: Readonly<Record<Flag, string>> = {} as Readonly<Record<Flag, string>>,
): Readonly<Record<Size, number> & Record<Flag, boolean>> {
  const declared = Object.entries<SizeOption>(sizes)
  const switches = Object.entries<string>(flags)
  const usage = [
    about,
    '',
    ...declared.map(([name, { meaning, default: size }]) => `  --${name.padEnd(12)} ${meaning} (${size})`),
    ...switches.map(([name, meaning]) => `  --${name.padEnd(12)} ${meaning}`),
    `  --${'help'.padEnd(12)} this text`,
  ].join('\n')
  try {
    const options: Record<string, { type: 'string'; default: string } | { type: 'boolean' }> = {
      help: { type: 'boolean' },
    }
    for (const [name, { default: size }] of declared) options[name] = { type: 'string', default: String(size) }
    for (const [name] of switches) options[name] = { type: 'boolean' }
    const values: Readonly<Record<string, unknown>> = parseArgs({ options }).values
    if (values['help'] === true) endWith(0, usage)
    const read = [
      ...declared.map(([name]) => [name, sizeOf(name, values[name])] as const),
      ...switches.map(([name]) => [name, values[name] === true] as const),
    ]
    return Object.fromEntries<number | boolean>(read) as Record<Size, number> & Record<Flag, boolean>
  } catch (error) {
    return endWith(2, `${(error as Error).message}\n\n${usage}`)
  }
}

function sizeOf(name: string, text: unknown): number {
  const value = /^\d{1,10}$/.test(String(text)) ? Number(text) : 0
  if (value < 1) throw new Error(`--${name} must be a whole number, 1 or more`)
  return value
}

function endWith(exitCode: 0 | 2, text: string): never {
  if (exitCode === 0) console.log(text)
  else console.error(text)
  process.exit(exitCode)
}
