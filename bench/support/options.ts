import { parseArgs } from 'node:util'

/** A size of a benchmark; every option is a whole number. */
export interface SizeOption {
  readonly default: number
  readonly meaning: string
}

/** Reads `--name 123` for each declared size; prints the usage and ends the process at `--help` or at a wrong call. */
export function readOptions<Name extends string>(
  about: string,
  sizes: Readonly<Record<Name, SizeOption>>,
): Readonly<Record<Name, number>> {
  const declared = Object.entries<SizeOption>(sizes)
  const usage = [
    about,
    '',
    ...declared.map(([name, { meaning, default: size }]) => `  --${name.padEnd(12)} ${meaning} (${size})`),
    `  --${'help'.padEnd(12)} this text`,
  ].join('\n')
  try {
    const texts = declared.map(
      ([name, { default: size }]) => [name, { type: 'string', default: String(size) }] as const,
    )
    const options = { ...Object.fromEntries(texts), help: { type: 'boolean' } } as const
    const values: Readonly<Record<string, unknown>> = parseArgs({ options }).values
    if (values['help'] === true) endWith(0, usage)
    return Object.fromEntries(declared.map(([name]) => [name, sizeOf(name, values[name])])) as Record<Name, number>
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
